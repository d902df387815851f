/* Runs the worker pools: bounded queues of requests, and the workers that answer them. */
#include "http/worker_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/platform.h"
#include "base/thread.h"
#include "db/leases.h"
#include "http/compress.h"
#include "http/fair_queue.h"
#include "http/metrics.h"
#include "http/response.h"

/*
 * After a failed connection attempt, a worker answers 503 for this long before it tries again. It is short enough to
 * notice a returning database within a quarter of a second.
 */
enum { RECONNECT_PAUSE_US = 150000, POOLS = 3 };

/*
 * An idle worker maintains its connection, so that requests do not find it dead. Every second it checks whether the
 * server has closed it. From time to time it sends a query, because a network may drop a connection silently.
 */
enum { IDLE_LOOK_S = 1, IDLE_ASK_US = 15000000, IDLE_ANSWER_US = 2000000 };

/* Password hashing yields to all other work: when both want a core, it gets about a tenth. */
enum { SLOW_NICE = 10 };

/* In the order of enum worker_pool, which begins with POOL_NONE. */
static const char *const labels[POOLS] = {"pool=\"default\"", "pool=\"slow\"", "pool=\"outbound\""};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct fair_queue *waiting;
    bool stopping;
    atomic_uint depth, unknown; /* for the metrics: waiting requests, workers busy for unauthenticated callers */
    atomic_uint_least64_t full;
};

struct worker {
    struct worker_pools *pools;
    struct queue *queue;
    pthread_t thread;
    bool started, eager;
    bool served;      /* the worker has had a connection, and keeps one from then on */
    int64_t asked_us; /* when the database last answered */
    void *arena;
    struct fair_caller *serving; /* NULL between two requests */
    struct db *db;
    bool counted_open;
    int64_t next_attempt_us;
    struct compressor *compressor;
};

struct worker_pools {
    struct worker_pools_options options;
    struct queue queues[POOLS];
    struct worker *workers;
    unsigned worker_count;
    pthread_mutex_t done_lock;
    struct exchange *done_first, **done_last;
    atomic_int open, busy;
    atomic_uint_least64_t database_us;
};

/* ---- metrics ---- */

static double read_depth(void *context)
{
    return (double)atomic_load_explicit(&((struct queue *)context)->depth, memory_order_relaxed);
}

static double read_unknown(void *context)
{
    return (double)atomic_load_explicit(&((struct queue *)context)->unknown, memory_order_relaxed);
}

static double read_full(void *context)
{
    return (double)atomic_load_explicit(&((struct queue *)context)->full, memory_order_relaxed);
}

static double read_open(void *context)
{
    return atomic_load_explicit(&((struct worker_pools *)context)->open, memory_order_relaxed);
}

static double read_busy(void *context)
{
    return atomic_load_explicit(&((struct worker_pools *)context)->busy, memory_order_relaxed);
}

static double read_database(void *context)
{
    return (double)atomic_load_explicit(&((struct worker_pools *)context)->database_us, memory_order_relaxed) / 1e6;
}

static double read_removals(void *context)
{
    (void)context;
    return (double)leases_counts().removals;
}

static double read_waits(void *context)
{
    (void)context;
    return (double)leases_counts().waits;
}

static double read_expired(void *context)
{
    (void)context;
    return (double)leases_counts().expired;
}

static double read_wait_time(void *context)
{
    (void)context;
    return (double)leases_counts().wait_us / 1e6;
}

static void register_removals(void *context)
{
    metrics_register(METRIC_COUNTER, "orgd_removals_total", NULL, "Commits that may have revoked access.",
                     read_removals, context);
    metrics_register(METRIC_COUNTER, "orgd_removals_waited_total", NULL,
                     "Commits that may have revoked access and waited for another process to confirm.", read_waits,
                     context);
    metrics_register(METRIC_COUNTER, "orgd_removals_expired_total", NULL,
                     "Commits that may have revoked access and waited until the leases of other processes ended.",
                     read_expired, context);
    metrics_register(METRIC_COUNTER, "orgd_removals_wait_seconds_total", NULL,
                     "Time from such a commit until no process could use a cached decision from before it.",
                     read_wait_time, context);
}

static void register_metrics(struct worker_pools *pools)
{
    static const char depth[] = "Requests waiting for a worker.";
    static const char unknown[] = "Workers that are answering an unauthenticated caller.";
    static const char full[] = "Requests refused because their queue was full.";

    for (size_t i = 0; i < POOLS; i++)
        metrics_register(METRIC_GAUGE, "orgd_queue_depth", labels[i], depth, read_depth, &pools->queues[i]);
    for (size_t i = 0; i < POOLS; i++)
        metrics_register(METRIC_COUNTER, "orgd_queue_full_total", labels[i], full, read_full, &pools->queues[i]);
    for (size_t i = 0; i < POOLS; i++)
        metrics_register(METRIC_GAUGE, "orgd_workers_busy_unknown", labels[i], unknown, read_unknown,
                         &pools->queues[i]);
    metrics_register(METRIC_GAUGE, "orgd_database_connections_open", NULL, "Database connections of the workers.",
                     read_open, pools);
    metrics_register(METRIC_GAUGE, "orgd_workers_busy", NULL, "Workers that are answering a request.", read_busy,
                     pools);
    metrics_register(METRIC_COUNTER, "orgd_database_seconds_total", NULL, "Time spent waiting for the database.",
                     read_database, pools);
    register_removals(pools);
}

static void forget_metrics(struct worker_pools *pools)
{
    metrics_forget(pools);
    for (size_t i = 0; i < POOLS; i++)
        metrics_forget(&pools->queues[i]);
}

/* ---- queues ---- */

/* Call with the lock held. */
static void publish(struct queue *queue)
{
    atomic_store_explicit(&queue->depth, fair_queue_waiting(queue->waiting), memory_order_relaxed);
    atomic_store_explicit(&queue->unknown, fair_queue_busy_unknown(queue->waiting), memory_order_relaxed);
}

bool worker_pools_push(struct worker_pools *pools, enum worker_pool pool, struct exchange *exchange)
{
    struct queue *queue = &pools->queues[pool - POOL_DEFAULT];
    bool fits;

    (void)pthread_mutex_lock(&queue->lock);
    fits = !queue->stopping && fair_queue_push(queue->waiting, exchange, exchange->req.started_us);
    if (fits) {
        publish(queue);
        (void)pthread_cond_signal(&queue->filled);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (!fits)
        (void)atomic_fetch_add_explicit(&queue->full, 1, memory_order_relaxed);
    return fits;
}

/*
 * Ends the previous request and takes the next one. NULL when the worker has to stop, or, with `*idle`, when no request
 * was available for a second. Each worker looks for a request after it has finished one, so no request stays behind
 * that could run.
 */
static struct exchange *take_next(struct worker *worker, bool *idle)
{
    struct queue *queue = worker->queue;
    struct exchange *exchange = NULL;
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_LOOK_S;
    *idle = false;
    (void)pthread_mutex_lock(&queue->lock);
    if (worker->serving)
        fair_queue_done(queue->waiting, worker->serving);
    worker->serving = NULL;
    while (!queue->stopping && !*idle &&
           !(exchange = fair_queue_take(queue->waiting, platform.monotonic_us(), &worker->serving))) {
        publish(queue);
        *idle = pthread_cond_timedwait(&queue->filled, &queue->lock, &until) == ETIMEDOUT;
    }
    publish(queue);
    *idle = !exchange && !queue->stopping;
    (void)pthread_mutex_unlock(&queue->lock);
    return exchange;
}

/* ---- finished exchanges ---- */

static void give_back(struct worker_pools *pools, struct exchange *exchange)
{
    static const uint64_t one = 1;
    bool first;

    exchange->next = NULL;
    (void)pthread_mutex_lock(&pools->done_lock);
    first = !pools->done_first;
    *pools->done_last = exchange;
    pools->done_last = &exchange->next;
    (void)pthread_mutex_unlock(&pools->done_lock);
    if (first && write(pools->options.wake, &one, sizeof one) < 0)
        return; /* already signalled */
}

struct exchange *worker_pools_take(struct worker_pools *pools)
{
    struct exchange *taken;

    (void)pthread_mutex_lock(&pools->done_lock);
    taken = pools->done_first;
    pools->done_first = NULL;
    pools->done_last = &pools->done_first;
    (void)pthread_mutex_unlock(&pools->done_lock);
    return taken;
}

/* ---- workers ---- */

static void count_connection(struct worker *worker)
{
    bool open = db_connected(worker->db);

    if (open != worker->counted_open)
        (void)atomic_fetch_add_explicit(&worker->pools->open, open ? 1 : -1, memory_order_relaxed);
    worker->counted_open = open;
}

static enum err connect_worker(struct worker *worker, struct error *error)
{
    enum err err;

    if (!worker->db)
        return error_set(error, ERR_UNAVAILABLE, "out of memory for a database connection");
    if (db_connected(worker->db) && db_alive(worker->db))
        return OK;
    db_close(worker->db);
    if (platform.monotonic_us() < worker->next_attempt_us) {
        count_connection(worker);
        return error_set(error, ERR_UNAVAILABLE, "the database has just refused a connection");
    }
    err = db_connect(worker->db, error);
    if (err)
        worker->next_attempt_us = platform.monotonic_us() + RECONNECT_PAUSE_US;
    count_connection(worker);
    return err;
}

/* Maintains the connection of an idle worker, or makes a new one. */
static void look_after(struct worker *worker)
{
    int64_t now = platform.monotonic_us();
    struct error error;

    if (!worker->eager && !worker->served)
        return;
    if (db_connected(worker->db) && db_alive(worker->db)) {
        if (now - worker->asked_us < IDLE_ASK_US)
            return;
        db_set_deadline(worker->db, now + IDLE_ANSWER_US);
        worker->asked_us = now;
        if (!db_script(worker->db, "", NULL))
            return;
        db_close(worker->db);
    }
    if (!connect_worker(worker, &error))
        worker->asked_us = platform.monotonic_us();
}

static void answer(struct worker *worker, struct exchange *exchange)
{
    struct worker_pools *pools = worker->pools;
    struct request *req = &exchange->req;

    if (connect_worker(worker, &req->error)) {
        dispatch_refuse(req, ERR_UNAVAILABLE);
        return;
    }
    db_set_deadline(worker->db, req->deadline_us);
    req->db = worker->db;
    dispatch_finish(pools->options.app, req);
    req->db = NULL;
    req->database_us += db_take_time_us(worker->db);
    (void)atomic_fetch_add_explicit(&pools->database_us, (uint64_t)req->database_us, memory_order_relaxed);
    worker->served = true;
    if (req->database_us > 0)
        worker->asked_us = platform.monotonic_us();
    count_connection(worker);
}

static void serve(struct worker *worker, struct exchange *exchange)
{
    struct worker_pools *pools = worker->pools;
    bool gzip;

    (void)atomic_fetch_add_explicit(&pools->busy, 1, memory_order_relaxed);
    if (!atomic_load_explicit(&exchange->abandoned, memory_order_relaxed)) {
        if (!exchange->answered)
            answer(worker, exchange);
        gzip = worker->compressor && answer_wants_gzip(exchange, pools->options.app->gzip);
        if (!answer_build(exchange, gzip ? worker->compressor : NULL))
            exchange->head = NULL;
    }
    (void)atomic_fetch_sub_explicit(&pools->busy, 1, memory_order_relaxed);
    give_back(pools, exchange);
}

static void *run_worker(void *context)
{
    struct worker *worker = context;
    struct exchange *exchange;
    struct error error = {0};
    bool idle;

    if (worker->queue == &worker->pools->queues[POOL_SLOW - POOL_DEFAULT])
        (void)setpriority(PRIO_PROCESS, 0, SLOW_NICE); /* on Linux this applies to the calling thread only */
    worker->arena = talloc_new(NULL);
    worker->db = db_create(worker->arena, &worker->pools->options.db);
    worker->compressor = compressor_create(worker->arena);
    if (worker->eager && connect_worker(worker, &error))
        log_message(LOG_WARNING, "a worker has no database connection yet: %s", error.cause);
    while ((exchange = take_next(worker, &idle)) || idle) {
        if (exchange)
            serve(worker, exchange);
        else
            look_after(worker);
    }
    talloc_free(worker->arena);
    return NULL;
}

/* ---- start and stop ---- */

/* Makes a condition variable that uses the monotonic clock. */
static bool make_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    bool made;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    made =
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 && pthread_cond_init(condition, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return made;
}

static bool queue_open(struct queue *queue, void *arena, unsigned size, unsigned workers)
{
    queue->waiting = fair_queue_create(arena, size, workers);
    return queue->waiting && pthread_mutex_init(&queue->lock, NULL) == 0 && make_condition(&queue->filled);
}

/* Its memory does not depend on the caller's, because a blocked worker may outlive the caller. */
struct worker_pools *worker_pools_create(const struct worker_pools_options *options, struct error *error)
{
    const unsigned workers[POOLS] = {options->workers, options->slow_workers, options->outbound_workers};
    struct worker_pools *pools = talloc_zero(NULL, struct worker_pools);

    if (!pools)
        goto failed;
    pools->options = *options;
    pools->done_last = &pools->done_first;
    pools->worker_count = options->workers + options->slow_workers + options->outbound_workers;
    pools->workers = talloc_zero_array(pools, struct worker, pools->worker_count);
    if (!pools->workers || pthread_mutex_init(&pools->done_lock, NULL) != 0)
        goto failed;
    for (size_t i = 0; i < POOLS; i++)
        if (!queue_open(&pools->queues[i], pools, options->queue, workers[i]))
            goto failed;
    register_metrics(pools);
    return pools;
failed:
    (void)error_set(error, ERR_SYSTEM, "cannot set up the request queues: out of memory");
    talloc_free(pools);
    return NULL;
}

/* The queue of worker number `i`: ordinary workers come first, then slow ones, then outbound ones. */
static struct queue *queue_of(struct worker_pools *pools, size_t i)
{
    enum worker_pool pool = i < pools->options.workers                                 ? POOL_DEFAULT
                            : i < pools->options.workers + pools->options.slow_workers ? POOL_SLOW
                                                                                       : POOL_OUTBOUND;

    return &pools->queues[pool - POOL_DEFAULT];
}

/* The workers block all signals; the main thread handles them. */
enum err worker_pools_start(struct worker_pools *pools, struct error *error)
{
    enum err err = OK;

    for (size_t i = 0; i < pools->worker_count && !err; i++) {
        struct worker *worker = &pools->workers[i];
        int failure;
        worker->pools = pools;
        worker->eager = i < pools->options.workers;
        worker->queue = queue_of(pools, i);
        failure = thread_spawn(&worker->thread, run_worker, worker);
        worker->started = failure == 0;
        if (failure)
            err = error_set(error, ERR_SYSTEM, "cannot start a worker thread: %s", strerror(failure));
    }
    return err;
}

static void empty_queue(struct queue *queue)
{
    struct exchange *exchange;

    (void)pthread_mutex_lock(&queue->lock);
    queue->stopping = true;
    while ((exchange = fair_queue_drop(queue->waiting)))
        talloc_free(exchange->req.arena);
    (void)pthread_cond_broadcast(&queue->filled);
    (void)pthread_mutex_unlock(&queue->lock);
}

/* pthread_timedjoin_np uses the wall clock. */
static bool join_until(pthread_t thread, int64_t deadline_us)
{
    int64_t left = deadline_us - platform.monotonic_us();
    struct timespec until;

    if (left < 0)
        left = 0;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    left += until.tv_nsec / 1000;
    until.tv_sec += left / 1000000;
    until.tv_nsec = left % 1000000 * 1000;
    return pthread_timedjoin_np(thread, NULL, &until) == 0;
}

bool worker_pools_stop(struct worker_pools *pools, int64_t deadline_us)
{
    struct exchange *exchange;
    bool all = true;

    forget_metrics(pools);
    for (size_t i = 0; i < POOLS; i++)
        empty_queue(&pools->queues[i]);
    for (size_t i = 0; i < pools->worker_count; i++)
        if (pools->workers[i].started && !join_until(pools->workers[i].thread, deadline_us))
            all = false;
    exchange = worker_pools_take(pools);
    while (exchange) {
        struct exchange *next = exchange->next;
        talloc_free(exchange->req.arena);
        exchange = next;
    }
    if (!all)
        return false;
    for (size_t i = 0; i < POOLS; i++) {
        (void)pthread_mutex_destroy(&pools->queues[i].lock);
        (void)pthread_cond_destroy(&pools->queues[i].filled);
    }
    (void)pthread_mutex_destroy(&pools->done_lock);
    talloc_free(pools);
    return true;
}
