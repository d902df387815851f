/* Declares the command `orgd import`. */
#ifndef ORGD_COMMANDS_IMPORT_H
#define ORGD_COMMANDS_IMPORT_H

#include "cli/options.h"

extern const struct option_row import_logins_options[];

int import_logins_run(const struct config *config, const struct options *options);

/* Row for the table of commands. */
#define IMPORT_COMMANDS                                                                                                \
    {                                                                                                                  \
        .name = "import logins", .arguments = "", .summary = "Import logins from another authentication server",       \
        .details =                                                                                                     \
            "Reads the login database of the authentication server that Agenta used, and imports ids, "                \
            "password hashes, and logins by code and by provider: users sign in as they did before. It can "           \
            "be repeated, and only adds what is missing; a login that nobody has used here yet follows a "             \
            "password that was changed on the other server. Sessions are not imported: everybody signs in once more.", \
        .options = import_logins_options, .run = import_logins_run                                                     \
    }

#endif
