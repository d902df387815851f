/* The archive: what it holds, and its end. */
#ifndef ORGD_MIGRATE_PURGE_H
#define ORGD_MIGRATE_PURGE_H

#include "migrate/migrate.h"

/*
 * What the archive of a database holds, and what is outside and would go with it: kind, name, rows (NULL for what has
 * none) in the first columns.
 */
enum err purge_list(struct db *db, enum database database, struct result *list, struct error *error) MUST_CHECK;

/*
 * Empties the archive for good, with what hangs on it, in one transaction and under the lock of runners. Errors: BUSY,
 * and those of db_run.
 */
enum err purge_database(struct db *db, enum database database, const struct migrate_options *options,
                        struct error *error) MUST_CHECK;

#endif
