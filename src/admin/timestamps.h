/* Moments as clients write them. */
#ifndef ORGD_ADMIN_TIMESTAMPS_H
#define ORGD_ADMIN_TIMESTAMPS_H

#include <stdbool.h>

/*
 * Whether a text is a date and time that PostgreSQL reads the same way: RFC 3339, where a blank may stand for the T,
 * seconds and the offset may be left out (UTC then), and the year is 1970 to 9999.
 */
bool moment_valid(const char *text);

#endif
