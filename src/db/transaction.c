/* Begins and ends transactions; a removal ends when no process uses what it has taken away. */
#include <string.h>

#include "db/answers.h"
#include "db/db_state.h"
#include "db/leases.h"
#include "db/statements.h"

#define BEGIN "BEGIN ISOLATION LEVEL READ COMMITTED"

enum err db_begin(struct db *db)
{
    if (!db->conn)
        return db_not_connected(db);
    db->in_transaction = db->begin_unsent = true;
    db->revoked = false;
    return OK;
}

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

enum err db_send_begin(struct db *db)
{
    enum err err;

    if (!db->begin_unsent)
        return OK;
    db->begin_unsent = false;
    err = db_script(db, BEGIN, NULL);
    db->in_transaction = !err;
    return err;
}

enum err db_run_first(struct db *db, const struct statement *statement, const struct param *params, size_t count,
                      struct result *result)
{
    struct db_step steps[] = {{.text = BEGIN},
                              {.statement = statement, .params = params, .count = count, .ends = true}};

    db->begin_unsent = false;
    db_batch(db, steps, 2);
    db->in_transaction = !steps[0].err && db->conn;
    result_clear(&steps[0].result);
    db->revoked = statement->revokes && !steps[1].err;
    if (result)
        *result = steps[1].result;
    else
        result_clear(&steps[1].result);
    return steps[1].err;
}

/* The answer to a COMMIT. After an error the transaction is rolled back. */
static enum err finish_commit(struct db *db, enum err err, struct result *answer)
{
    if (!err && strcmp(PQcmdStatus(answer->pg), "COMMIT") != 0)
        err = error_set(&db->error, ERR_DATABASE, "the transaction had failed before and was rolled back");
    result_clear(answer);
    if (err && db->conn && PQtransactionStatus(db->conn) != PQTRANS_IDLE && db_script(db, "ROLLBACK", NULL))
        db_close(db);
    return err;
}

/* The last three steps of a removal: its generation, in its transaction; the commit; and the leases after it. */
enum { LAST_STEPS = 3 };

/* Runs the steps of a removal. Nobody uses what was taken away when this returns. */
static enum err end_removal(struct db *db, struct db_step *steps, size_t count)
{
    const struct uuid *process = db->options.on_revoke ? leases_process() : NULL;
    const struct param self = param_uuid(process);
    struct db_step *last = steps + count - LAST_STEPS;
    int64_t deadline_us = db->deadline_us;
    enum err err;

    last[0] = (struct db_step){.statement = &lease_generation, .params = &self, .count = 1};
    last[1] = (struct db_step){.text = "COMMIT", .ends = true};
    last[2] = (struct db_step){.statement = &lease_look, .params = &self, .count = 1, .ends = true};
    for (struct db_step *step = steps; step <= &last[1]; step++)
        step->may_write = true; /* the commit is sent already */
    db->in_transaction = db->begin_unsent = db->revoked = false;
    db_batch(db, steps, count);
    err = finish_commit(db, last[1].err, &last[1].result);
    if (db->options.on_revoke && (!err || err == ERR_UNCERTAIN))
        db->options.on_revoke();
    if (!err) /* without a commit there is nothing to wait for */
        leases_await(db, process, &last[0].result, &last[2].result);
    db->deadline_us = deadline_us;
    result_clear(&last[0].result);
    result_clear(&last[2].result);
    return err;
}

enum err db_run_removal(struct db *db, const struct statement *statement, const struct param *params, size_t count,
                        struct result *result)
{
    struct db_step steps[2 + LAST_STEPS] = {{.text = BEGIN},
                                            {.statement = statement, .params = params, .count = count}};
    enum err err = end_removal(db, steps, 2 + LAST_STEPS);

    result_clear(&steps[0].result);
    if (!err && result)
        *result = steps[1].result;
    else
        result_clear(&steps[1].result);
    return err;
}

enum err db_commit(struct db *db)
{
    struct db_step steps[LAST_STEPS];
    struct result answer;
    enum err err;

    if (db->begin_unsent) {
        db->in_transaction = db->begin_unsent = false;
        return OK;
    }
    if (db->revoked)
        return end_removal(db, steps, LAST_STEPS);
    db->in_transaction = false;
    err = db_script(db, "COMMIT", &answer);
    return finish_commit(db, err, &answer);
}

void db_rollback(struct db *db)
{
    bool unsent = db->begin_unsent;

    if (!db->conn || !db->in_transaction)
        return;
    db->in_transaction = db->begin_unsent = db->revoked = false;
    if (!unsent && db_script(db, "ROLLBACK", NULL))
        db_close(db);
}
