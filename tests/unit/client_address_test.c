/* Tests of the client's address: X-Forwarded-For counts only from trusted proxies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <talloc.h>

#include "http/client_address.h"

static const char *const items[] = {"10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48", "172.16.0.0/12"};
static const struct config_list trusted = {items, 4};

static void the_last_address_that_is_not_trusted_counts(void **state)
{
    static const struct {
        const char *peer, *forwarded, *client;
    } cases[] = {
        {"203.0.113.9", "1.1.1.1", "203.0.113.9"}, /* an untrusted client can write anything */
        {"10.1.2.3", NULL, "10.1.2.3"},
        {"10.1.2.3", "", "10.1.2.3"},
        {"10.1.2.3", "1.1.1.1", "1.1.1.1"},
        {"10.1.2.3", "9.9.9.9, 1.1.1.1", "1.1.1.1"},
        {"10.1.2.3", "9.9.9.9,1.1.1.1 , 10.9.9.9", "1.1.1.1"},
        {"10.1.2.3", "192.0.2.7, 10.9.9.9", "192.0.2.7"}, /* all are trusted: the first one counts */
        {"10.1.2.3", "1.1.1.1, garbage, 10.9.9.9", "10.9.9.9"},
        {"10.1.2.3", "1.1.1.1, ", "10.1.2.3"},
        {"10.1.2.3", "unknown", "10.1.2.3"},
        {"10.1.2.3", "1.1.1.1:4711", "1.1.1.1"},
        {"10.1.2.3", "[2606:4700::1]:443", "2606:4700::1"},
        {"10.1.2.3", "2606:4700::1", "2606:4700::1"},
        {"2001:db8:1:2::3", "1.1.1.1", "1.1.1.1"},
        {"2001:db8:2::3", "1.1.1.1", "2001:db8:2::3"},
        {"::ffff:10.1.2.3", "1.1.1.1", "1.1.1.1"},
        {"172.31.255.255", "1.1.1.1", "1.1.1.1"},
        {"172.32.0.0", "1.1.1.1", "172.32.0.0"},
        {"192.0.2.8", "1.1.1.1", "192.0.2.8"},
        {"10.1.2.3", ",,,", "10.1.2.3"},
        {"10.1.2.3", "[", "10.1.2.3"},
    };
    const struct config_list nobody = {0};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(client_address(*state, &trusted, cases[i].peer, cases[i].forwarded), cases[i].client);
    assert_string_equal(client_address(*state, &nobody, "10.1.2.3", "1.1.1.1"), "10.1.2.3");
}

static void entries_are_addresses_or_networks(void **state)
{
    static const char *const wrong[] = {"10.0.0.0/33", "2001:db8::/129", "10.0.0.0/",
                                        "10.0.0.0/x",  "proxy",          "10.0.0",
                                        "*",           "10.0.0.0/-1",    "10.0.0.0/0008"};

    (void)state;
    assert_null(client_address_problem(&trusted));
    assert_null(client_address_problem(&(struct config_list){(const char *const[]){"0.0.0.0/0", "::/0"}, 2}));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(client_address_problem(&(struct config_list){&wrong[i], 1}), wrong[i]);
}

static int make_arena(void **state)
{
    *state = talloc_new(NULL);
    return *state ? 0 : -1;
}

static int free_arena(void **state)
{
    return talloc_free(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_address_that_is_not_trusted_counts),
        cmocka_unit_test(entries_are_addresses_or_networks),
    };

    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
