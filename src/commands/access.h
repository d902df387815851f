/* Declares the command `orgd access`. */
#ifndef ORGD_COMMANDS_ACCESS_H
#define ORGD_COMMANDS_ACCESS_H

#include "cli/options.h"

extern const struct option_row access_explain_options[];
extern const struct option_row access_report_options[];

int access_explain_run(const struct config *config, const struct options *options);
int access_report_run(const struct config *config, const struct options *options);

/* Rows for the table of commands. */
#define ACCESS_COMMANDS                                                                                                \
    {.name = "access explain",                                                                                         \
     .arguments = "EMAIL",                                                                                             \
     .summary = "Say whether an address may sign in and own organizations, and why",                                   \
     .details = "The answer names the rule that decides, the entry of the list, and the variable under the name "      \
                "it is set as. Whether the address has an account or an invitation is asked of the database, "         \
                "unless an option says what to suppose; without a database the answer is given when it does not "      \
                "depend on that. The exit status is 0 when the address may sign in, and 1 when it may not.",           \
     .options = access_explain_options,                                                                                \
     .run = access_explain_run},                                                                                       \
    {                                                                                                                  \
        .name = "access report", .arguments = "",                                                                      \
        .summary = "Say who may sign in and own organizations, and what may not be meant",                             \
        .details = "Everything comes from the configuration, no database is asked. `orgd serve` logs the same lines "  \
                   "when it starts, without e-mail addresses.",                                                        \
        .options = access_report_options, .run = access_report_run                                                     \
    }

#endif
