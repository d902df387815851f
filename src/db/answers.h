/* Waiting for answers and classifying them: shared by the files of this folder. */
#ifndef ORGD_DB_ANSWERS_H
#define ORGD_DB_ANSWERS_H

#include "db/db.h"

/* Sends buffered data and reads until an answer is complete. False when the connection is lost or the deadline passed.
 */
bool db_await_answer(struct db *db, int64_t deadline_us);
/* Waits for data from the server and reads it. False when the connection is lost or the deadline passed. */
bool db_await_input(struct db *db, int64_t deadline_us);
/* The deadline for the answer to a statement that is sent now. */
int64_t db_deadline(const struct db *db);
/* The error code of a result. A successful result is stored in `*result` when that is not NULL; any other is freed. A
 * NULL result counts as lost. */
enum err db_judge(struct db *db, PGresult *pg, bool may_write, struct result *result) MUST_CHECK;
/* Closes a failed connection. `uncertain`: a statement may have written. */
enum err db_lost(struct db *db, bool uncertain);
/* The error of a call without a connection. */
enum err db_not_connected(struct db *db);
/* Begins the transaction that db_begin has promised, if it has not begun yet. Called before anything is sent. */
enum err db_send_begin(struct db *db) MUST_CHECK;
/* Adds to the time of db_take_time_us. */
void db_spent(struct db *db, int64_t time_us);

#endif
