/* Access tokens: RS256 JWTs that name a session (RFC 7515, RFC 7519). */
#ifndef ORGD_AUTH_ACCESS_TOKENS_H
#define ORGD_AUTH_ACCESS_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/jwt.h"
#include "base/uuid.h"

enum { ACCESS_TOKEN_MAX = 12 << 10, SIGNING_KEY_ID_SIZE = 24, TOKEN_HASH_SIZE = 65 };

/* The claims of a token. */
struct access_claims {
    struct uuid login_id, session;
    char refresh_hash[TOKEN_HASH_SIZE]; /* hex SHA-256 of the refresh token issued with it */
    int64_t issued_s, expires_s;        /* seconds since 1970 */
    /* for writing only: */
    const char *issuer;
    const char *user_identities, *session_identities; /* JSON arrays */
    bool is_new_user;
    bool has_parent; /* verifiers have to ask about the session: `parentRefreshTokenHash1` is not null */
};

/* A parsed token whose signature has not been verified yet. */
struct access_token {
    const char *text; /* borrowed */
    struct jwt jwt;
    bool is_rs256;
    char key_id[SIGNING_KEY_ID_SIZE];
    struct access_claims claims;
};

/* Writes the payload: a JSON object with its members in alphabetical order. */
void access_token_payload(const struct access_claims *claims, struct buffer *out);

/* Signs the payload and writes the token. False if it cannot be signed or does not fit. */
bool access_token_sign(const char *payload, const char *key_id, EVP_PKEY *key, struct buffer *out);

/*
 * Parses a token; `text` must outlive the result. False if the text is not an access token at all: the caller then
 * ignores that header or cookie. A token that parses must be verified.
 */
bool access_token_read(const char *text, struct access_token *token);

/* Whether the token was signed with RS256 by this key. Does not check the expiry. */
bool access_token_verify(const struct access_token *token, EVP_PKEY *key);

#endif
