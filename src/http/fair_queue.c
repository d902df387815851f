/* Queues requests fairly: callers share the capacity of the queue and the workers. */
#include "http/fair_queue.h"

#include <stddef.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"

enum { CALLERS = 256, CALLER_BITS = 8, PLACES_RATIO = 3 };

/* How long after its last request a caller counts as active, and how long authenticated callers do for unauthenticated
 * ones. */
enum { MOMENT_US = 5000000, KNOWN_MOMENT_US = 60000000 };

struct fair_caller {
    struct fair_class *class;
    struct exchange *first, **last;
    struct fair_caller *next; /* next caller of the class in order of turns; linked while it has waiting requests */
    unsigned waiting, busy;   /* waiting requests, busy workers */
};

struct fair_class {
    struct fair_caller callers[CALLERS];
    struct fair_caller *first, **last;
    unsigned waiting, busy;
    int64_t seen_us; /* time of the last request */
};

struct fair_queue {
    struct fair_class known, unknown;
    bool unknown_next; /* the class that has the next turn */
    unsigned size, workers;
    uint64_t salt; /* random, so that a client cannot choose which callers it collides with */
    /* The two callers seen most recently. */
    struct {
        const struct fair_caller *caller;
        int64_t us;
    } seen[2];
};

static void open_class(struct fair_class *class)
{
    class->last = &class->first;
    class->seen_us = -KNOWN_MOMENT_US;
    for (size_t i = 0; i < CALLERS; i++) {
        class->callers[i].class = class;
        class->callers[i].last = &class->callers[i].first;
    }
}

struct fair_queue *fair_queue_create(void *arena, unsigned size, unsigned workers)
{
    struct fair_queue *queue = talloc_zero(arena, struct fair_queue);

    if (!queue)
        return NULL;
    queue->size = size;
    queue->workers = workers;
    open_class(&queue->known);
    open_class(&queue->unknown);
    platform.random_bytes((unsigned char *)&queue->salt, sizeof queue->salt);
    return queue;
}

unsigned fair_queue_waiting(const struct fair_queue *queue)
{
    return queue->known.waiting + queue->unknown.waiting;
}

unsigned fair_queue_busy_unknown(const struct fair_queue *queue)
{
    return queue->unknown.busy;
}

unsigned fair_queue_share(const struct fair_queue *queue)
{
    return (queue->workers + 1) / 2;
}

/* ---- active callers ---- */

static void note_seen(struct fair_queue *queue, struct fair_caller *caller, int64_t now_us)
{
    caller->class->seen_us = now_us;
    if (queue->seen[0].caller != caller) {
        queue->seen[1] = queue->seen[0];
        queue->seen[0].caller = caller;
    }
    queue->seen[0].us = now_us;
}

static bool others_were_there(const struct fair_queue *queue, const struct fair_caller *caller, int64_t now_us)
{
    size_t i = queue->seen[0].caller == caller ? 1 : 0;

    return queue->seen[i].caller && now_us - queue->seen[i].us < MOMENT_US;
}

/* ---- capacity ---- */

static struct fair_caller *caller_of(struct fair_queue *queue, const struct exchange *exchange)
{
    struct fair_class *class = exchange->known ? &queue->known : &queue->unknown;
    uint64_t mixed = (exchange->share ^ queue->salt) * UINT64_C(0x9e3779b97f4a7c15);

    return &class->callers[mixed >> (64 - CALLER_BITS)];
}

static bool has_place(const struct fair_queue *queue, const struct fair_caller *caller)
{
    unsigned left = queue->size - fair_queue_waiting(queue);
    unsigned most = PLACES_RATIO * left;

    return left > 0 && caller->waiting <= most && (caller->class == &queue->known || caller->class->waiting <= most);
}

/* Appends the caller to the turns of its class. */
static void line_up(struct fair_caller *caller)
{
    caller->next = NULL;
    *caller->class->last = caller;
    caller->class->last = &caller->next;
}

bool fair_queue_push(struct fair_queue *queue, struct exchange *exchange, int64_t now_us)
{
    struct fair_caller *caller = caller_of(queue, exchange);

    note_seen(queue, caller, now_us);
    if (!has_place(queue, caller))
        return false;
    exchange->next = NULL;
    *caller->last = exchange;
    caller->last = &exchange->next;
    if (caller->waiting++ == 0)
        line_up(caller);
    caller->class->waiting++;
    return true;
}

/* ---- turns ---- */

static bool may_begin(const struct fair_queue *queue, const struct fair_caller *caller, int64_t now_us)
{
    return caller->busy < fair_queue_share(queue) || !others_were_there(queue, caller, now_us);
}

static bool class_may_begin(const struct fair_queue *queue, const struct fair_class *class, int64_t now_us)
{
    return class == &queue->known || class->busy < fair_queue_share(queue) ||
           now_us - queue->known.seen_us >= KNOWN_MOMENT_US;
}

/* Removes the caller that `place` points to from the turns. */
static void step_out(struct fair_class *class, struct fair_caller **place)
{
    struct fair_caller *caller = *place;

    *place = caller->next;
    if (class->last == &caller->next)
        class->last = place;
}

static struct exchange *take_first(struct fair_caller *caller)
{
    struct exchange *exchange = caller->first;

    caller->first = exchange->next;
    if (!caller->first)
        caller->last = &caller->first;
    exchange->next = NULL;
    caller->waiting--;
    caller->class->waiting--;
    return exchange;
}

/* Removes and returns the caller of the class that has the next turn; NULL when no caller may start a request. */
static struct fair_caller *next_caller(const struct fair_queue *queue, struct fair_class *class, int64_t now_us)
{
    if (!class_may_begin(queue, class, now_us))
        return NULL;
    for (struct fair_caller **place = &class->first; *place; place = &(*place)->next) {
        struct fair_caller *caller = *place;
        if (may_begin(queue, caller, now_us)) {
            step_out(class, place);
            return caller;
        }
    }
    return NULL;
}

struct exchange *fair_queue_take(struct fair_queue *queue, int64_t now_us, struct fair_caller **caller)
{
    struct fair_class *one = queue->unknown_next ? &queue->unknown : &queue->known;
    struct fair_class *other = queue->unknown_next ? &queue->known : &queue->unknown;
    struct fair_caller *next = next_caller(queue, one, now_us);
    struct exchange *exchange;

    if (!next)
        next = next_caller(queue, other, now_us);
    if (!next)
        return NULL;
    exchange = take_first(next);
    if (next->waiting > 0)
        line_up(next);
    next->busy++;
    next->class->busy++;
    queue->unknown_next = next->class == &queue->known;
    *caller = next;
    return exchange;
}

void fair_queue_done(struct fair_queue *queue, struct fair_caller *caller)
{
    (void)queue;
    caller->busy--;
    caller->class->busy--;
}

struct exchange *fair_queue_drop(struct fair_queue *queue)
{
    struct fair_class *class = queue->known.first ? &queue->known : &queue->unknown;
    struct fair_caller *caller = class->first;
    struct exchange *exchange;

    if (!caller)
        return NULL;
    exchange = take_first(caller);
    if (caller->waiting == 0)
        step_out(class, &class->first);
    return exchange;
}
