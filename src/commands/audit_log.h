/* Declares the command `orgd audit`. */
#ifndef ORGD_COMMANDS_AUDIT_LOG_H
#define ORGD_COMMANDS_AUDIT_LOG_H

#include "cli/options.h"

extern const struct option_row audit_verify_options[];
extern const struct option_row audit_export_options[];
extern const struct option_row audit_prune_options[];

int audit_verify_run(const struct config *config, const struct options *options);
int audit_export_run(const struct config *config, const struct options *options);
int audit_prune_run(const struct config *config, const struct options *options);

/* Rows for the table of commands. */
#define AUDIT_COMMANDS                                                                                                 \
    {.name = "audit verify",                                                                                           \
     .arguments = "",                                                                                                  \
     .summary = "Check the hash chain of the audit, and print its head",                                               \
     .details =                                                                                                        \
         "Says the first row that was altered, removed or inserted. Rows that were removed from the end are "          \
         "found only with a hash that was kept elsewhere: give it with --expect. The exit status is 0 when the "       \
         "chain is whole, and 1 when it is not.",                                                                      \
     .options = audit_verify_options,                                                                                  \
     .run = audit_verify_run},                                                                                         \
        {.name = "audit export",                                                                                       \
         .arguments = "",                                                                                              \
         .summary = "Print the sealed rows of the audit, as JSON lines or CSV",                                        \
         .details = "Rows come in the order of their seals. The number of the last one (`seal_no`) goes into --after " \
                    "the next time: nothing is printed twice and nothing is left out.",                                \
         .options = audit_export_options,                                                                              \
         .run = audit_export_run},                                                                                     \
    {                                                                                                                  \
        .name = "audit prune", .arguments = "", .summary = "Remove old rows of the audit",                             \
        .details = "Removes sealed rows from the beginning of the chain and keeps the last hash that was removed, so " \
                   "that `orgd audit verify` starts there. Has to run as the role that owns the tables.",              \
        .options = audit_prune_options, .run = audit_prune_run                                                         \
    }

#endif
