/* Runs the worker pools: bounded queues of requests, and the workers that answer them. */
#ifndef ORGD_HTTP_WORKER_POOL_H
#define ORGD_HTTP_WORKER_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/exchange.h"

struct lanes_options {
    unsigned workers, slow_workers, outbound_workers; /* threads, each with its own database connection; at least 1 */
    unsigned queue;                                   /* the most requests that wait in one queue */
    struct db_options db;                             /* texts are borrowed */
    const struct application *app;                    /* borrowed */
    int wake; /* non-blocking eventfd, borrowed: written when there are finished exchanges */
};

struct lanes;

/* Creates the pools without starting them. NULL without memory, with the reason in `error`. Freed by lanes_stop. */
struct lanes *lanes_create(const struct lanes_options *options, struct error *error) MUST_CHECK;

/* Starts the workers. Each connects to the database on its own. */
enum err lanes_start(struct lanes *lanes, struct error *error) MUST_CHECK;

/* Hands the exchange to a worker. False when the queue is full: the caller keeps the exchange. */
bool lanes_push(struct lanes *lanes, enum lane lane, struct exchange *exchange) MUST_CHECK;

/* All finished exchanges, oldest first, owned by the caller; NULL when there are none. An exchange that was abandoned
 * before its turn has no head. */
struct exchange *lanes_take(struct lanes *lanes);

/*
 * Lets the workers finish their current requests, drops the queued ones, and waits for the workers until `deadline_us`
 * (platform.monotonic_us). False when a worker is still blocked then: it is left running, and nothing that it uses is
 * freed.
 */
bool lanes_stop(struct lanes *lanes, int64_t deadline_us);

#endif
