/* Watches the databases: reachable, at the right revision; initializes or migrates them when configured. */
#include "runtime/readiness.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "db/db.h"
#include "migrate/migrate.h"

enum {
    CONNECT_MS = 3000,
    STATEMENT_MS = 5000,
    CLOSED_POLL_MS = 100, /* poll interval while not ready */
    OPEN_POLL_MS = 5000,  /* poll interval while ready; a lost connection is noticed at once */
};

struct readiness {
    struct readiness_options options;
    void *arena; /* used by the thread only */
    struct db *dbs[DATABASE_COUNT];
    struct thread thread;
    pthread_cond_t changed;
    bool decided;
};

/* The latest result, readable by every thread. One per process. */
static struct {
    pthread_mutex_t lock;
    bool known[DATABASE_COUNT];
    struct migrate_state states[DATABASE_COUNT];
    enum readiness_verdict verdict;
    struct error error;
} found = {.lock = PTHREAD_MUTEX_INITIALIZER};

static atomic_bool is_ready;

/* Set before the first reader exists. */
static const char *uris[DATABASE_COUNT];

const char *readiness_uri(enum database database)
{
    return uris[database];
}

bool readiness_is_ready(void)
{
    return atomic_load_explicit(&is_ready, memory_order_acquire);
}

/* ---- checks ---- */

struct view {
    bool known[DATABASE_COUNT];
    struct migrate_state states[DATABASE_COUNT];
    struct error error;
};

static enum readiness_verdict look(struct readiness *readiness, struct view *view)
{
    enum readiness_verdict verdict = READINESS_READY;

    *view = (struct view){0};
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct error error = {0};
        enum err err = db_connect(readiness->dbs[i], &error);

        if (!err)
            err = migrate_state(readiness->dbs[i], (enum database)i, readiness->options.enterprise, MIGRATE_TO_HEAD,
                                &view->states[i], &error);
        if (err) {
            db_close(readiness->dbs[i]);
            (void)error_set(&view->error, err, "the %s database cannot be used: %.400s",
                            migrate_database_name((enum database)i), error.cause);
            return READINESS_UNREACHABLE;
        }
        view->known[i] = true;
        if (view->states[i].condition != MIGRATE_CURRENT && verdict == READINESS_READY) {
            verdict = READINESS_REFUSED;
            (void)error_set(&view->error, ERR_REFUSED, "%s", view->states[i].sentence);
        }
    }
    return verdict;
}

static void log_sentence(void *context, const char *sentence)
{
    (void)context;
    log_message(LOG_INFO, "%s", sentence);
}

/* Whether the configuration permits to initialize or migrate the databases as found. */
static bool may_bring_up(const struct readiness *readiness, const struct view *view)
{
    bool needed = false;

    for (int i = 0; i < DATABASE_COUNT; i++) {
        enum migrate_condition condition = view->states[i].condition;

        if (condition == MIGRATE_EMPTY || (condition == MIGRATE_BEHIND && readiness->options.migrate))
            needed = true;
        else if (condition != MIGRATE_CURRENT && condition != MIGRATE_BEHIND)
            return false;
    }
    return needed;
}

/* Runs the migrations on their own connections, without a time limit for statements. */
static enum err bring_up(struct readiness *readiness, struct error *error)
{
    void *arena = talloc_new(readiness->arena);
    struct migrate_options options = {.enterprise = readiness->options.enterprise,
                                      .only_empty = !readiness->options.migrate,
                                      .default_plan = readiness->options.default_plan,
                                      .report = log_sentence};
    struct db *dbs[DATABASE_COUNT];
    enum err err = OK;

    for (int i = 0; !err && i < DATABASE_COUNT; i++) {
        struct db_options handle = {.uri = readiness->options.migration_uris[i],
                                    .name = "orgd migrate",
                                    .connect_ms = CONNECT_MS,
                                    .statement_ms = MIGRATE_STATEMENT_MS};

        dbs[i] = db_create(arena, &handle);
        err = dbs[i] ? db_connect(dbs[i], error) : error_set(error, ERR_MEMORY, "no memory");
    }
    if (!err)
        err = migrate_up(dbs, &options, error);
    (void)talloc_free(arena);
    return err;
}

static enum readiness_verdict look_and_bring_up(struct readiness *readiness, struct view *view)
{
    enum readiness_verdict verdict = look(readiness, view);
    struct error error = {0};

    if (verdict != READINESS_REFUSED || !may_bring_up(readiness, view))
        return verdict;
    if (!bring_up(readiness, &error))
        return look(readiness, view);
    view->error = error;
    return error.code == ERR_UNAVAILABLE || error.code == ERR_UNCERTAIN ? READINESS_UNREACHABLE : READINESS_REFUSED;
}

/* ---- the thread ---- */

static void publish(struct readiness *readiness, enum readiness_verdict verdict, const struct view *view, bool first)
{
    bool changed;

    (void)pthread_mutex_lock(&found.lock);
    changed = !first && (found.verdict != verdict || strcmp(found.error.cause, view->error.cause) != 0);
    found.verdict = verdict;
    found.error = view->error;
    memcpy(found.known, view->known, sizeof found.known);
    memcpy(found.states, view->states, sizeof found.states);
    atomic_store_explicit(&is_ready, verdict == READINESS_READY, memory_order_release);
    readiness->decided = true;
    (void)pthread_cond_broadcast(&readiness->changed);
    (void)pthread_mutex_unlock(&found.lock);
    if (changed && verdict == READINESS_READY)
        log_message(LOG_INFO, "both databases are there and current");
    else if (changed)
        log_message(LOG_ERROR, "%s; requests get 503 until this is fixed", view->error.cause);
}

/* Waits while ready. True when it is time to check again, false when the thread has to end. */
static bool wait_while_ready(struct readiness *readiness)
{
    struct pollfd on[DATABASE_COUNT + 1] = {{.fd = readiness->thread.wake, .events = POLLIN}};

    for (int i = 0; i < DATABASE_COUNT; i++)
        on[i + 1] = (struct pollfd){.fd = PQsocket(db_handle(readiness->dbs[i])), .events = POLLIN};
    if (poll(on, DATABASE_COUNT + 1, OPEN_POLL_MS) > 0 && on[0].revents)
        return false;
    for (int i = 0; i < DATABASE_COUNT; i++) {
        PGconn *handle = db_handle(readiness->dbs[i]);

        if (on[i + 1].revents && PQconsumeInput(handle) == 0)
            db_close(readiness->dbs[i]);
    }
    return true;
}

static void *watch(void *argument)
{
    struct readiness *readiness = argument;
    struct view view;
    bool first = true;

    for (;;) {
        enum readiness_verdict verdict = look_and_bring_up(readiness, &view);

        publish(readiness, verdict, &view, first);
        first = false;
        if (verdict == READINESS_READY ? !wait_while_ready(readiness) : thread_wait(&readiness->thread, CLOSED_POLL_MS))
            break;
        /* not ready until the reconnection has checked the database */
        for (int i = 0; i < DATABASE_COUNT; i++)
            if (!db_connected(readiness->dbs[i]))
                atomic_store_explicit(&is_ready, false, memory_order_release);
    }
    atomic_store_explicit(&is_ready, false, memory_order_release);
    return NULL;
}

/* ---- interface ---- */

static void release(struct readiness *readiness)
{
    (void)pthread_cond_destroy(&readiness->changed);
    (void)talloc_free(readiness->arena);
    (void)talloc_free(readiness);
}

enum err readiness_start(void *arena, const struct readiness_options *options, struct readiness **started,
                         enum readiness_verdict *verdict, struct error *error)
{
    struct readiness *readiness = talloc_zero(arena, struct readiness);
    bool complete = readiness != NULL;
    enum err err;

    if (!readiness)
        return error_set(error, ERR_MEMORY, "no memory");
    readiness->options = *options;
    memcpy(uris, options->uris, sizeof uris);
    (void)pthread_cond_init(&readiness->changed, NULL);
    readiness->arena = talloc_new(NULL);
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct db_options handle = {
            .uri = options->uris[i], .name = "orgd readiness", .connect_ms = CONNECT_MS, .statement_ms = STATEMENT_MS};

        readiness->dbs[i] = readiness->arena ? db_create(readiness->arena, &handle) : NULL;
        complete = complete && readiness->dbs[i];
    }
    err = complete ? thread_start(&readiness->thread, watch, readiness, "watches the databases", error)
                   : error_set(error, ERR_MEMORY, "no memory");
    if (err) {
        release(readiness);
        return err;
    }
    (void)pthread_mutex_lock(&found.lock);
    while (!readiness->decided)
        (void)pthread_cond_wait(&readiness->changed, &found.lock);
    *verdict = found.verdict;
    *error = found.error;
    (void)pthread_mutex_unlock(&found.lock);
    *started = readiness;
    return OK;
}

void readiness_stop(struct readiness *readiness)
{
    if (!readiness)
        return;
    thread_stop(&readiness->thread);
    release(readiness);
}

static void report_database(struct buffer *out, bool known, const struct migrate_state *state)
{
    json_open(out, '{');
    json_key(out, "status");
    json_text(out, known ? migrate_condition_name(state->condition) : "unreachable");
    if (known) {
        json_key(out, "revisions");
        json_open(out, '{');
        for (size_t i = 0; i < state->count; i++) {
            if (state->positions[i].found[0] == '\0')
                continue;
            json_key(out, state->positions[i].chain->name);
            json_text(out, state->positions[i].found);
        }
        json_close(out, '}');
        if (state->condition != MIGRATE_CURRENT) {
            json_key(out, "detail");
            json_text(out, state->sentence);
        }
    }
    json_close(out, '}');
}

bool readiness_report(struct buffer *out)
{
    static const char *const words[] = {
        [READINESS_UNREACHABLE] = "unavailable", [READINESS_READY] = "ready", [READINESS_REFUSED] = "refused"};
    bool ready;

    (void)pthread_mutex_lock(&found.lock);
    ready = readiness_is_ready();
    json_open(out, '{');
    json_key(out, "status");
    json_text(out, words[ready || found.verdict != READINESS_READY ? found.verdict : READINESS_UNREACHABLE]);
    json_key(out, "databases");
    json_open(out, '{');
    for (int i = 0; i < DATABASE_COUNT; i++) {
        json_key(out, migrate_database_name((enum database)i));
        report_database(out, found.known[i], &found.states[i]);
    }
    json_close(out, '}');
    json_close(out, '}');
    (void)pthread_mutex_unlock(&found.lock);
    return ready;
}
