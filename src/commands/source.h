/* The database that a command reads: named on the command line, or the core database of the configuration. */
#ifndef ORGD_COMMANDS_SOURCE_H
#define ORGD_COMMANDS_SOURCE_H

#include "config/config.h"
#include "db/db.h"
#include "runtime/stores.h"

struct source {
    struct db *db;
    bool configured; /* `stores` are open */
    struct stores stores;
};

/*
 * Connects to `uri`, or where that is NULL to the core database of the configuration: the private cluster is started
 * when nothing runs it, and never made. `name` is the connection's application name. Nothing stays open on failure.
 */
enum err source_open(void *arena, const struct config *config, const char *uri, const char *name, struct source *source,
                     struct error *error) MUST_CHECK;
void source_close(struct source *source);

#endif
