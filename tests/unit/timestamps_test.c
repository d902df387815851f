/* Tests of admin/timestamps: which texts are timestamps that PostgreSQL reads without ambiguity. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/timestamps.h"

static void timestamps_are_validated(void **state)
{
    static const char *const good[] = {
        "2027-01-31T12:00:00Z",        "2027-01-31 12:00:00",       "2027-01-31T12:00",
        "2027-01-31T12:00:00.1Z",      "2027-01-31T12:00:00+02:00", "2027-01-31T23:59:59.123456789-14:59",
        "2028-02-29T00:00:00Z",        "2000-02-29T00:00:00Z",      "1970-01-01T00:00Z",
        "9999-12-31T23:59:59.999999Z",
    };
    static const char *const bad[] = {
        "",
        "tomorrow",
        "infinity",
        "now",
        "2027-01-31",
        "2027-01-31T",
        "2027-01-31T12",
        "2027-1-31T12:00:00Z",
        "2027-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "2100-02-29T12:00:00Z",
        "1969-12-31T23:59:59Z",
        "2027-00-10T12:00:00Z",
        "2027-13-10T12:00:00Z",
        "2027-04-31T12:00:00Z",
        "2027-01-00T12:00:00Z",
        "2027-01-31T24:00:00Z",
        "2027-01-31T12:60:00Z",
        "2027-01-31T12:00:60Z",
        "2027-01-31T12:00:00.Z",
        "2027-01-31T12:00:00.1234567890Z",
        "2027-01-31T12:00:00+2:00",
        "2027-01-31T12:00:00+0200",
        "2027-01-31T12:00:00+15:00",
        "2027-01-31T12:00:00+02:60",
        "2027-01-31T12:00:00Z ",
        " 2027-01-31T12:00:00Z",
        "2027-01-31T12:00:00ZZ",
        "2027-01-31t12:00:00Z",
        "+027-01-31T12:00:00Z",
        "12027-01-31T12:00:00Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!timestamp_valid(good[i]))
            fail_msg("%s is a timestamp", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (timestamp_valid(bad[i]))
            fail_msg("%s is not a timestamp", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timestamps_are_validated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
