/* Refresh tokens: opaque texts that name a session and prove that we made them. */
#ifndef ORGD_AUTH_REFRESH_TOKENS_H
#define ORGD_AUTH_REFRESH_TOKENS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/uuid.h"

enum { REFRESH_TOKEN_LENGTH = 86, REFRESH_HASH_SIZE = 65 };

struct refresh_token {
    struct uuid session;
    const char *text;                    /* in the arena, or as read */
    char hash[REFRESH_HASH_SIZE];        /* hex SHA-256, which access tokens carry */
    char stored_hash[REFRESH_HASH_SIZE]; /* hex SHA-256 of the 32 bytes that `hash` spells: what the database keeps */
};

/* The first token of a session. `installation` is the installation's secret. False without memory. */
bool refresh_token_first(void *arena, struct secret installation, const struct uuid *session,
                         struct refresh_token *token) MUST_CHECK;

/*
 * The token that follows another: always the same, so that several who renew one token at once get the same pair,
 * and nothing that could be replayed has to be kept for them. Nobody can make it without the secret. False without
 * memory.
 */
bool refresh_token_next(void *arena, struct secret installation, const struct refresh_token *parent,
                        struct refresh_token *token) MUST_CHECK;

/* False for everything that was not made here with that secret. `text` must outlive the result. */
bool refresh_token_read(struct secret installation, const char *text, struct refresh_token *token);

#endif
