/* Finds a cookie in a Cookie header field (RFC 6265 5.4). */
#ifndef ORGD_HTTP_COOKIES_H
#define ORGD_HTTP_COOKIES_H

#include <stddef.h>

/*
 * Returns how many cookies of that name the field contains. The field may be NULL. `value` (borrowed from the field,
 * without a final NUL) and `len` describe the first of them.
 */
size_t cookie_find(const char *field, const char *name, const char **value, size_t *len);

#endif
