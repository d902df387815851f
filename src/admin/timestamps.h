/* Checks timestamps of clients. */
#ifndef ORGD_ADMIN_TIMESTAMPS_H
#define ORGD_ADMIN_TIMESTAMPS_H

#include <stdbool.h>

/*
 * Whether a text is an RFC 3339 timestamp. A blank may replace the T; seconds and offset may be missing (UTC then); the
 * year is 1970 to 9999. PostgreSQL reads such texts with the same meaning.
 */
bool timestamp_valid(const char *text);

#endif
