/* Declares the command `orgd key rotate`. */
#ifndef ORGD_COMMANDS_ROTATE_H
#define ORGD_COMMANDS_ROTATE_H

#include "cli/options.h"

extern const struct option_row key_rotate_options[];

int key_rotate_run(const struct config *config, const struct options *options);

/* Row for the table of commands. */
#define ROTATE_COMMANDS                                                                                                \
    {                                                                                                                  \
        .name = "key rotate", .arguments = "NAME",                                                                     \
        .summary = "Replace a key of the installation: admin, auth, crypt or signing; nobody is signed out",           \
        .details = "A key that is kept in the data directory is replaced by a new random one, for the next start of "  \
                   "the server; the old one is accepted for as long as it is needed. For keys that are set by a "      \
                   "variable, docs/operations.md has the steps; `crypt` then encrypts anew what is stored. `signing` " \
                   "replaces the keys that sign sessions at once.",                                                    \
        .options = key_rotate_options, .run = key_rotate_run                                                           \
    }

#endif
