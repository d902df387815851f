/* A type for secret bytes, which no logger prints, with constant-time comparison and digests. */
#ifndef ORGD_BASE_SECRET_H
#define ORGD_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret {
    const unsigned char *bytes; /* borrowed */
    size_t len;
};

/* A secret over a C string, which is borrowed. */
struct secret secret_of(const char *text);
/* The same; nothing for NULL. */
struct secret secret_of_optional(const char *text);

/* Time depends on the lengths only. */
bool secret_equal(struct secret a, struct secret b);

/* SHA-256 of `len` bytes into 32 bytes. */
void digest_sha256(const void *data, size_t len, unsigned char digest[32]);
/* The same as 64 lower-case hex digits and a NUL. */
void digest_sha256_hex(const void *data, size_t len, char hex[65]);
/* HMAC-SHA256 (RFC 2104) into 32 bytes. */
void digest_hmac_sha256(struct secret key, const void *data, size_t len, unsigned char digest[32]);

#endif
