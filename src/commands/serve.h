/* Declares the command `orgd serve`. */
#ifndef ORGD_COMMANDS_SERVE_H
#define ORGD_COMMANDS_SERVE_H

#include "cli/options.h"

extern const struct option_row serve_options[];

/* Serves until SIGTERM or SIGINT. Returns an enum exit_status. */
int serve_run(const struct config *config, const struct options *options);

/* Row for the table of commands. */
#define SERVE_COMMAND                                                                                                  \
    {                                                                                                                  \
        .name = "serve", .arguments = "", .summary = "Serve the HTTP API",                                             \
        .details =                                                                                                     \
            "Without POSTGRES_URI_CORE, POSTGRES_URI_TRACING and POSTGRES_DB_PREFIX a private PostgreSQL cluster "     \
            "in the data directory is made, started, migrated and stopped with the server. Databases that are "        \
            "named are initialized when they are empty, and otherwise must have the right revision. One line on "      \
            "standard output says when the server is ready. SIGTERM and SIGINT finish what is under way, a "           \
            "second one does not wait.",                                                                               \
        .options = serve_options, .run = serve_run                                                                     \
    }

#endif
