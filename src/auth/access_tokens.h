/* Access tokens: RS256 JWTs that name a session (RFC 7515, RFC 7519). */
#ifndef ORGD_AUTH_ACCESS_TOKENS_H
#define ORGD_AUTH_ACCESS_TOKENS_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/uuid.h"

enum { ACCESS_TOKEN_MAX = 12 << 10, SIGNING_KEY_ID_SIZE = 24, TOKEN_HASH_SIZE = 65 };

/* What a token says. */
struct access_claims {
    struct uuid login_id, session;
    char refresh_hash[TOKEN_HASH_SIZE]; /* hex SHA-256 of the refresh token that came with it */
    int64_t issued_s, expires_s;        /* since 1970 */
    /* for writing only: */
    const char *issuer;
    const char *user_identities, *session_identities; /* JSON arrays */
    bool is_new_user;
};

/* A token taken apart, not believed yet. */
struct access_token {
    const char *text; /* borrowed */
    size_t signed_len;
    bool is_rs256;
    char key_id[SIGNING_KEY_ID_SIZE];
    struct access_claims claims;
};

/* Writes the payload: JSON with its members in alphabetical order. */
void access_token_payload(const struct access_claims *claims, struct buffer *out);

/* Writes the token of a payload. False when it cannot be signed or does not fit. */
bool access_token_sign(const char *payload, const char *key_id, EVP_PKEY *key, struct buffer *out);

/*
 * Takes a token apart; `text` must outlive the result. False for what is no access token at all: such a carrier is
 * passed over, while one that is taken apart here has to be verified.
 */
bool access_token_read(const char *text, struct access_token *token);

/* Whether it was signed, with RS256, by that key. Says nothing about the time. */
bool access_token_verify(const struct access_token *token, EVP_PKEY *key);

#endif
