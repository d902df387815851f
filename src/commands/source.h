/* Connects a command to the database that it reads: one named on the command line, or the configured core database. */
#ifndef ORGD_COMMANDS_SOURCE_H
#define ORGD_COMMANDS_SOURCE_H

#include "config/config.h"
#include "db/db.h"
#include "runtime/database_set.h"

struct source {
    struct db *db;
    bool configured; /* `database_set` are open */
    struct database_set database_set;
};

/*
 * Connects to `uri`, or, when it is NULL, to the configured core database. The private cluster is started when no
 * process runs it, but never made. `name` is the connection's application name. Nothing stays open on failure.
 */
enum err source_open(void *arena, const struct config *config, const char *uri, const char *name, struct source *source,
                     struct error *error) MUST_CHECK;
void source_close(struct source *source);

#endif
