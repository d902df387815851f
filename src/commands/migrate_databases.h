/* Opens and closes the databases of one migrate command. */
#ifndef ORGD_COMMANDS_MIGRATE_DATABASES_H
#define ORGD_COMMANDS_MIGRATE_DATABASES_H

#include "config/config.h"
#include "migrate/migrate.h"
#include "runtime/database_set.h"

struct migrate_databases {
    struct database_set database_set;
    struct db *dbs[DATABASE_COUNT];
};

/*
 * Connects to both databases. With `make`, a missing private cluster is made; otherwise it is an error. Nothing stays
 * open on failure. Handles live in `arena`.
 */
enum err migrate_open(void *arena, const struct config *config, bool make, struct migrate_databases *databases,
                      struct error *error) MUST_CHECK;
/* Closes the connections. Call it before the cluster is stopped, which would cut them. */
void migrate_close(struct migrate_databases *databases);

#endif
