/* What db.c shares with the other files of its module: waiting for answers and judging them. */
#ifndef ORGD_DB_ANSWERS_H
#define ORGD_DB_ANSWERS_H

#include "db/db.h"

/* Sends what is buffered and reads until a whole answer is there. False when the connection or the time ran out. */
bool db_await_answer(struct db *db, int64_t deadline_us);
/* Waits for something to come from the server and takes it. False when the connection or the time ran out. */
bool db_await_input(struct db *db, int64_t deadline_us);
/* Until when the answer to what is sent now is waited for. */
int64_t db_deadline(const struct db *db);
/* Turns a result into a code, frees it or keeps it in `*result` when it is good and wanted. NULL: it was lost. */
enum err db_judge(struct db *db, PGresult *pg, bool may_write, struct result *result) MUST_CHECK;
/* The connection is of no use any more: closes it. `uncertain`: something may have been written. */
enum err db_lost(struct db *db, bool uncertain);
/* What a call answers that needs a connection and has none. */
enum err db_not_connected(struct db *db);
/* Adds to what db_take_time_us answers. */
void db_spent(struct db *db, int64_t time_us);

#endif
