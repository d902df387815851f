/* Runs several statements on one connection in one round trip, keeping the answer of each. */
#include "base/platform.h"
#include "db/answers.h"
#include "db/db_state.h"

static bool send_step(struct db *db, struct db_step *step)
{
    const struct statement *statement = step->statement;

    step->preparing = statement && !db->prepared[statement->index];
    if (step->preparing && !PQsendPrepare(db->conn, statement->name, statement->sql, 0, NULL))
        return false;
    if (statement ? !db_send(db, statement, step->params, step->count)
                  : !PQsendQueryParams(db->conn, step->text, 0, NULL, NULL, NULL, NULL, 0))
        return false;
    return !step->ends || PQpipelineSync(db->conn) == 1;
}

/* The next answer, read to its end. NULL when the connection or the time is over. */
static PGresult *next_answer(struct db *db)
{
    PGresult *answer = db_await_answer(db, db_deadline(db)) ? PQgetResult(db->conn) : NULL;

    if (answer && PQresultStatus(answer) != PGRES_PIPELINE_SYNC && !PQisBusy(db->conn))
        PQclear(PQgetResult(db->conn)); /* NULL: the end of this answer */
    return answer;
}

/* Takes one answer of a step. `failed`: a step before it has failed, whose error stays. */
static enum err take_answer(struct db *db, const struct db_step *step, enum err failed, struct result *result)
{
    PGresult *answer = next_answer(db);

    if (!failed)
        return db_judge(db, answer, step->may_write, result);
    if (!answer || PQstatus(db->conn) != CONNECTION_OK)
        db_close(db);
    PQclear(answer);
    return failed;
}

static enum err take_step(struct db *db, struct db_step *step, enum err failed)
{
    enum err err = failed;

    if (step->preparing) {
        err = take_answer(db, step, err, NULL);
        if (!err)
            db->prepared[step->statement->index] = true;
    }
    if (db->conn)
        err = take_answer(db, step, err, &step->result);
    if (db->conn && step->ends) {
        PGresult *mark = next_answer(db);
        if (PQresultStatus(mark) != PGRES_PIPELINE_SYNC)
            db_close(db); /* the step itself was answered */
        PQclear(mark);
    }
    return err;
}

void db_batch(struct db *db, struct db_step *steps, size_t count)
{
    int64_t started_us = platform.monotonic_us();
    bool sent = PQenterPipelineMode(db->conn) == 1;
    enum err failed = OK;

    for (size_t i = 0; i < count && sent; i++)
        sent = send_step(db, &steps[i]);
    if (!sent)
        failed = db_lost(db, steps[0].may_write);
    for (size_t i = 0; i < count; i++) {
        steps[i].result.pg = NULL;
        steps[i].err = db->conn ? take_step(db, &steps[i], failed) : failed ?: ERR_UNAVAILABLE;
        failed = failed ?: steps[i].err;
    }
    if (db->conn && !PQexitPipelineMode(db->conn))
        db_close(db);
    db->time_us += platform.monotonic_us() - started_us;
}
