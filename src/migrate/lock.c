/* Waits for other runners and for locks until a deadline, and names who holds them. */
#include "migrate/lock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/buffer.h"
#include "base/platform.h"
#include "migrate/statements.h"

#define DEFAULT_WAIT_MS (10 * 60 * 1000)
#define POLL_MS 50
#define REPORT_AFTER_POLLS 20 /* a second */
#define RETRY_MS 100
#define RETRY_MAX_MS 2000
#define REPORT_EVERY 10 /* attempts */
#define ARRAY_MAX (16 << 10)

void migrate_report(const struct migrate_options *options, const char *format, ...)
{
    char sentence[1024];
    va_list arguments;

    if (!options->report)
        return;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    options->report(options->context, sentence);
}

int64_t migrate_deadline(const struct migrate_options *options)
{
    return platform.monotonic_us() + (options->wait_ms > 0 ? options->wait_ms : DEFAULT_WAIT_MS) * 1000;
}

static void pause_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    (void)nanosleep(&time, NULL);
}

static void name_holder(struct db *db, char *to, size_t size)
{
    struct result result;

    (void)snprintf(to, size, "another runner");
    if (DB_RUN(db, migrate_lock_holder, &result))
        return;
    if (result_rows(&result) == 1) {
        (void)snprintf(to, size, "another runner (process %lld, %s)",
                       (long long)result_int(&result, 0, MIGRATE_LOCK_HOLDER_PID),
                       result_text(&result, 0, MIGRATE_LOCK_HOLDER_APPLICATION_NAME));
    }
    result_clear(&result);
}

enum err migrate_lock_database(struct db *db, enum database database, const struct migrate_options *options,
                               int64_t deadline, struct error *error)
{
    char holder[200];

    for (int polls = 0;; polls++) {
        struct result result;
        bool taken;

        if (DB_RUN(db, migrate_lock, &result)) {
            return error_set(error, db_error(db)->code, "the lock of the %s database cannot be taken: %s",
                             migrate_database_name(database), db_error(db)->cause);
        }
        taken = result_bool(&result, 0, MIGRATE_LOCK_LOCKED);
        result_clear(&result);
        if (taken)
            return OK;
        if (platform.monotonic_us() >= deadline) {
            name_holder(db, holder, sizeof holder);
            return error_set(error, ERR_BUSY,
                             "%s has been migrating the %s database for too long to wait; try again later", holder,
                             migrate_database_name(database));
        }
        if (progress_is_stopped(options->progress))
            return error_set(error, ERR_STOPPING, "stopped");
        if (polls == REPORT_AFTER_POLLS) {
            name_holder(db, holder, sizeof holder);
            migrate_report(options, "waiting for %s to finish migrating the %s database", holder,
                           migrate_database_name(database));
        }
        pause_ms(POLL_MS);
    }
}

void migrate_unlock_database(struct db *db)
{
    if (db_connected(db) && DB_RUN(db, migrate_unlock, NULL)) {
        db_close(db); /* ends the session, and the lock with it */
    }
}

/* The tables and modes of a statement's locks as two PostgreSQL arrays. The names come from our own SQL. */
static void write_arrays(const struct script_statement *statement, struct buffer *tables, struct buffer *modes)
{
    buffer_char(tables, '{');
    buffer_char(modes, '{');
    for (size_t i = 0; statement && i < statement->lock_count; i++) {
        const struct script_lock *lock = &statement->locks[i];

        buffer_format(tables, "%s\"%s\"", i > 0 ? "," : "", lock->table);
        buffer_format(modes, "%s\"%s\"", i > 0 ? "," : "", lock_mode_name(lock->mode));
    }
    buffer_char(tables, '}');
    buffer_char(modes, '}');
}

static void write_blocker(const struct result *result, char *to, size_t size)
{
    const char *user = result_text(result, 0, MIGRATE_BLOCKER_USENAME);
    const char *name = result_text(result, 0, MIGRATE_BLOCKER_APPLICATION_NAME);
    const char *state = result_text(result, 0, MIGRATE_BLOCKER_STATE);
    const char *query = result_text(result, 0, MIGRATE_BLOCKER_QUERY);
    const char *table = result_text(result, 0, MIGRATE_BLOCKER_TABLE_NAME);

    (void)snprintf(to, size, "%s is locked by process %lld (user %s%s%s), %s for %lld s%s%s", table ? table : "a table",
                   (long long)result_int(result, 0, MIGRATE_BLOCKER_PID), user ? user : "?",
                   name && name[0] ? ", " : "", name ? name : "", state ? state : "busy",
                   (long long)result_int(result, 0, MIGRATE_BLOCKER_SECONDS),
                   query && query[0] ? ", last statement: " : "", query ? query : "");
}

void migrate_name_blocker(struct db *db, const struct script_statement *statement, char *to, size_t size)
{
    void *arena = talloc_new(NULL);
    struct buffer tables = buffer_make(arena, ARRAY_MAX);
    struct buffer modes = buffer_make(arena, ARRAY_MAX);
    struct result result;

    to[0] = '\0';
    write_arrays(statement, &tables, &modes);
    if (buffer_string(&tables) && buffer_string(&modes) &&
        !DB_RUN(db, migrate_blocker, &result, param_text(buffer_string(&tables)), param_text(buffer_string(&modes)))) {
        if (result_rows(&result) == 1)
            write_blocker(&result, to, size);
        result_clear(&result);
    }
    (void)talloc_free(arena);
}

bool migrate_try_again(struct db *db, const char *sqlstate, int attempt, const struct script_statement *statement,
                       const struct migrate_options *options, int64_t deadline)
{
    bool lock = strcmp(sqlstate, "55P03") == 0 || strcmp(sqlstate, "40P01") == 0;
    unsigned char jitter;
    int64_t wait = (int64_t)RETRY_MS << (attempt < 5 ? attempt : 5);
    char blocker[400];

    if (!lock || !db_connected(db) || platform.monotonic_us() >= deadline || progress_is_stopped(options->progress))
        return false;
    if (attempt % REPORT_EVERY == 0) {
        migrate_name_blocker(db, statement, blocker, sizeof blocker);
        migrate_report(options, "waiting: %s", blocker[0] != '\0' ? blocker : "a table is locked");
    }
    /* random, so that two clients with the same period do not collide again and again */
    platform.random_bytes(&jitter, sizeof jitter);
    wait += wait * jitter / 256;
    pause_ms(wait < RETRY_MAX_MS ? wait : RETRY_MAX_MS);
    return true;
}
