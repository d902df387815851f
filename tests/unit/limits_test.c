/* Tests of the limits: how many attempts there are, when they come back, and whose they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"
#include "policy/limits.h"

#define SECOND INT64_C(1000000)

static int64_t now_us = SECOND;
static const struct config limited = {.rate_limits = true};

static int64_t fake_clock(void)
{
    return now_us;
}

/* A new request in the test's arena. */
static struct request *request_of(void **state, const char *client)
{
    struct request *req = talloc_zero(*state, struct request);

    req->arena = req;
    req->config = &limited;
    req->client = client;
    return req;
}

static bool takes(void **state, enum limit limit, const char *subject)
{
    return limit_take(request_of(state, "192.0.2.1"), limit, subject) == OK;
}

static bool client_takes(void **state, enum limit limit, const char *client)
{
    return limit_take_client(request_of(state, client), limit) == OK;
}

static void attempts_are_refilled_one_by_one(void **state)
{
    struct request *req = request_of(state, "192.0.2.1");

    /* ten at once, in 300 s as many again: one in 30 s */
    for (int i = 0; i < 10; i++)
        assert_true(takes(state, LIMIT_SIGN_IN_NETWORK, "ann@acme.io"));
    assert_int_equal(limit_take(req, LIMIT_SIGN_IN_NETWORK, "ann@acme.io"), ERR_TOO_MANY_REQUESTS);
    assert_int_equal(req->reply.header_count, 1);
    assert_string_equal(req->reply.headers[0].name, "Retry-After");
    assert_string_equal(req->reply.headers[0].value, "30");
    now_us += 29 * SECOND;
    assert_false(takes(state, LIMIT_SIGN_IN_NETWORK, "ann@acme.io"));
    now_us += 1 * SECOND;
    assert_true(takes(state, LIMIT_SIGN_IN_NETWORK, "ann@acme.io"));
    assert_false(takes(state, LIMIT_SIGN_IN_NETWORK, "ann@acme.io"));
    now_us += 3600 * SECOND;
    for (int i = 0; i < 10; i++)
        assert_true(takes(state, LIMIT_SIGN_IN_NETWORK, "ann@acme.io"));
    assert_false(takes(state, LIMIT_SIGN_IN_NETWORK, "ann@acme.io"));
}

static void subjects_and_limits_do_not_share(void **state)
{
    while (takes(state, LIMIT_CODE_ADDRESS, "a@acme.io"))
        ;
    assert_true(takes(state, LIMIT_CODE_ADDRESS, "b@acme.io"));
    assert_true(takes(state, LIMIT_RESET_ADDRESS, "a@acme.io"));
}

static void a_network_of_ipv6_is_one_client(void **state)
{
    while (client_takes(state, LIMIT_RESET_ATTEMPT_CLIENT, "2001:db8:0:1::1"))
        ;
    assert_false(client_takes(state, LIMIT_RESET_ATTEMPT_CLIENT, "2001:db8:0:1:ffff::9"));
    assert_true(client_takes(state, LIMIT_RESET_ATTEMPT_CLIENT, "2001:db8:0:2::1"));
    while (client_takes(state, LIMIT_RESET_ATTEMPT_CLIENT, "192.0.2.7"))
        ;
    assert_true(client_takes(state, LIMIT_RESET_ATTEMPT_CLIENT, "192.0.2.8"));
    assert_true(client_takes(state, LIMIT_RESET_ATTEMPT_CLIENT, "::ffff:192.0.2.9"));
}

static void refunded_attempts_can_be_used_again(void **state)
{
    for (int i = 0; i < 1000; i++) {
        assert_true(takes(state, LIMIT_SOCIAL_CLIENT, "given@acme.io"));
        limit_give(request_of(state, "192.0.2.1"), LIMIT_SOCIAL_CLIENT, "given@acme.io");
    }
    /* giving more than was taken makes no more attempts than there are */
    for (int i = 0; i < 100; i++)
        limit_give(request_of(state, "192.0.2.1"), LIMIT_SOCIAL_CLIENT, "given@acme.io");
    for (int i = 0; i < 60; i++)
        assert_true(takes(state, LIMIT_SOCIAL_CLIENT, "given@acme.io"));
    assert_false(takes(state, LIMIT_SOCIAL_CLIENT, "given@acme.io"));
}

static int flood(void **state, enum limit limit)
{
    char subject[32];
    int passed = 0;

    for (int i = 0; i < 200000; i++) {
        struct request *req = request_of(state, "192.0.2.1");

        (void)snprintf(subject, sizeof subject, "%d@acme.io", i);
        passed += limit_take(req, limit, subject) == OK;
        talloc_free(req);
    }
    return passed;
}

/* The number of counters per limit is bounded. A flood gets no counters beyond that, and shares the rest. */
static void a_flood_frees_no_limited_subject(void **state)
{
    int passed;

    while (takes(state, LIMIT_SIGN_IN_NETWORK, "guessed@acme.io"))
        ;
    assert_true(takes(state, LIMIT_SIGN_IN_NETWORK, "tried@acme.io"));
    passed = flood(state, LIMIT_SIGN_IN_NETWORK);
    assert_in_range(passed, 8000, 8192 + 1024 * 10);
    assert_false(takes(state, LIMIT_SIGN_IN_NETWORK, "guessed@acme.io"));
    for (int i = 0; i < 9; i++) /* who has a counter keeps it, with the attempts that are left */
        assert_true(takes(state, LIMIT_SIGN_IN_NETWORK, "tried@acme.io"));
    assert_false(takes(state, LIMIT_SIGN_IN_NETWORK, "tried@acme.io"));
    assert_true(takes(state, LIMIT_RESET_ADDRESS, "0@acme.io")); /* other limits have counters of their own */
    now_us += 300 * SECOND;
    assert_true(takes(state, LIMIT_SIGN_IN_NETWORK, "new@acme.io"));
}

static bool asks(void **state, const struct limit_attempt *attempts, size_t count, struct limit_refusal *refusal)
{
    assert_int_equal(limit_ask(request_of(state, "192.0.2.1"), attempts, count, refusal), OK);
    return refusal->wait_us == 0;
}

/* Several limits take an attempt together, or none does. */
static void several_at_once(void **state)
{
    const struct limit_attempt attempts[] = {{LIMIT_SIGN_IN_NETWORK, "net several", 1},
                                             {LIMIT_SIGN_IN_SPARE, "several", 1}};
    struct limit_refusal refusal;

    assert_true(asks(state, attempts, 2, &refusal));
    for (int i = 0; i < 20; i++)
        assert_false(asks(state, attempts, 2, &refusal));
    assert_true(limit_refused(&refusal, LIMIT_SIGN_IN_SPARE) && !limit_refused(&refusal, LIMIT_SIGN_IN_NETWORK));
    assert_int_equal(refusal.wait_us, 300 * SECOND);
    for (int i = 0; i < 9; i++)
        assert_true(takes(state, LIMIT_SIGN_IN_NETWORK, "net several"));
    assert_false(takes(state, LIMIT_SIGN_IN_NETWORK, "net several"));
    limit_give_all(request_of(state, "192.0.2.1"), attempts, 2);
    assert_true(asks(state, attempts, 2, &refusal));
}

static void many_of_one(void **state)
{
    struct request *req = request_of(state, "192.0.2.1");

    assert_int_equal(limit_take_many(req, LIMIT_INVITATION, "ann", 99), OK);
    assert_int_equal(limit_take_many(req, LIMIT_INVITATION, "ann", 2), ERR_TOO_MANY_REQUESTS);
    assert_int_equal(limit_take_many(req, LIMIT_INVITATION, "ann", 1), OK);
    assert_int_equal(limit_take_many(req, LIMIT_INVITATION, "bob", 101), ERR_TOO_MANY_REQUESTS);
}

static void networks_and_regions(void **state)
{
    static const struct {
        const char *client, *parts[3];
    } cases[] = {
        {"192.0.2.7", {"192.0.2.7", "192.0.2.0", "192.0.0.0"}},
        {"::ffff:192.0.2.7", {"192.0.2.7", "192.0.2.0", "192.0.0.0"}},
        {"2001:db8:1:2:3:4:5:6", {"2001:db8:1:2::", "2001:db8:1::", "2001:db8::"}},
        {"unknown", {"unknown", "unknown", "unknown"}},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int reach = REACH_CLIENT; reach <= REACH_REGION; reach++)
            assert_string_equal(limit_subject(request_of(state, cases[i].client), NULL, reach), cases[i].parts[reach]);
    assert_string_equal(limit_subject(request_of(state, "192.0.2.7"), "a@b.c", REACH_NETWORK), "192.0.2.0 a@b.c");
}

static void switched_off_limits_refuse_nothing(void **state)
{
    static const struct config unlimited = {.rate_limits = false};
    struct request *req = request_of(state, "192.0.2.1");

    req->config = &unlimited;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(limit_take(req, LIMIT_RESET_ADDRESS, "off@acme.io"), OK);
    assert_int_equal(req->reply.header_count, 0);
}

static void long_subjects_are_subjects(void **state)
{
    char *subject = talloc_zero_size(*state, 100001);

    memset(subject, 'x', 100000);
    assert_true(takes(state, LIMIT_RESET_ADDRESS, subject));
    assert_true(takes(state, LIMIT_RESET_ADDRESS, ""));
}

static void the_manual_has_the_table(void **state)
{
    const char *root = getenv("SOURCE_ROOT");
    char *path = talloc_asprintf(*state, "%s/docs/security.md", root ? root : ".");
    char *text = talloc_zero_size(*state, 1 << 20);
    struct buffer table = buffer_make(*state, 1 << 16);
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    (void)fclose(file);
    limits_document(&table);
    if (!strstr(text, buffer_string(&table)))
        fail_msg("put this into docs/security.md:\n%s", buffer_string(&table));
}

static int use_fake_clock(void **state)
{
    *state = talloc_new(NULL);
    platform.monotonic_us = fake_clock;
    return 0;
}

static int free_arena(void **state)
{
    talloc_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_are_refilled_one_by_one),
        cmocka_unit_test(subjects_and_limits_do_not_share),
        cmocka_unit_test(a_network_of_ipv6_is_one_client),
        cmocka_unit_test(refunded_attempts_can_be_used_again),
        cmocka_unit_test(a_flood_frees_no_limited_subject),
        cmocka_unit_test(switched_off_limits_refuse_nothing),
        cmocka_unit_test(long_subjects_are_subjects),
        cmocka_unit_test(the_manual_has_the_table),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(many_of_one),
        cmocka_unit_test(networks_and_regions),
    };

    return cmocka_run_group_tests(tests, use_fake_clock, free_arena);
}
