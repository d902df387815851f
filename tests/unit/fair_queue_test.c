/* Tests of the fair queue: the order of callers, and the number of workers and places per caller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "http/fair_queue.h"

enum { SIZE = 64, WORKERS = 4, SECOND_US = 1000000, CALLER_MAX = 200 };

/* Callers by number, chosen so that no two share a hash slot. */
static uint64_t shares[CALLER_MAX];

static int64_t now_us;

static struct exchange *request_of(void *arena, size_t caller, bool known)
{
    struct exchange *exchange = talloc_zero(arena, struct exchange);

    assert_non_null(exchange);
    exchange->share = shares[caller];
    exchange->known = known;
    return exchange;
}

/* Pushes `count` requests of a caller; returns how many were accepted. */
static unsigned push(struct fair_queue *queue, size_t caller, bool known, unsigned count)
{
    unsigned placed = 0;

    for (unsigned i = 0; i < count; i++)
        placed += fair_queue_push(queue, request_of(queue, caller, known), now_us);
    return placed;
}

/* Takes requests for up to `count` workers; returns how many there were, and their callers in `of`. */
static unsigned take(struct fair_queue *queue, unsigned count, uint64_t *of, struct fair_caller **callers)
{
    struct exchange *exchange;
    unsigned taken = 0;

    while (taken < count && (exchange = fair_queue_take(queue, now_us, &callers[taken])))
        of[taken++] = exchange->share;
    return taken;
}

/* Chooses shares that the queue treats as separate: with one push each, the two callers take turns. */
static struct fair_queue *make_queue(unsigned size)
{
    struct fair_queue *queue = fair_queue_create(NULL, size, WORKERS);

    assert_non_null(queue);
    now_us = 1000 * (int64_t)SECOND_US;
    return queue;
}

/* Whether the queue treats two shares as one caller. */
static bool fall_together(struct fair_queue *queue, uint64_t a, uint64_t b)
{
    struct fair_caller *first, *second;

    shares[0] = a;
    shares[1] = b;
    assert_int_equal(push(queue, 0, true, 1) + push(queue, 1, true, 1), 2);
    assert_non_null(fair_queue_take(queue, now_us, &first));
    assert_non_null(fair_queue_take(queue, now_us, &second));
    fair_queue_done(queue, first);
    fair_queue_done(queue, second);
    return first == second;
}

/* Three separate callers: numbers 0, 1 and 2. Later ones may share slots. */
static struct fair_queue *make_apart(unsigned size)
{
    struct fair_queue *queue = make_queue(size);
    uint64_t second = 2, third;

    while (fall_together(queue, 1, second))
        second++;
    third = second + 1;
    while (fall_together(queue, 1, third) || fall_together(queue, second, third))
        third++;
    for (size_t i = 3; i < CALLER_MAX; i++)
        shares[i] = third + i;
    shares[0] = 1;
    shares[1] = second;
    shares[2] = third;
    now_us += 60 * (int64_t)SECOND_US; /* expired */
    return queue;
}

static unsigned count_of(const uint64_t *of, unsigned taken, size_t caller)
{
    unsigned count = 0;

    for (unsigned i = 0; i < taken; i++)
        count += of[i] == shares[caller];
    return count;
}

static void a_lone_caller_has_all_workers(void **state)
{
    struct fair_queue *queue = make_apart(SIZE);
    struct fair_caller *callers[WORKERS];
    uint64_t of[WORKERS];

    (void)state;
    assert_int_equal(push(queue, 0, true, 10), 10);
    assert_int_equal(take(queue, WORKERS, of, callers), WORKERS);
    talloc_free(queue);
}

static void with_others_there_it_is_half_of_them(void **state)
{
    struct fair_queue *queue = make_apart(SIZE);
    struct fair_caller *callers[WORKERS];
    uint64_t of[WORKERS];

    (void)state;
    assert_int_equal(push(queue, 1, true, 1), 1);
    assert_int_equal(push(queue, 0, true, 20), 20);
    assert_int_equal(take(queue, WORKERS, of, callers), 3);
    assert_int_equal(count_of(of, 3, 0), 2);
    assert_int_equal(count_of(of, 3, 1), 1);
    /* a worker is kept free for the next caller; when one ends, the next begins */
    assert_null(fair_queue_take(queue, now_us, &callers[3]));
    assert_int_equal(push(queue, 2, true, 1), 1);
    assert_int_equal(take(queue, 1, of, callers), 1);
    assert_int_equal(of[0], shares[2]);
    now_us += 6 * (int64_t)SECOND_US; /* when alone again, all of them */
    assert_int_equal(take(queue, 1, of, callers), 1);
    talloc_free(queue);
}

static void callers_take_turns(void **state)
{
    struct fair_queue *queue = make_apart(SIZE);
    struct fair_caller *caller;
    size_t turns[3] = {0};

    (void)state;
    assert_int_equal(push(queue, 0, true, 30), 30);
    assert_int_equal(push(queue, 1, true, 3), 3);
    assert_int_equal(push(queue, 2, true, 3), 3);
    for (unsigned i = 0; i < 9; i++) {
        struct exchange *exchange = fair_queue_take(queue, now_us, &caller);
        for (size_t j = 0; j < 3; j++)
            turns[j] += exchange->share == shares[j];
        fair_queue_done(queue, caller);
    }
    assert_int_equal(turns[0], 3);
    assert_int_equal(turns[1], 3);
    assert_int_equal(turns[2], 3);
    talloc_free(queue);
}

/* Callers that keep asking; one that comes later does not wait for a turn of each of them, until it keeps asking too.
 */
static void a_caller_that_asks_rarely_comes_first(void **state)
{
    struct fair_queue *queue = make_apart(SIZE);
    struct fair_caller *caller;
    uint64_t of;

    (void)state;
    assert_int_equal(push(queue, 0, false, 8) + push(queue, 1, false, 8), 16);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(take(queue, 1, &of, &caller), 1);
        fair_queue_done(queue, caller);
    }
    assert_int_equal(push(queue, 2, false, 3), 3);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(take(queue, 1, &of, &caller), 1);
        fair_queue_done(queue, caller);
        assert_int_equal(of, shares[2]);
    }
    assert_int_equal(take(queue, 1, &of, &caller), 1);
    fair_queue_done(queue, caller);
    assert_int_not_equal(of, shares[2]);
    talloc_free(queue);
}

static void the_unknown_have_half_together(void **state)
{
    struct fair_queue *queue = make_apart(1000);
    struct fair_caller *callers[WORKERS];
    uint64_t of[WORKERS];

    (void)state;
    for (size_t i = 0; i < CALLER_MAX; i++)
        assert_int_equal(push(queue, i, false, 1), 1);
    assert_int_equal(push(queue, 0, true, 1), 1);
    assert_int_equal(take(queue, WORKERS, of, callers), 3);
    assert_int_equal(fair_queue_busy_unknown(queue), 2);
    assert_int_equal(fair_queue_share(queue), 2);
    assert_null(fair_queue_take(queue, now_us, &callers[3]));
    assert_int_equal(push(queue, 1, true, 1), 1);
    assert_int_equal(take(queue, 1, of, callers), 1);
    assert_int_equal(of[0], shares[1]);
    talloc_free(queue);
}

/* A server without known callers uses all workers. */
static void the_unknown_by_themselves_have_all_workers(void **state)
{
    struct fair_queue *queue = make_apart(SIZE);
    struct fair_caller *callers[WORKERS];
    uint64_t of[WORKERS];

    (void)state;
    now_us += 60 * (int64_t)SECOND_US;
    assert_int_equal(push(queue, 0, false, 3) + push(queue, 1, false, 3), 6);
    assert_int_equal(take(queue, WORKERS, of, callers), WORKERS);
    talloc_free(queue);
}

static void known_and_unknown_take_turns(void **state)
{
    struct fair_queue *queue = make_apart(SIZE);
    struct fair_caller *caller;
    unsigned known = 0;

    (void)state;
    assert_int_equal(push(queue, 0, false, 20) + push(queue, 0, true, 20), 40);
    for (unsigned i = 0; i < 20; i++) {
        known += fair_queue_take(queue, now_us, &caller)->known;
        fair_queue_done(queue, caller);
    }
    assert_int_equal(known, 10);
    talloc_free(queue);
}

static void there_is_always_a_place_for_others(void **state)
{
    struct fair_queue *queue = make_apart(1000);
    unsigned unknown = 0;

    (void)state;
    assert_in_range(push(queue, 0, false, 2000), 740, 760);
    for (size_t i = 1; i < CALLER_MAX; i++)
        unknown += push(queue, i, false, 20);
    assert_in_range(unknown, 0, 15);
    assert_in_range(push(queue, 0, true, 2000), 180, 190);
    assert_in_range(push(queue, 1, true, 2000), 40, 50);
    assert_int_equal(push(queue, 2, true, 1), 1);
    talloc_free(queue);
}

static void a_small_queue_fills_up(void **state)
{
    (void)state;
    for (unsigned size = 1; size <= 4; size++) {
        struct fair_queue *queue = make_queue(size);

        assert_int_equal(push(queue, 0, true, 10), size);
        assert_int_equal(fair_queue_waiting(queue), size);
        talloc_free(queue);
    }
}

static void the_end_empties_it(void **state)
{
    struct fair_queue *queue = make_apart(SIZE);
    unsigned dropped = 0;

    (void)state;
    assert_int_equal(push(queue, 0, true, 5) + push(queue, 1, false, 5) + push(queue, 2, true, 5), 15);
    while (fair_queue_drop(queue))
        dropped++;
    assert_int_equal(dropped, 15);
    assert_int_equal(push(queue, 0, true, 1), 1);
    assert_non_null(fair_queue_drop(queue));
    talloc_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lone_caller_has_all_workers),
        cmocka_unit_test(with_others_there_it_is_half_of_them),
        cmocka_unit_test(callers_take_turns),
        cmocka_unit_test(a_caller_that_asks_rarely_comes_first),
        cmocka_unit_test(the_unknown_have_half_together),
        cmocka_unit_test(the_unknown_by_themselves_have_all_workers),
        cmocka_unit_test(known_and_unknown_take_turns),
        cmocka_unit_test(there_is_always_a_place_for_others),
        cmocka_unit_test(a_small_queue_fills_up),
        cmocka_unit_test(the_end_empties_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
