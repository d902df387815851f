/* The inside of a connection, for the files of this folder that run statements. */
#ifndef ORGD_DB_DB_STATE_H
#define ORGD_DB_DB_STATE_H

#include "db/db.h"

enum { PARAMS_MAX = 24 };

struct db {
    struct db_options options;
    PGconn *conn;
    bool *prepared; /* statement_count flags */
    bool in_transaction;
    bool begin_unsent; /* the transaction begins together with its first statement */
    bool ending;       /* the server has said that it ends the connection */
    bool revoked;      /* the open transaction ran a `revokes` statement */
    int64_t deadline_us;
    int64_t time_us;
    struct error error;
    char sqlstate[6];
    char constraint[64];
};

/* Sends a prepared statement with at most PARAMS_MAX parameters, without waiting for the answer. False when the
 * connection is lost. */
bool db_send(struct db *db, const struct statement *statement, const struct param *params, size_t count) MUST_CHECK;

/* One step of a batch: a statement with its parameters, or a text without any. */
struct db_step {
    const struct statement *statement;
    const char *text;
    const struct param *params;
    size_t count;
    bool ends;      /* a failed step skips the ones after it, up to one that ends */
    bool may_write; /* the batch may have written when the answer to this step is lost */
    bool preparing; /* this and the rest are set by db_batch */
    struct result result;
    enum err err;
};
/*
 * Sends all steps at once and reads their answers: one round trip. The last step must end. Afterwards each step has its
 * result, which the caller frees, or an error: its own, or that of the first step that failed. db_error describes the
 * first.
 */
void db_batch(struct db *db, struct db_step *steps, size_t count);

/* Runs the first statement of a transaction together with its BEGIN. */
enum err db_run_first(struct db *db, const struct statement *statement, const struct param *params, size_t count,
                      struct result *result) MUST_CHECK;
/* Runs a `revokes` statement as a transaction of its own. */
enum err db_run_removal(struct db *db, const struct statement *statement, const struct param *params, size_t count,
                        struct result *result) MUST_CHECK;

#endif
