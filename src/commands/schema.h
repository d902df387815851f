/* Declares the commands of `orgd schema`. */
#ifndef ORGD_COMMANDS_SCHEMA_H
#define ORGD_COMMANDS_SCHEMA_H

#include "cli/options.h"

extern const char schema_dump_details[];
extern const struct option_row schema_dump_command_options[];

extern const char schema_lint_details[];
extern const struct option_row schema_lint_command_options[];

int schema_dump_run(const struct config *config, const struct options *options);
int schema_lint_run(const struct config *config, const struct options *options);
int schema_diff_run(const struct config *config, const struct options *options);
int schema_parity_run(const struct config *config, const struct options *options);

extern const char schema_diff_details[], schema_parity_details[];
extern const struct option_row schema_diff_command_options[], schema_parity_command_options[];

/* Reports on standard error that texts in the dump of this database qualify the objects of public; for
 * schema_dump_options. */
void schema_report_qualified(void *context, const char *database);

/* Rows for the table of commands. */
#define SCHEMA_COMMANDS                                                                                                \
    {.name = "schema dump",                                                                                            \
     .arguments = "[URI]",                                                                                             \
     .summary = "Print the catalog of a database as text",                                                             \
     .details = schema_dump_details,                                                                                   \
     .options = schema_dump_command_options,                                                                           \
     .run = schema_dump_run},                                                                                          \
        {.name = "schema diff",                                                                                        \
         .arguments = "A B",                                                                                           \
         .summary = "Show the differences between two schemas",                                                        \
         .details = schema_diff_details,                                                                               \
         .options = schema_diff_command_options,                                                                       \
         .run = schema_diff_run},                                                                                      \
        {.name = "schema parity",                                                                                      \
         .arguments = "SUBSET SUPERSET",                                                                               \
         .summary = "Check whether one schema is a strict subset of another",                                          \
         .details = schema_parity_details,                                                                             \
         .options = schema_parity_command_options,                                                                     \
         .run = schema_parity_run},                                                                                    \
    {                                                                                                                  \
        .name = "schema lint", .arguments = "[URI]", .summary = "Find what is wrong with a schema, and how to fix it", \
        .details = schema_lint_details, .options = schema_lint_command_options, .run = schema_lint_run                 \
    }

#endif
