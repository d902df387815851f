/* Runs the statements of one script in order, and reports its progress. */
#ifndef ORGD_MIGRATE_EXECUTE_H
#define ORGD_MIGRATE_EXECUTE_H

#include "db/db.h"
#include "migrate/progress.h"
#include "migrate/script.h"

/*
 * Runs a script inside the open transaction. `place` names the database and the revision. Errors: those of db_script,
 * with the failed statement in `*failed`; ERR_STOPPING, between two statements, after progress_stop.
 */
enum err migrate_execute(struct db *db, const struct script *script, struct progress_view place,
                         struct progress *progress, const struct script_statement **failed) MUST_CHECK;

#endif
