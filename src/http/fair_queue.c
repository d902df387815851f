/* Queues requests fairly: callers share the capacity of the queue and the workers. */
#include "http/fair_queue.h"

#include <stddef.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"

enum { CALLERS = 4096, CALLER_BITS = 12, PLACES_RATIO = 3 };

/* How long after its last request a caller counts as active, and how long authenticated callers do for unauthenticated
 * ones. */
enum { RECENT_US = 5000000, KNOWN_FOR_US = 60000000 };

/* A caller is fresh until it has had so many turns within this time. */
enum { FRESH_TURNS = 2, FRESH_US = 600000000 };

struct fair_caller {
    struct fair_class *class;
    struct exchange *first, **last;
    struct fair_caller *next; /* next caller in the same line; linked while it has waiting requests */
    unsigned waiting, busy;   /* waiting requests, busy workers */
    unsigned turns;           /* since `turns_us` */
    int64_t turns_us;
};

/* Callers in order of turns. */
struct line {
    struct fair_caller *first, **last;
};

enum { LINE_FRESH, LINE_OTHERS, LINES };

struct fair_class {
    struct fair_caller callers[CALLERS];
    struct line lines[LINES]; /* an earlier one comes first */
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
    for (size_t i = 0; i < LINES; i++)
        class->lines[i].last = &class->lines[i].first;
    class->seen_us = -KNOWN_FOR_US;
    for (size_t i = 0; i < CALLERS; i++) {
        class->callers[i].class = class;
        class->callers[i].last = &class->callers[i].first;
        class->callers[i].turns_us = -FRESH_US;
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

    return queue->seen[i].caller && now_us - queue->seen[i].us < RECENT_US;
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

static bool is_fresh(const struct fair_caller *caller, int64_t now_us)
{
    return caller->turns < FRESH_TURNS || now_us - caller->turns_us >= FRESH_US;
}

static void count_turn(struct fair_caller *caller, int64_t now_us)
{
    if (now_us - caller->turns_us >= FRESH_US) {
        caller->turns_us = now_us;
        caller->turns = 0;
    }
    caller->turns++;
}

/* Appends the caller to the line that it belongs to now. */
static void line_up(struct fair_caller *caller, int64_t now_us)
{
    struct line *line = &caller->class->lines[is_fresh(caller, now_us) ? LINE_FRESH : LINE_OTHERS];

    caller->next = NULL;
    *line->last = caller;
    line->last = &caller->next;
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
        line_up(caller, now_us);
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
           now_us - queue->known.seen_us >= KNOWN_FOR_US;
}

/* Removes the caller that `place` points to from the line. */
static void step_out(struct line *line, struct fair_caller **place)
{
    struct fair_caller *caller = *place;

    *place = caller->next;
    if (line->last == &caller->next)
        line->last = place;
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

/* Removes and returns the first caller of the line that may start a request; NULL when there is none. */
static struct fair_caller *next_in_line(const struct fair_queue *queue, struct line *line, int64_t now_us)
{
    for (struct fair_caller **place = &line->first; *place; place = &(*place)->next) {
        struct fair_caller *caller = *place;
        if (may_begin(queue, caller, now_us)) {
            step_out(line, place);
            return caller;
        }
    }
    return NULL;
}

/* The same for a class. */
static struct fair_caller *next_caller(const struct fair_queue *queue, struct fair_class *class, int64_t now_us)
{
    struct fair_caller *caller = NULL;

    if (!class_may_begin(queue, class, now_us))
        return NULL;
    for (size_t i = 0; !caller && i < LINES; i++)
        caller = next_in_line(queue, &class->lines[i], now_us);
    return caller;
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
    count_turn(next, now_us);
    if (next->waiting > 0)
        line_up(next, now_us);
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

/* A line in which a caller waits; NULL when all are empty. */
static struct line *busy_line(struct fair_queue *queue)
{
    struct fair_class *classes[] = {&queue->known, &queue->unknown};

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        for (size_t j = 0; j < LINES; j++)
            if (classes[i]->lines[j].first)
                return &classes[i]->lines[j];
    return NULL;
}

struct exchange *fair_queue_drop(struct fair_queue *queue)
{
    struct line *line = busy_line(queue);
    struct fair_caller *caller = line ? line->first : NULL;
    struct exchange *exchange;

    if (!caller)
        return NULL;
    exchange = take_first(caller);
    if (caller->waiting == 0)
        step_out(line, &line->first);
    return exchange;
}
