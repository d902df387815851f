/* A bounded queue of requests whose places and workers are shared between callers. */
#ifndef ORGD_HTTP_FAIR_QUEUE_H
#define ORGD_HTTP_FAIR_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"

/*
 * Callers take turns, each with the oldest of its requests. Callers who are known (exchange->known) and all others take
 * turns as two classes, so that neither waits for the backlog of the other.
 *
 * While others were there within 5 s, a caller has at most half of the workers, and so have all callers together who
 * are not known while known ones were there within a minute. A caller who is alone has all workers. When the queue
 * fills up, whoever has more than three times the places that are left gets no further one.
 *
 * A caller is exchange->share; two of them may fall into one. There is no lock in it: its user has one. Times are of
 * platform.monotonic_us.
 */
struct fair_queue;
struct fair_caller;

/* `size` requests may wait, `workers` take them. NULL without memory. */
struct fair_queue *fair_queue_create(void *arena, unsigned size, unsigned workers);

/* False when there is no place for the request. */
bool fair_queue_push(struct fair_queue *queue, struct exchange *exchange, int64_t now_us);

/* The next request that a worker may take, and whose it is until fair_queue_done; NULL when there is none. */
struct exchange *fair_queue_take(struct fair_queue *queue, int64_t now_us, struct fair_caller **caller);
void fair_queue_done(struct fair_queue *queue, struct fair_caller *caller);

/* Any request, whoever may take it: for the end. NULL when there is none. */
struct exchange *fair_queue_drop(struct fair_queue *queue);

/* Requests that wait; workers that have one of a caller who is not known. */
unsigned fair_queue_waiting(const struct fair_queue *queue);
unsigned fair_queue_busy_unknown(const struct fair_queue *queue);

/* Workers that a caller may have while others are there. */
unsigned fair_queue_share(const struct fair_queue *queue);

#endif
