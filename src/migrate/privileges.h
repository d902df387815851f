/* Checks that the database role has the privileges that a migration needs. */
#ifndef ORGD_MIGRATE_PRIVILEGES_H
#define ORGD_MIGRATE_PRIVILEGES_H

#include "migrate/migrate.h"

/*
 * Checks that the role owns the tables of `steps`, sees all of their rows, and may create their objects. A transaction
 * with migrate_set_options is open. `lacks` receives a sentence in `arena` that lists what is missing, or NULL. Errors:
 * ERR_MEMORY, those of db_run.
 */
enum err migrate_check_privileges(struct db *db, const struct migrate_step *steps, size_t count, bool enterprise,
                                  void *arena, const char **lacks) MUST_CHECK;

#endif
