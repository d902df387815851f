/* Reads table rows with COPY, which never calls functions of the tables' indexes. */
#include <libpq-fe.h>

#include "base/platform.h"
#include "db/answers.h"

/* Delivers the rows of the running COPY. */
static enum err read_rows(struct db *db, db_copy_reader *each, void *context)
{
    PGconn *conn = db_handle(db);
    enum err err = OK;

    while (!err) {
        char *row = NULL;
        int len = PQgetCopyData(conn, &row, 1);

        if (len == 0)
            err = db_await_input(db, db_deadline(db)) ? OK : db_lost(db, false);
        else if (len < 0)
            break; /* the next result has the status */
        else if (each)
            err = each(context, row, (size_t)len);
        PQfreemem(row);
    }
    return err;
}

enum err db_copy(struct db *db, const char *sql, db_copy_reader *each, db_copy_counter *count, void *context)
{
    int64_t started = platform.monotonic_us();
    bool copied = false;
    enum err err = OK;

    if (!db_handle(db))
        return db_not_connected(db);
    err = db_send_begin(db);
    if (!err && !PQsendQuery(db_handle(db), sql))
        return db_lost(db, false);
    while (!err) {
        PGresult *pg = db_await_answer(db, db_deadline(db)) ? PQgetResult(db_handle(db)) : NULL;

        if (!pg)
            break;
        if (PQresultStatus(pg) == PGRES_COPY_OUT) {
            PQclear(pg);
            copied = true;
            err = read_rows(db, each, context);
            continue;
        }
        if (copied && count && PQresultStatus(pg) == PGRES_COMMAND_OK)
            err = count(context, PQcmdTuples(pg));
        if (!err)
            err = db_judge(db, pg, false, NULL);
        else
            PQclear(pg);
    }
    if (!err && (!db_handle(db) || PQstatus(db_handle(db)) != CONNECTION_OK || PQisBusy(db_handle(db))))
        err = db_lost(db, false);
    db_spent(db, platform.monotonic_us() - started);
    if (err)
        db_close(db); /* unread answers are still arriving */
    return err;
}
