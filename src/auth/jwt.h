/* JSON web tokens in compact form: reads, verifies and signs them (RFC 7515, RFC 7518, RFC 7519). */
#ifndef ORGD_AUTH_JWT_H
#define ORGD_AUTH_JWT_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/secret.h"

enum { JWT_MAX = 16 << 10 };

enum jwt_algorithm { JWT_OTHER, JWT_HS256, JWT_RS256, JWT_ES256 };

/* A key and the algorithm that it is for: a token cannot choose another use of a key. */
struct jwt_key {
    enum jwt_algorithm algorithm;
    EVP_PKEY *pair;       /* of RS256 and ES256, borrowed */
    struct secret secret; /* of HS256 */
};

/* The parts of a token, borrowed from its text. Each ends before the dot in front of the next one. */
struct jwt {
    const char *header, *payload, *signature;
};

/* Finds the three parts. False if there are not three, or the token is longer than `max`, which is at most JWT_MAX. */
bool jwt_split(const char *token, size_t max, struct jwt *jwt);

/* The parts as JSON objects without repeated members, which the caller releases; NULL if they are not. */
json_t *jwt_header(const struct jwt *jwt);
json_t *jwt_payload(const struct jwt *jwt);

/* JWT_OTHER for an unknown algorithm, and if the header requires an extension (crit): none is supported. */
enum jwt_algorithm jwt_algorithm_of(const json_t *header);

/* Whether header and payload were signed with the key's algorithm and the key. The caller compares the header's. */
bool jwt_verify(const struct jwt *jwt, const struct jwt_key *key);

/* Appends the token of two JSON texts. Without a signature, `out` has failed. */
void jwt_sign(struct buffer *out, const char *header, const char *payload, const struct jwt_key *key);

#endif
