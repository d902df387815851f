/* Lists and empties the archive. */
#ifndef ORGD_MIGRATE_PURGE_H
#define ORGD_MIGRATE_PURGE_H

#include "migrate/migrate.h"

/* Columns of purge_list; the rows are NULL for objects without rows. */
enum { PURGE_KIND, PURGE_NAME, PURGE_ROWS };
/* Lists the objects in the archive of a database, and those outside that would be dropped with it. */
enum err purge_list(struct db *db, enum database database, struct result *list, struct error *error) MUST_CHECK;

/*
 * Empties the archive, and drops what depends on it, in one transaction under the advisory lock of runners. It cannot
 * be undone. Errors: ERR_BUSY, those of db_run.
 */
enum err purge_database(struct db *db, enum database database, const struct migrate_options *options,
                        struct error *error) MUST_CHECK;

#endif
