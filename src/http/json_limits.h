/* Measures JSON text in one pass, before a tree is built from it. */
#ifndef ORGD_HTTP_JSON_LIMITS_H
#define ORGD_HTTP_JSON_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

/* How deep lists and objects lie in each other, how many values and members there are, bytes of the longest string. */
struct json_size {
    size_t depth, values, members, string;
};

/*
 * Measures `text` without allocating. False as soon as any of `limits` is exceeded. The sizes of well-formed JSON are
 * exact; of other text they cover at least what a parser can have built before it meets the error.
 */
bool json_measure(const char *text, size_t len, const struct json_size *limits, struct json_size *size);

#endif
