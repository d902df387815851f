/* Runs the periodic work of the audit. */
#include "audit/keeper.h"

#include <stdatomic.h>
#include <talloc.h>

#include "audit/events.h"
#include "audit/seals.h"
#include "audit/statements.h"
#include "auth/usage.h"
#include "base/log.h"
#include "base/platform.h"
#include "base/thread.h"
#include "http/metrics.h"

/* A long round is followed by a longer pause, so that sealing remains a small part of the database's load. */
enum { ROUND_MS = 1000, FOLD_US = 5000000, WAITING_US = 5000000, PAUSE_FACTOR = 9, LONGEST_PAUSE_MS = 30000 };

static struct {
    struct keeper_options options;
    struct thread thread;
    struct sealer sealer;
    int64_t folded_us, waiting_us;
    _Atomic int64_t waiting, waiting_s;
    _Atomic uint64_t failures;
} keeper;

/* ---- metrics ---- */

static double read_number(void *number)
{
    return (double)atomic_load((_Atomic int64_t *)number);
}

static double read_count(void *number)
{
    return (double)atomic_load((_Atomic uint64_t *)number);
}

static void register_metrics(void)
{
    metrics_register(METRIC_GAUGE, "orgd_audit_unsealed", NULL, "Rows of the audit that have no seal yet.", read_number,
                     &keeper.waiting);
    metrics_register(METRIC_GAUGE, "orgd_audit_unsealed_seconds", NULL, "The age of the oldest row without a seal.",
                     read_number, &keeper.waiting_s);
    metrics_register(METRIC_COUNTER, "orgd_audit_failures_total", NULL,
                     "Rounds that failed to add events or to seal rows.", read_count, &keeper.failures);
    audit_events_register_metrics();
}

/* ---- one round ---- */

static bool is_due(int64_t *last_us, int64_t every_us)
{
    int64_t now = platform.monotonic_us();

    if (*last_us != 0 && now - *last_us < every_us)
        return false;
    *last_us = now;
    return true;
}

static enum err seal(struct db *db)
{
    bool more = true;
    enum err err = OK;

    while (!err && more && !atomic_load(&keeper.thread.stopping))
        err = seals_advance(&keeper.sealer, db, &more);
    return err;
}

static enum err look_at_waiting(struct db *db)
{
    int64_t rows, seconds;

    TRY(seals_waiting(&keeper.sealer, db, &rows, &seconds));
    atomic_store(&keeper.waiting, rows);
    atomic_store(&keeper.waiting_s, seconds);
    return OK;
}

static enum err work(struct db *db)
{
    enum err folded = OK;

    TRY(audit_events_flush(db));
    TRY(usage_flush(db, false));
    if (is_due(&keeper.folded_us, FOLD_US))
        folded = DB_RUN(db, audit_fold, NULL); /* what stops it does not stop the sealing */
    TRY(seal(db));
    if (is_due(&keeper.waiting_us, WAITING_US))
        TRY(look_at_waiting(db));
    return folded;
}

/* Logs when the work begins to fail and when it succeeds again. */
static void note(enum err err, bool *failing, const char *cause)
{
    if (err)
        atomic_fetch_add(&keeper.failures, 1);
    if ((err != OK) == *failing)
        return;
    *failing = err;
    if (*failing)
        log_message(LOG_WARNING, "audit events stay in memory: %s", cause);
    else
        log_message(LOG_INFO, "audit events are written again");
}

static int one_round(struct db *db, bool *failing)
{
    int64_t started = platform.monotonic_us(), pause_ms;
    struct error error = {0};
    enum err err;

    db_set_deadline(db, 0);
    err = db_connect(db, &error);
    if (!err) {
        err = work(db);
        error = *db_error(db);
    }
    if (err)
        db_close(db);
    note(err, failing, error.cause);
    pause_ms = (platform.monotonic_us() - started) / 1000 * PAUSE_FACTOR;
    if (pause_ms < ROUND_MS)
        return ROUND_MS;
    return pause_ms < LONGEST_PAUSE_MS ? (int)pause_ms : LONGEST_PAUSE_MS;
}

static void finish(struct db *db)
{
    struct error error = {0};
    enum err err = db_connect(db, &error);

    if (!err)
        err = audit_events_flush(db);
    if (!err)
        err = usage_flush(db, true);
    if (err)
        log_message(LOG_WARNING, "the last audit events are lost: %s",
                    *error.cause ? error.cause : db_error(db)->cause);
}

static void *keeper_main(void *nothing)
{
    void *arena = talloc_new(NULL);
    struct db *db = db_create(arena, &keeper.options.db);
    bool failing = false;
    int pause_ms = 0;

    (void)nothing;
    while (db && !thread_wait(&keeper.thread, pause_ms))
        pause_ms = keeper.options.available() ? one_round(db, &failing) : ROUND_MS;
    if (db && keeper.options.available())
        finish(db);
    talloc_free(arena);
    return NULL;
}

enum err keeper_start(const struct keeper_options *options, struct error *error)
{
    keeper.options = *options;
    keeper.options.db.name = "orgd audit";
    keeper.options.db.on_revoke = NULL;
    TRY(thread_start(&keeper.thread, keeper_main, NULL, "keeps the audit", error));
    register_metrics();
    return OK;
}

void keeper_stop(void)
{
    thread_stop(&keeper.thread);
}
