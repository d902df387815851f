/* Parses timestamps by cursor. */
#include "admin/timestamps.h"

#include <stddef.h>

/* `digits` digits as a number, or -1. */
static int number(const char **at, int digits)
{
    int value = 0;

    for (; digits > 0; digits--, (*at)++) {
        if (**at < '0' || **at > '9')
            return -1;
        value = value * 10 + (**at - '0');
    }
    return value;
}

static bool skip(const char **at, char c)
{
    bool there = **at == c;

    *at += there;
    return there;
}

static bool between(int value, int least, int most)
{
    return value >= least && value <= most;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static bool read_date(const char **at)
{
    int year = number(at, 4), month, day;

    if (!between(year, 1970, 9999) || !skip(at, '-'))
        return false;
    month = number(at, 2);
    if (!between(month, 1, 12) || !skip(at, '-'))
        return false;
    day = number(at, 2);
    return between(day, 1, days_of(year, month));
}

static bool read_time(const char **at)
{
    if (!between(number(at, 2), 0, 23) || !skip(at, ':') || !between(number(at, 2), 0, 59))
        return false;
    if (!skip(at, ':'))
        return true;
    if (!between(number(at, 2), 0, 59))
        return false;
    if (!skip(at, '.'))
        return true;
    for (int digits = 0; digits < 9; digits++)
        if (number(at, 1) < 0)
            return digits > 0;
    return true;
}

static bool read_offset(const char **at)
{
    if (skip(at, 'Z') || **at == '\0')
        return true;
    if (!skip(at, '+') && !skip(at, '-'))
        return false;
    return between(number(at, 2), 0, 14) && skip(at, ':') && between(number(at, 2), 0, 59);
}

bool timestamp_valid(const char *text)
{
    const char *at = text;

    return read_date(&at) && (skip(&at, 'T') || skip(&at, ' ')) && read_time(&at) && read_offset(&at) && *at == '\0';
}
