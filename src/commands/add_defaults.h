/* Declares `orgd project add-defaults`. */
#ifndef ORGD_COMMANDS_ADD_DEFAULTS_H
#define ORGD_COMMANDS_ADD_DEFAULTS_H

#include "cli/options.h"

extern const struct option_row add_defaults_options[];

int add_defaults_run(const struct config *config, const struct options *options);

/* A row for the table of commands. */
#define PROJECT_COMMANDS                                                                                               \
    {                                                                                                                  \
        .name = "project add-defaults", .arguments = "",                                                               \
        .summary = "Add the environments and evaluators that projects lack",                                           \
        .details = "Without its environments, Agenta can publish nothing in a project. Rows that exist stay as they "  \
                   "are, so the command can be repeated, and run while Agenta and orgd serve.",                        \
        .options = add_defaults_options, .run = add_defaults_run                                                       \
    }

#endif
