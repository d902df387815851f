/* The databases of one migrate command: where they are, and handles on them. */
#ifndef ORGD_COMMANDS_MIGRATE_DATABASES_H
#define ORGD_COMMANDS_MIGRATE_DATABASES_H

#include "config/config.h"
#include "migrate/migrate.h"
#include "runtime/stores.h"

struct migrate_databases {
    struct stores stores;
    struct db *dbs[DATABASE_COUNT];
};

/*
 * Connects to both. With `make` a private cluster is made where there is none, otherwise that is refused. Nothing stays
 * open on failure. Handles live in `arena`.
 */
enum err migrate_open(void *arena, const struct config *config, bool make, struct migrate_databases *databases,
                      struct error *error) MUST_CHECK;
/* Before the cluster is stopped, so that its connections do not have to be cut. */
void migrate_close(struct migrate_databases *databases);

#endif
