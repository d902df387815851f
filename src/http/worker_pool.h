/* Bounded queues of requests, and the workers that answer them. */
#ifndef ORGD_HTTP_WORKER_POOL_H
#define ORGD_HTTP_WORKER_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/exchange.h"

struct lanes_options {
    unsigned workers, slow_workers, outbound_workers; /* threads, each with its own database connection; at least 1 */
    unsigned queue;                                   /* most requests waiting in one lane */
    struct db_options db;                             /* texts borrowed */
    const struct application *app;                    /* borrowed */
    int wake; /* non-blocking eventfd, borrowed: written when there is something to take */
};

struct lanes;

/* Starts nothing yet. NULL without memory, with the reason in `error`. Freed by lanes_stop. */
struct lanes *lanes_create(const struct lanes_options *options, struct error *error) MUST_CHECK;

/* Starts the workers, which connect to the database by themselves, all at once. */
enum err lanes_start(struct lanes *lanes, struct error *error) MUST_CHECK;

/* Hands the exchange to a worker. False when the lane is full; then it stays with the caller. */
bool lanes_push(struct lanes *lanes, enum lane lane, struct exchange *exchange) MUST_CHECK;

/* All finished exchanges, oldest first, now the caller's; NULL when there are none. Those abandoned before their turn
 * have no head. */
struct exchange *lanes_take(struct lanes *lanes);

/*
 * Lets the workers finish what they do, throws away what is queued, and waits for the workers until `deadline_us`
 * (platform.monotonic_us). A worker that is still stuck then is left behind with all it uses, and false is returned:
 * nothing it could touch is freed.
 */
bool lanes_stop(struct lanes *lanes, int64_t deadline_us);

#endif
