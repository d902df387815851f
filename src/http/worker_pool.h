/* Runs the worker pools: bounded queues of requests, and the workers that answer them. */
#ifndef ORGD_HTTP_WORKER_POOL_H
#define ORGD_HTTP_WORKER_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/exchange.h"

struct worker_pools_options {
    unsigned workers, slow_workers, outbound_workers; /* threads, each with its own database connection; at least 1 */
    unsigned queue;                                   /* the most requests that wait in one queue */
    struct db_options db;                             /* texts are borrowed */
    const struct application *app;                    /* borrowed */
    int wake; /* non-blocking eventfd, borrowed: written when there are finished exchanges */
};

struct worker_pools;

/* Creates the pools without starting them. NULL without memory, with the reason in `error`. Freed by worker_pools_stop.
 */
struct worker_pools *worker_pools_create(const struct worker_pools_options *options, struct error *error) MUST_CHECK;

/* Starts the workers. Each connects to the database on its own. */
enum err worker_pools_start(struct worker_pools *pools, struct error *error) MUST_CHECK;

/* Hands the exchange to a worker. False when the queue is full: the caller keeps the exchange. */
bool worker_pools_push(struct worker_pools *pools, enum worker_pool pool, struct exchange *exchange) MUST_CHECK;

/* All finished exchanges, oldest first, owned by the caller; NULL when there are none. An exchange that was abandoned
 * before its turn has no head. */
struct exchange *worker_pools_take(struct worker_pools *pools);

/*
 * Lets the workers finish their current requests, drops the queued ones, and waits for the workers until `deadline_us`
 * (platform.monotonic_us). False when a worker is still blocked then: it is left running, and nothing that it uses is
 * freed.
 */
bool worker_pools_stop(struct worker_pools *pools, int64_t deadline_us);

#endif
