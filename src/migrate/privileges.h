/* Whether the role that runs a migration may do what the migration does. */
#ifndef ORGD_MIGRATE_PRIVILEGES_H
#define ORGD_MIGRATE_PRIVILEGES_H

#include "migrate/migrate.h"

/*
 * Asks whether the role owns the tables of `steps`, sees all of their rows and may create what they create. A
 * transaction with migrate_set_options is open. `lacks` gets a sentence in `arena` about all that is missing, NULL when
 * nothing is. Errors: MEMORY, those of db_run.
 */
enum err migrate_check_privileges(struct db *db, const struct migrate_step *steps, size_t count, bool enterprise,
                                  void *arena, const char **lacks) MUST_CHECK;

#endif
