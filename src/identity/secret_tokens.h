/* Secret tokens: HS256 JWTs that first-party services replay on behalf of a person (API-ACCOUNTS.md 2.8). */
#ifndef ORGD_IDENTITY_SECRET_TOKENS_H
#define ORGD_IDENTITY_SECRET_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/uuid.h"

enum { SECRET_TOKEN_LIFETIME_S = 15 * 60 };

struct secret_claims {
    struct uuid user_id;
    bool has_project;
    struct uuid project_id;
    int64_t expires_us; /* platform.realtime_us */
};

/*
 * Checks algorithm (HS256 only), signature and expiry, which must be there and at most a lifetime (and a minute for
 * clocks) ahead. ERR_UNAUTHORIZED for every other token.
 */
enum err secret_token_verify(struct secret key, const char *token, struct secret_claims *claims) MUST_CHECK;

#endif
