/* Runs many statements on one connection in one round trip, handing their rows over as they arrive. */
#include <talloc.h>

#include "base/platform.h"
#include "db/answers.h"

/* Sends everything; the answers are read afterwards. */
static enum err send_all(struct db *db, const char *const *texts, size_t count)
{
    PGconn *conn = db_handle(db);

    if (!PQenterPipelineMode(conn))
        return db_lost(db, false);
    for (size_t i = 0; i < count; i++) {
        /* otherwise the server would withhold earlier answers until a slow statement ends */
        if (!PQsendQueryParams(conn, texts[i], 0, NULL, NULL, NULL, NULL, 0) || !PQsendFlushRequest(conn))
            return db_lost(db, false);
    }
    return PQpipelineSync(conn) == 1 ? OK : db_lost(db, false);
}

/* The next result; NULL at the end of a statement, and with `*lost` when the connection or the deadline is lost. */
static PGresult *next_result(struct db *db, bool *lost)
{
    PGresult *pg = NULL;

    *lost = !db_await_answer(db, db_deadline(db));
    if (!*lost)
        pg = PQgetResult(db_handle(db));
    *lost = *lost || PQstatus(db_handle(db)) != CONNECTION_OK;
    return pg;
}

/* Reads all rows of one statement. */
static enum err read_one(struct db *db, size_t number, db_row_reader *each, void *context)
{
    bool lost;
    PGresult *pg;
    enum err err = OK;

    (void)PQsetSingleRowMode(db_handle(db));
    while (!err && (pg = next_result(db, &lost)) != NULL) {
        bool row = PQresultStatus(pg) == PGRES_SINGLE_TUPLE;
        struct result result = {pg};

        if (row)
            err = each(context, number, &result);
        if (row)
            result_clear(&result);
        else
            err = db_judge(db, pg, false, NULL);
        /* the error is more useful than the loss of the connection after it */
        if (!err && lost)
            err = db_lost(db, false);
    }
    if (!err && lost)
        err = db_lost(db, false);
    return err;
}

enum err db_pipeline(struct db *db, const char *const *texts, size_t count, db_row_reader *each, void *context)
{
    int64_t started = platform.monotonic_us();
    bool lost = false;
    enum err err;

    if (!db_handle(db))
        return db_not_connected(db);
    err = db_send_begin(db);
    if (!err)
        err = send_all(db, texts, count);
    for (size_t i = 0; i < count && !err; i++)
        err = read_one(db, i, each, context);
    if (!err) {
        PGresult *end = next_result(db, &lost);

        if (PQresultStatus(end) != PGRES_PIPELINE_SYNC || lost || !PQexitPipelineMode(db_handle(db)))
            err = db_lost(db, false);
        PQclear(end);
    }
    db_spent(db, platform.monotonic_us() - started);
    if (err)
        db_close(db); /* unread answers are still arriving */
    return err;
}
