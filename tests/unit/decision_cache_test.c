/* Tests of the decision cache: the effect of a lease, and the clocks that it uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/decision_cache.h"
#include "base/platform.h"

#define SECOND INT64_C(1000000)

static int64_t boot_us, wall_us;

static int64_t fake_boottime(void)
{
    return boot_us;
}

static int64_t fake_realtime(void)
{
    return wall_us;
}

/* No lease may use this clock: it stops while the machine sleeps. */
static int64_t no_clock(void)
{
    fail_msg("the monotonic clock was read");
    return 0;
}

static const struct identity somebody = {.scheme = IDENTITY_KEY};

static bool knows(const char *credential)
{
    struct identity found;

    return decision_cache_find(credential, &found);
}

static void remember(const char *credential)
{
    decision_cache_keep(credential, &somebody, decision_cache_generation());
}

static int begin(void **state)
{
    (void)state;
    boot_us = 100 * SECOND;
    wall_us = 1000000 * SECOND;
    decision_cache_end_lease();
    return 0;
}

static void nothing_is_known_without_a_lease(void **state)
{
    (void)state;
    remember("a");
    assert_false(knows("a"));
    assert_int_equal(decision_cache_lease(boot_us + 3 * SECOND), LEASE_BEGAN);
    assert_false(knows("a"));
    remember("a");
    assert_true(knows("a"));
    decision_cache_end_lease();
    assert_false(knows("a"));
}

static void a_lease_ends_by_itself(void **state)
{
    (void)state;
    (void)decision_cache_lease(boot_us + 3 * SECOND);
    remember("a");
    boot_us += 3 * SECOND - 1;
    assert_true(knows("a"));
    boot_us += 1;
    assert_false(knows("a"));
    assert_false(decision_cache_have_lease());
}

static void a_lease_renewed_in_time_continues(void **state)
{
    (void)state;
    (void)decision_cache_lease(boot_us + 3 * SECOND);
    remember("a");
    boot_us += 2 * SECOND;
    assert_int_equal(decision_cache_lease(boot_us + 3 * SECOND), LEASE_WENT_ON);
    boot_us += 2 * SECOND;
    assert_true(knows("a"));
}

/* Changes that notify nobody count after a bounded time, however long the lease goes on. */
static void an_entry_is_kept_for_a_bounded_time(void **state)
{
    (void)state;
    (void)decision_cache_lease(boot_us + 3 * SECOND);
    remember("a");
    for (int second = 0; second < DECISION_KEEP_S; second++) {
        assert_true(knows("a"));
        boot_us += SECOND;
        assert_int_equal(decision_cache_lease(boot_us + 3 * SECOND), LEASE_WENT_ON);
    }
    assert_false(knows("a"));
    remember("a");
    assert_true(knows("a"));
}

/* Other processes may have stopped waiting for it, so no earlier entry may count. */
static void a_lease_that_ended_begins_with_nothing(void **state)
{
    uint64_t before;

    (void)state;
    (void)decision_cache_lease(boot_us + 3 * SECOND);
    remember("a");
    before = decision_cache_generation();
    boot_us += 4 * SECOND;
    assert_int_equal(decision_cache_lease(boot_us + 3 * SECOND), LEASE_BEGAN);
    assert_false(knows("a"));
    decision_cache_keep("b", &somebody, before); /* was asked of the database before the lease began */
    assert_false(knows("b"));
}

static void a_change_of_access_empties_it(void **state)
{
    uint64_t before;

    (void)state;
    (void)decision_cache_lease(boot_us + 3 * SECOND);
    remember("a");
    before = decision_cache_generation();
    decision_cache_revoke();
    assert_false(knows("a"));
    decision_cache_keep("a", &somebody, before);
    assert_false(knows("a"));
}

static void the_wall_clock_may_jump(void **state)
{
    (void)state;
    for (int64_t jump = -1; jump <= 1; jump++) {
        (void)begin(state);
        (void)decision_cache_lease(boot_us + 3 * SECOND);
        remember("a");
        wall_us += jump * 3600 * SECOND;
        assert_true(knows("a"));
        boot_us += 3 * SECOND;
        wall_us -= 2 * jump * 3600 * SECOND;
        assert_false(knows("a"));
        assert_int_equal(decision_cache_lease(boot_us + 3 * SECOND), LEASE_BEGAN);
        assert_false(knows("a"));
    }
}

static int use_fake_clocks(void **state)
{
    (void)state;
    platform.boottime_us = fake_boottime;
    platform.realtime_us = fake_realtime;
    platform.monotonic_us = no_clock;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_known_without_a_lease, begin),
        cmocka_unit_test_setup(a_lease_ends_by_itself, begin),
        cmocka_unit_test_setup(a_lease_renewed_in_time_continues, begin),
        cmocka_unit_test_setup(an_entry_is_kept_for_a_bounded_time, begin),
        cmocka_unit_test_setup(a_lease_that_ended_begins_with_nothing, begin),
        cmocka_unit_test_setup(a_change_of_access_empties_it, begin),
        cmocka_unit_test_setup(the_wall_clock_may_jump, begin),
    };

    return cmocka_run_group_tests(tests, use_fake_clocks, NULL);
}
