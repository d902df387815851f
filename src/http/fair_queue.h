/* Queues requests fairly: callers share the capacity of the queue and the workers. */
#ifndef ORGD_HTTP_FAIR_QUEUE_H
#define ORGD_HTTP_FAIR_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"

/*
 * Callers take turns, each with the oldest of its requests. Authenticated callers (exchange->known) and all others take
 * turns as two classes, so neither class waits for the backlog of the other. The first two turns of a caller within ten
 * minutes come before those of callers that have had theirs: a rare caller does not wait behind a crowd that keeps
 * asking.
 *
 * While other callers were active within 5 s, a caller gets at most half of the workers. While authenticated callers
 * were active within a minute, all unauthenticated callers together get at most half of the workers. A caller that is
 * alone gets all workers. When the queue fills up, a caller with more than three times the free capacity cannot add
 * further requests.
 *
 * A caller is identified by exchange->share; two callers may collide in one number. The queue has no lock of its own:
 * its user locks. Times are those of platform.monotonic_us.
 */
struct fair_queue;
struct fair_caller;

/* Creates a queue for `size` waiting requests and `workers` workers. NULL without memory. */
struct fair_queue *fair_queue_create(void *arena, unsigned size, unsigned workers);

/* Adds a request. False when there is no capacity for it. */
bool fair_queue_push(struct fair_queue *queue, struct exchange *exchange, int64_t now_us);

/* Removes and returns the next request that a worker may start; NULL when there is none. `caller` counts as busy until
 * fair_queue_done. */
struct exchange *fair_queue_take(struct fair_queue *queue, int64_t now_us, struct fair_caller **caller);
void fair_queue_done(struct fair_queue *queue, struct fair_caller *caller);

/* Removes any request, regardless of shares; used at shutdown. NULL when the queue is empty. */
struct exchange *fair_queue_drop(struct fair_queue *queue);

/* The number of waiting requests, and of workers busy for unauthenticated callers. */
unsigned fair_queue_waiting(const struct fair_queue *queue);
unsigned fair_queue_busy_unknown(const struct fair_queue *queue);

/* The most workers that one caller may have while others are active. */
unsigned fair_queue_share(const struct fair_queue *queue);

#endif
