/* Runs named statements on one PostgreSQL connection, never waiting beyond a deadline. */
#include "db/db.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"
#include "db/answers.h"
#include "db/connect.h"
#include "db/db_state.h"

static int db_destructor(struct db *db)
{
    db_close(db);
    return 0;
}

struct db *db_create(void *arena, const struct db_options *options)
{
    struct db *db = talloc_zero(arena, struct db);

    if (!db)
        return NULL;
    db->options = *options;
    db->prepared = talloc_zero_size(db, (statement_count + 1) * sizeof(bool));
    if (!db->prepared) {
        talloc_free(db);
        return NULL;
    }
    talloc_set_destructor(db, db_destructor);
    return db;
}

void db_close(struct db *db)
{
    if (db->conn)
        PQfinish(db->conn);
    db->conn = NULL;
    db->in_transaction = db->begin_unsent = db->revoked = false;
}

bool db_connected(const struct db *db)
{
    return db->conn != NULL;
}

const struct error *db_error(const struct db *db)
{
    return &db->error;
}

const char *db_sqlstate(const struct db *db)
{
    return db->sqlstate;
}

const char *db_constraint(const struct db *db)
{
    return db->constraint;
}

PGconn *db_handle(struct db *db)
{
    return db->conn;
}

void db_set_deadline(struct db *db, int64_t monotonic_us)
{
    db->deadline_us = monotonic_us;
}

int64_t db_take_time_us(struct db *db)
{
    int64_t time = db->time_us;

    db->time_us = 0;
    return time;
}

void db_spent(struct db *db, int64_t time_us)
{
    db->time_us += time_us;
}

/* Waits until the socket is ready for `events`. False at the deadline. */
static bool wait_for(PGconn *conn, short events, int64_t deadline_us)
{
    for (;;) {
        struct pollfd fd = {.fd = PQsocket(conn), .events = events};
        int64_t left = deadline_us - platform.monotonic_us();
        int ready;

        if (left <= 0)
            return false;
        ready = poll(&fd, 1, (int)(left / 1000 + 1));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

struct message {
    char text[1024];
};

/* libpq's message as one line, or what there is instead. */
static struct message message_of(PGconn *conn)
{
    struct message message = {"no reason given"};
    size_t len = 0;

    for (const char *at = PQerrorMessage(conn); *at != '\0' && len + 3 < sizeof message.text; at++) {
        if (*at != '\n') {
            message.text[len++] = *at;
            continue;
        }
        at += strspn(at, "\n\t ") - 1;
        if (at[1] == '\0')
            break;
        if (len > 0 && !strchr(".?!:", message.text[len - 1]))
            message.text[len++] = '.';
        message.text[len++] = ' ';
    }
    if (len > 0)
        message.text[len] = '\0';
    return message;
}

static bool finish_connecting(PGconn *conn, int64_t deadline_us)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    if (PQstatus(conn) == CONNECTION_BAD)
        return false;
    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        if (!wait_for(conn, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_us))
            return false;
        state = PQconnectPoll(conn);
    }
    return state == PGRES_POLLING_OK;
}

/*
 * Messages of the server outside of a result, which libpq would write to standard error. A fatal one is the last: the
 * end of the connection follows, which may not have arrived yet.
 */
static void take_notice(void *context, const PGresult *notice)
{
    struct db *db = context;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

    if (severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))
        db->ending = true;
}

enum err db_connect(struct db *db, struct error *error)
{
    if (db_alive(db))
        return OK;
    db_close(db);
    TRY(connect_start(&db->options, &db->conn, error));
    db->ending = false;
    (void)PQsetNoticeReceiver(db->conn, take_notice, db);
    if (!finish_connecting(db->conn, platform.monotonic_us() + db->options.connect_ms * 1000)) {
        enum err err =
            error_set(error, ERR_UNAVAILABLE, "cannot connect to the database: %s", message_of(db->conn).text);
        db_close(db);
        return err;
    }
    (void)PQsetnonblocking(db->conn, 1);
    memset(db->prepared, 0, statement_count);
    return OK;
}

bool db_alive(struct db *db)
{
    if (!db->conn)
        return false;
    while (PQstatus(db->conn) == CONNECTION_OK && !db->ending) {
        struct pollfd fd = {.fd = PQsocket(db->conn), .events = POLLIN};

        if (poll(&fd, 1, 0) <= 0)
            return true;
        /* something unasked arrived: a notice, or the end of the connection */
        if (!PQconsumeInput(db->conn))
            return false;
        (void)PQisBusy(db->conn); /* reads what has arrived */
    }
    return false;
}

struct param param_text(const char *text)
{
    return (struct param){.value = text};
}

struct param param_uuid(const struct uuid *id)
{
    return (struct param){.value = id, .length = (int)sizeof *id};
}

struct param param_bool(bool value)
{
    return (struct param){.value = value ? "t" : "f"};
}

struct param param_int(int64_t value)
{
    return (struct param){.is_number = true, .number = value};
}

struct param param_null(void)
{
    return (struct param){0};
}

void result_clear(struct result *result)
{
    PQclear(result->pg);
    result->pg = NULL;
}

int result_rows(const struct result *result)
{
    return PQntuples(result->pg);
}

const char *result_text(const struct result *result, int row, int column)
{
    return PQgetisnull(result->pg, row, column) ? NULL : PQgetvalue(result->pg, row, column);
}

size_t result_length(const struct result *result, int row, int column)
{
    return (size_t)PQgetlength(result->pg, row, column);
}

bool result_bool(const struct result *result, int row, int column)
{
    const char *text = result_text(result, row, column);

    return text && text[0] == 't';
}

int64_t result_int(const struct result *result, int row, int column)
{
    const char *text = result_text(result, row, column);

    return text ? strtoimax(text, NULL, 10) : 0;
}

bool result_uuid(const struct result *result, int row, int column, struct uuid *id)
{
    const char *text = result_text(result, row, column);

    return text && uuid_parse(text, id);
}

static int holder_destructor(PGresult **holder)
{
    PQclear(*holder);
    return 0;
}

bool result_keep(struct result *result, void *arena)
{
    PGresult **holder = talloc(arena, PGresult *);

    if (!holder) {
        result_clear(result);
        return false;
    }
    *holder = result->pg;
    talloc_set_destructor(holder, holder_destructor);
    return true;
}

bool db_await_answer(struct db *db, int64_t deadline_us)
{
    int pending;

    while ((pending = PQflush(db->conn)) > 0) {
        if (!wait_for(db->conn, POLLIN | POLLOUT, deadline_us) || !PQconsumeInput(db->conn))
            return false;
    }
    if (pending < 0)
        return false;
    while (PQisBusy(db->conn)) {
        if (!wait_for(db->conn, POLLIN, deadline_us) || !PQconsumeInput(db->conn))
            return false;
    }
    return true;
}

bool db_await_input(struct db *db, int64_t deadline_us)
{
    return wait_for(db->conn, POLLIN, deadline_us) && PQconsumeInput(db->conn);
}

int64_t db_deadline(const struct db *db)
{
    int64_t deadline = platform.monotonic_us() + (db->options.statement_ms + 1000) * 1000;

    return db->deadline_us && db->deadline_us < deadline ? db->deadline_us : deadline;
}

/*
 * The last result of what was just sent, or NULL when connection or time ran out. An error result is not followed
 * further: only the first of a script's errors exists.
 */
static PGresult *collect(struct db *db)
{
    int64_t started = platform.monotonic_us();
    int64_t deadline = db_deadline(db);
    PGresult *last = NULL;

    for (;;) {
        PGresult *next = db_await_answer(db, deadline) ? PQgetResult(db->conn) : NULL;
        if (!next)
            break;
        PQclear(last);
        last = next;
        if (PQstatus(db->conn) != CONNECTION_OK)
            break;
    }
    db->time_us += platform.monotonic_us() - started;
    if (PQstatus(db->conn) != CONNECTION_OK || PQisBusy(db->conn)) {
        /* Lost or late: what an error result said is kept, any other answer is not complete. */
        if (last && PQresultStatus(last) == PGRES_FATAL_ERROR)
            return last;
        PQclear(last);
        return NULL;
    }
    return last;
}

static enum err code_of(const char *sqlstate)
{
    static const struct {
        const char *prefix;
        enum err err;
    } table[] = {
        {"23505", ERR_CONFLICT},    {"23P01", ERR_CONFLICT}, {"23503", ERR_REFERENCE},   {"40001", ERR_BUSY},
        {"40P01", ERR_BUSY},        {"55P03", ERR_BUSY},     {"57014", ERR_BUSY},        {"57P01", ERR_UNAVAILABLE},
        {"57P03", ERR_UNAVAILABLE}, {"53", ERR_UNAVAILABLE}, {"25006", ERR_UNAVAILABLE}, {"25P03", ERR_UNAVAILABLE},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strncmp(sqlstate, table[i].prefix, strlen(table[i].prefix)) == 0)
            return table[i].err;
    return ERR_DATABASE;
}

static void remember(char *to, size_t size, const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);

    (void)snprintf(to, size, "%s", text ? text : "");
}

enum err db_lost(struct db *db, bool uncertain)
{
    enum err err = uncertain ? ERR_UNCERTAIN : ERR_UNAVAILABLE;

    db->sqlstate[0] = db->constraint[0] = '\0';
    (void)error_set(&db->error, err, "the database connection was lost or did not answer in time: %s",
                    message_of(db->conn).text);
    db_close(db);
    return err;
}

/* What holds on to something that is to be dropped is a detail, one line each: names of objects, no data. */
static void add_dependents(struct db *db, const PGresult *pg)
{
    const char *detail = PQresultErrorField(pg, PG_DIAG_MESSAGE_DETAIL);
    size_t len = strlen(db->error.cause);

    if (!detail || strcmp(db->sqlstate, "2BP01") != 0)
        return;
    (void)snprintf(db->error.cause + len, sizeof db->error.cause - len, " (%s)", detail);
    for (char *at = db->error.cause + len; *at != '\0'; at++)
        if (*at == '\n')
            *at = ';';
}

enum err db_judge(struct db *db, PGresult *pg, bool may_write, struct result *result)
{
    ExecStatusType status = PQresultStatus(pg);
    enum err err;

    if (!pg)
        return db_lost(db, may_write);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
        if (result)
            result->pg = pg;
        else
            PQclear(pg);
        return OK;
    }
    remember(db->sqlstate, sizeof db->sqlstate, pg, PG_DIAG_SQLSTATE);
    remember(db->constraint, sizeof db->constraint, pg, PG_DIAG_CONSTRAINT_NAME);
    err = error_set(&db->error, db->sqlstate[0] ? code_of(db->sqlstate) : ERR_UNAVAILABLE, "%s%s%s%s",
                    PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY) ?: message_of(db->conn).text,
                    db->sqlstate[0] ? " (SQLSTATE " : "", db->sqlstate, db->sqlstate[0] ? ")" : "");
    add_dependents(db, pg);
    PQclear(pg);
    if (PQstatus(db->conn) != CONNECTION_OK) {
        /* A crash (57P02) or a broken connection may have come after the commit; an orderly shutdown comes before it.
         */
        if (may_write && strcmp(db->sqlstate, "57P01") != 0)
            err = db->error.code = ERR_UNCERTAIN;
        else
            err = db->error.code = ERR_UNAVAILABLE;
        db_close(db);
    }
    return err;
}

enum err db_not_connected(struct db *db)
{
    db->sqlstate[0] = db->constraint[0] = '\0';
    return error_set(&db->error, ERR_UNAVAILABLE, "not connected to the database");
}

static enum err prepare(struct db *db, const struct statement *statement)
{
    enum err err;

    if (db->prepared[statement->index])
        return OK;
    if (!PQsendPrepare(db->conn, statement->name, statement->sql, 0, NULL))
        return db_lost(db, false);
    err = db_judge(db, collect(db), false, NULL);
    db->prepared[statement->index] = !err;
    return err;
}

bool db_send(struct db *db, const struct statement *statement, const struct param *params, size_t count)
{
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX];
    int formats[PARAMS_MAX];
    char numbers[PARAMS_MAX][24];

    for (size_t i = 0; i < count; i++) {
        values[i] = params[i].value;
        lengths[i] = params[i].length;
        formats[i] = params[i].length > 0;
        if (params[i].is_number) {
            (void)snprintf(numbers[i], sizeof numbers[i], "%" PRId64, params[i].number);
            values[i] = numbers[i];
        }
    }
    return PQsendQueryPrepared(db->conn, statement->name, (int)count, values, lengths, formats, 0) == 1;
}

enum err db_run(struct db *db, const struct statement *statement, const struct param *params, size_t count,
                struct result *result)
{
    enum err err;

    if (result)
        result->pg = NULL;
    if (!db->conn)
        return db_not_connected(db);
    if (count > PARAMS_MAX)
        return error_set(&db->error, ERR_INTERNAL, "statement %s has more than %d parameters", statement->name,
                         PARAMS_MAX);
    if (statement->revokes && !db->in_transaction)
        return db_run_removal(db, statement, params, count, result);
    if (db->begin_unsent)
        return db_run_first(db, statement, params, count, result);
    TRY(prepare(db, statement));
    if (!db_send(db, statement, params, count))
        return db_lost(db, statement->writes && !db->in_transaction);
    err = db_judge(db, collect(db), statement->writes && !db->in_transaction, result);
    db->revoked = db->revoked || (statement->revokes && !err);
    return err;
}

enum err db_script(struct db *db, const char *sql, struct result *result)
{
    if (result)
        result->pg = NULL;
    if (!db->conn)
        return db_not_connected(db);
    TRY(db_send_begin(db));
    if (!PQsendQuery(db->conn, sql))
        return db_lost(db, false);
    return db_judge(db, collect(db), !db->in_transaction, result);
}
