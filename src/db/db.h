/* One PostgreSQL connection: named statements with typed parameters, results, transactions. */
#ifndef ORGD_DB_DB_H
#define ORGD_DB_DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/uuid.h"

/*
 * A statement of a module's .sql file, made at build time. It is prepared on a connection when that connection first
 * runs it. `writes` says whether it changes anything, so that a lost answer is known to be harmless or not. `revokes`
 * is set by a line `-- revokes` in the file: what it changes may take access away. Its commit returns when no process
 * uses a decision that it remembered before (db/leases.h).
 */
struct statement {
    const char *name;
    const char *comment;
    const char *sql;
    unsigned short index; /* 0..statement_count-1, unique */
    bool writes;
    bool revokes;
};

extern const struct statement *const statements[];
extern const size_t statement_count;

struct db;

struct db_options {
    const char *uri;      /* postgresql:// or postgresql+asyncpg:// */
    const char *name;     /* application_name */
    int64_t connect_ms;   /* deadline of connecting */
    int64_t statement_ms; /* statement_timeout, and the deadline of waiting for an answer when the caller sets none */
    int64_t lock_ms;      /* lock_timeout; 0 for none */
    void (*on_revoke)(void); /* empties this process's decision cache after such a commit; NULL: it has none, or
                              * hears of it as other processes do */
};

/*
 * What a URI says, as libpq reads it; free with PQconninfoFree. NULL when it is malformed, too long, or without memory.
 * libpq's own message is not to be shown: it quotes the URI, with the password.
 */
PQconninfoOption *db_uri_parse(const char *uri);
/* Whether db_uri_parse can read it. */
bool db_uri_is_sound(const char *uri);
/* A handle that is not connected yet; talloc child of `arena`. NULL without memory. `options` is copied, its texts are
 * borrowed. */
struct db *db_create(void *arena, const struct db_options *options) MUST_CHECK;
/* Connects when not connected, within `connect_ms`. ERR_UNAVAILABLE with the cause. Closed by talloc_free or db_close.
 */
enum err db_connect(struct db *db, struct error *error) MUST_CHECK;
void db_close(struct db *db);
bool db_connected(const struct db *db);
/* What went wrong in the last call that failed: cause, SQLSTATE ("23505"), constraint name ("" when none). */
const struct error *db_error(const struct db *db);
const char *db_sqlstate(const struct db *db);
const char *db_constraint(const struct db *db);
/* The libpq handle, for what this interface does not cover (COPY, notifications, the schema reader); NULL when not
 * connected. */
PGconn *db_handle(struct db *db);
/* Until when answers are waited for (platform.monotonic_us); 0: statement_ms from each call. */
void db_set_deadline(struct db *db, int64_t monotonic_us);
/* Microseconds spent waiting for the database since the last call of this; resets. */
int64_t db_take_time_us(struct db *db);

/* Parameters. What is pointed at must live until the statement was run. */
struct param {
    const void *value; /* NULL: SQL null, or `number` when `is_number` */
    int length;        /* binary length; 0 for text */
    bool is_number;
    int64_t number;
};
struct param param_text(const char *text);      /* NULL makes SQL null */
struct param param_uuid(const struct uuid *id); /* binary; NULL makes SQL null */
struct param param_bool(bool value);
struct param param_int(int64_t value);
struct param param_null(void);

/* A result; rows from 0. Accessors borrow from it. Free with result_clear, or tie it to an arena with result_keep. */
struct result {
    PGresult *pg;
};
void result_clear(struct result *result);
int result_rows(const struct result *result);
/* NULL for SQL null. */
const char *result_text(const struct result *result, int row, int column);
size_t result_length(const struct result *result, int row, int column);
bool result_bool(const struct result *result, int row, int column);                  /* false for null */
int64_t result_int(const struct result *result, int row, int column);                /* 0 for null */
bool result_uuid(const struct result *result, int row, int column, struct uuid *id); /* false for null */
/* Hands the result over to `arena`, so that texts borrowed from it live as long. False without memory (then cleared).
 */
bool result_keep(struct result *result, void *arena) MUST_CHECK;

/*
 * Runs a statement in one round trip (preparing it first where this connection has not) and waits for the answer until
 * the deadline. `result` may be NULL when no rows are wanted. Outside a transaction it commits by itself. Errors:
 * CONFLICT (unique or exclusion violation; see db_constraint), REFERENCE (foreign key), UNAVAILABLE (not connected,
 * refused; nothing happened), UNCERTAIN (the connection or the answer was lost while a statement that may write was
 * under way), BUSY (lock or statement timeout, deadlock, serialization), DATABASE (anything else; the cause has
 * PostgreSQL's message). A connection that is lost is closed; the next db_connect opens a new one.
 */
enum err db_run(struct db *db, const struct statement *statement, const struct param *params, size_t count,
                struct result *result) MUST_CHECK;
/*
 * The same with the parameters as arguments. Their number must be the statement's, of which the build makes a constant
 * `parameters_of_name`; otherwise the compiler refuses an array of negative size.
 */
#define DB_RUN(db, statement, result, ...) db_run((db), &(statement), PARAMS_OF(statement, __VA_ARGS__), (result))
#define PARAMS_OF(statement, ...) PARAMS(__VA_ARGS__), PARAMS_COUNT(parameters_of_##statement, PARAMS(__VA_ARGS__))
#define PARAMS(...) ((const struct param[]){__VA_ARGS__})
#define PARAMS_COUNT(wanted, params)                                                                                   \
    ((wanted) * sizeof(char[sizeof(params) == (wanted) * sizeof(struct param) ? 1 : -1]))

/* Runs SQL text without parameters, several statements allowed (chains, settings): simple protocol. Never with text
 * from outside. */
enum err db_script(struct db *db, const char *sql, struct result *result) MUST_CHECK;

/*
 * Called for each row as it arrives: row 0 of `row`, which belongs to statement `number` and is freed afterwards. An
 * error ends the pipeline with that error.
 */
typedef enum err db_row_reader(void *context, size_t number, const struct result *row);
/*
 * Runs `count` SQL texts without parameters, one statement each, that only read: all sent at once, the rows handed over
 * one by one, so that memory does not grow with the answer. After any error the connection is closed. Never with text
 * from outside.
 */
enum err db_pipeline(struct db *db, const char *const *texts, size_t count, db_row_reader *each,
                     void *context) MUST_CHECK;

/* Called with each row that COPY sends, as its format has it and with a NUL behind it; it is valid during the call. */
typedef enum err db_copy_reader(void *context, const char *row, size_t len);
/* Called at the end with the number of the rows. */
typedef enum err db_copy_counter(void *context, const char *rows);
/*
 * Runs SQL text with one COPY ... TO STDOUT, and statements without rows before it. Unlike a SELECT, a COPY of a table
 * calls no function that an index of the table names, and takes nothing but a table. Each of the caller's functions may
 * be NULL; an error of theirs ends it with that error, of which db_error does not report. After any error the
 * connection is closed. Never with text from outside.
 */
enum err db_copy(struct db *db, const char *sql, db_copy_reader *each, db_copy_counter *count,
                 void *context) MUST_CHECK;

/* Begins a transaction, which the server sees together with its first statement. Whatever the database's default
 * isolation is, a statement that waits for a lock sees what was committed meanwhile. */
enum err db_begin(struct db *db) MUST_CHECK;
/* After an error the transaction is rolled back. UNCERTAIN when the answer to COMMIT was lost. */
enum err db_commit(struct db *db) MUST_CHECK;
/* Rolls back when a transaction is open; closes the connection when even that fails. */
void db_rollback(struct db *db);

/* Whether a transaction is open. */
bool db_in_transaction(const struct db *db);
/* Quick look whether a lost connection has been noticed; false also when not connected. */
bool db_alive(struct db *db);

#endif
