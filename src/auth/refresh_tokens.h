/* Refresh tokens: opaque texts that name a session and prove that this installation issued them. */
#ifndef ORGD_AUTH_REFRESH_TOKENS_H
#define ORGD_AUTH_REFRESH_TOKENS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/uuid.h"

enum { REFRESH_TOKEN_LENGTH = 86, REFRESH_HASH_SIZE = 65 };

struct refresh_token {
    struct uuid session;
    const char *text;                    /* in the arena, or as received */
    char hash[REFRESH_HASH_SIZE];        /* hex SHA-256 of the token, which access tokens carry */
    char stored_hash[REFRESH_HASH_SIZE]; /* hex SHA-256 of the bytes of `hash`: the database stores this */
};

/* Makes the first token of a session. `installation` is the installation's secret. False without memory. */
bool refresh_token_first(void *arena, struct secret installation, const struct uuid *session,
                         struct refresh_token *token) MUST_CHECK;

/*
 * Makes the successor of a token. It is always the same, so that concurrent refreshes of one token get the same pair,
 * and the server need not store a token that could be stolen. Nobody can compute it without the secret. False without
 * memory.
 */
bool refresh_token_next(void *arena, struct secret installation, const struct refresh_token *parent,
                        struct refresh_token *token) MUST_CHECK;

/* False for a token that was not issued with this secret. `text` must outlive the result. */
bool refresh_token_read(struct secret installation, const char *text, struct refresh_token *token);

#endif
