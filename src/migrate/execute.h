/* The statements of one script, run one after the other in sight of whoever watches. */
#ifndef ORGD_MIGRATE_EXECUTE_H
#define ORGD_MIGRATE_EXECUTE_H

#include "db/db.h"
#include "migrate/progress.h"
#include "migrate/script.h"

/*
 * Runs a script inside the open transaction. `place` has the database and the revision. Errors: those of db_script;
 * `*failed` is then the statement; STOPPING, between two statements, when progress_stop was called.
 */
enum err migrate_execute(struct db *db, const struct script *script, struct progress_view place,
                         struct progress *progress, const struct script_statement **failed) MUST_CHECK;

#endif
