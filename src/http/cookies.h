/* The Cookie header field (RFC 6265 5.4), by cursor. */
#ifndef ORGD_HTTP_COOKIES_H
#define ORGD_HTTP_COOKIES_H

#include <stddef.h>

/*
 * How often a cookie of that name stands in the field, which may be NULL. `value` (borrowed from the field, not ended
 * by a NUL) and `len` are those of the first one.
 */
size_t cookie_find(const char *field, const char *name, const char **value, size_t *len);

#endif
