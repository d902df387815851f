/* Fuzzes the check of timestamps; a regular expression and the C library's calendar give the expected result. */
#include <regex.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "admin/timestamps.h"
#include "fuzz.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("2027-01-31T12:00:00Z"),
    FUZZ_SEED("2028-02-29 23:59:59.123456+02:00"),
    FUZZ_SEED("2027-02-29T12:00"),
    FUZZ_SEED("2027-04-31T12:00:00-14:59"),
    FUZZ_SEED("9999-12-31T23:59:59.999999999Z"),
    FUZZ_SEED("infinity"),
    FUZZ_SEED("2027-01-31"),
    {0},
};

/* A valid day is unchanged when the C library normalizes it. */
static bool is_day(const char *text)
{
    struct tm day = {.tm_hour = 12}, same;

    if (!strptime(text, "%Y-%m-%d", &day))
        return false;
    day.tm_hour = 12;
    same = day;
    return timegm(&same) != (time_t)-1 && same.tm_mday == day.tm_mday && same.tm_mon == day.tm_mon;
}

static bool oracle(const char *text)
{
    static const char pattern[] = "^(19[789][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]"
                                  "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?"
                                  "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$";
    static regex_t expression;
    static bool made;
    char date[11];

    if (!made)
        require(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0);
    made = true;
    if (regexec(&expression, text, 0, NULL, 0) != 0)
        return false;
    memcpy(date, text, 10);
    date[10] = '\0';
    return is_day(date);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = talloc_strndup(NULL, (const char *)data, size);

    require(timestamp_valid(text) == oracle(text));
    (void)talloc_free(text);
    return 0;
}
