/* Reads, writes and generates UUIDs (RFC 9562). */
#ifndef ORGD_BASE_UUID_H
#define ORGD_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>

struct uuid {
    unsigned char bytes[16];
};

#define UUID_TEXT_SIZE 37 /* 36 characters and a NUL */

/* A new version 7 UUID: milliseconds since 1970, then a sub-millisecond fraction, then randomness. */
struct uuid uuid_v7(void);
/* A new version 4 UUID: random. */
struct uuid uuid_v4(void);

/*
 * Reads the forms clients send: any case, optional `urn:` and `uuid:` prefixes, braces, hyphens anywhere
 * or absent. False leaves `*id` alone.
 */
bool uuid_parse(const char *text, struct uuid *id);
/* Reads only the canonical form: lower case, with hyphens. Use it for ids that are compared as text. */
bool uuid_parse_canonical(const char *text, struct uuid *id);

/* Writes the canonical form into `text` (UUID_TEXT_SIZE bytes) and returns it. */
const char *uuid_format(const struct uuid *id, char *text);

bool uuid_equal(const struct uuid *a, const struct uuid *b);
bool uuid_is_zero(const struct uuid *id);

#endif
