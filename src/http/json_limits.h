/* Measures JSON text in one pass before it is parsed. */
#ifndef ORGD_HTTP_JSON_LIMITS_H
#define ORGD_HTTP_JSON_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

/* The nesting depth, the number of values and members, and the bytes of the longest string. */
struct json_size {
    size_t depth, values, members, string;
};

/*
 * Measures `text` without allocating. False as soon as one of `limits` is exceeded. The result is exact for well-formed
 * JSON. For malformed text it covers at least the part that a parser builds before it finds the error.
 */
bool json_measure(const char *text, size_t len, const struct json_size *limits, struct json_size *size);

#endif
