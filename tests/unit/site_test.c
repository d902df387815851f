/* Tests of sites: which web addresses a browser treats as one site. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/site.h"

static void addresses_of_one_site(void **state)
{
    static const char *const same[][2] = {
        {"http://localhost/api", "http://localhost"},           {"http://localhost:8000/api", "http://localhost:3000"},
        {"https://api.acme.io/api", "https://app.acme.io"},     {"https://acme.io/api", "https://app.acme.io/x?y"},
        {"https://a.b.acme.co.uk", "https://c.acme.co.uk"},     {"https://API.Acme.IO/api", "HTTPS://app.acme.io"},
        {"http://127.0.0.1:8000/api", "http://127.0.0.1:3000"}, {"http://[::1]:8000", "http://[::1]"},
        {"https://x.vercel.app", "https://x.vercel.app:444/"},  {"http://agenta", "http://agenta:8000/api"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(site_same(same[i][0], same[i][1]));
        assert_true(site_same(same[i][1], same[i][0]));
    }
}

static void addresses_of_two_sites(void **state)
{
    static const char *const other[][2] = {
        {"http://api.acme.io/api", "https://app.acme.io"}, /* the scheme is part of a site */
        {"https://api.acme.io/api", "https://app.other.io"},
        {"https://a.co.uk", "https://b.co.uk"},
        {"https://a.vercel.app", "https://b.vercel.app"},
        {"http://127.0.0.1/api", "http://10.0.0.1"},
        {"http://1.2.0.1", "http://127.0.0.1"},
        {"http://localhost", "http://127.0.0.1"},
        {"http://[::1]", "http://[::2]"},
        {"http://agenta", "http://other"},
        {"https://acme.io", "https://notacme.io"},
        {"localhost", "localhost"}, /* not an address */
        {"http://", "http://"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        assert_false(site_same(other[i][0], other[i][1]));
        assert_false(site_same(other[i][1], other[i][0]));
    }
}

static void the_origin_of_an_address(void **state)
{
    static const char *const same[][2] = {
        {"http://localhost", "http://localhost"},
        {"https://app.acme.io/console?x#y", "https://app.acme.io"},
        {"HTTPS://App.Acme.IO:8443", "https://app.acme.io:8443"},
        {"https://acme.io:443/", "https://acme.io"},
        {"http://acme.io:80", "http://acme.io"},
        {"http://[::1]:3000/x", "http://[::1]:3000"},
    };
    static const char *const other[][2] = {
        {"https://acme.io", "http://acme.io"},
        {"https://acme.io", "https://acme.io:443"},
        {"https://acme.io", "https://acme.io.evil"},
        {"https://acme.io:8443", "https://acme.io"},
        {"https://acme.io", "https://acme.io/"},
        {"https://acme.io", "HTTPS://acme.io"},
        {"https://acme.io:80", "https://acme.io"},
        {"ftp://acme.io", "ftp://acme.io"},
        {"acme.io", "acme.io"},
        {"https://ann@acme.io", "https://ann@acme.io"},
        {"null", "null"},
        {"https://", "https://"},
        {"https://:443", "https://"},
        {"*", "https://acme.io"},
    };
    char lengthy[400] = "https://";

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(site_has_origin(same[i][0], same[i][1]));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(site_has_origin(other[i][0], other[i][1]));
    memset(lengthy + 8, 'a', sizeof lengthy - 9);
    assert_false(site_has_origin(lengthy, lengthy));
}

static void origins_are_recognized(void **state)
{
    static const char *const are[] = {"https://app.acme.io", "http://localhost:3000", "https://acme.io/"};
    static const char *const are_not[] = {"*",
                                          "null",
                                          "acme.io",
                                          "https://acme.io/x",
                                          "https://acme.io?x",
                                          "ws://acme.io",
                                          "https://*.acme.io",
                                          "https://münchen.de",
                                          ""};

    (void)state;
    for (size_t i = 0; i < sizeof are / sizeof *are; i++)
        assert_true(site_is_origin(are[i]));
    for (size_t i = 0; i < sizeof are_not / sizeof *are_not; i++)
        assert_false(site_is_origin(are_not[i]));
}

static void the_path_of_an_address(void **state)
{
    (void)state;
    assert_string_equal(site_path("http://localhost/api"), "/api");
    assert_string_equal(site_path("https://a.io:81/v1/x"), "/v1/x");
    assert_string_equal(site_path("https://a.io"), "");
    assert_string_equal(site_path("nothing"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_one_site),    cmocka_unit_test(addresses_of_two_sites),
        cmocka_unit_test(the_origin_of_an_address), cmocka_unit_test(origins_are_recognized),
        cmocka_unit_test(the_path_of_an_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
