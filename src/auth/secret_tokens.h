/* Secret tokens: HS256 JWTs that first-party services send on behalf of a user. */
#ifndef ORGD_AUTH_SECRET_TOKENS_H
#define ORGD_AUTH_SECRET_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/uuid.h"

enum { SECRET_TOKEN_LIFETIME_S = 15 * 60 };

struct secret_claims {
    struct uuid user_id;
    bool has_project;
    struct uuid project_id;
    bool has_session;
    struct uuid session; /* the session in which the token was made; it ends with it */
    bool has_key;
    struct uuid key;    /* API key in whose place the token was made, and with which it ends */
    int64_t expires_us; /* platform.realtime_us */
};

/* The subject of a token. */
struct secret_grant {
    struct uuid user_id, project_id, workspace_id, organization_id;
    const char *user_email;
    const char *organization_name; /* NULL: unknown */
    const struct uuid *session;    /* the session in which it is made; NULL: none */
    const struct uuid *key;        /* API key in whose place it is made; NULL: none */
    int64_t expires_us;            /* the token does not outlive this; 0: no limit */
};

/* Writes a token that is valid for one full lifetime from now. */
void secret_token_write(struct secret key, const struct secret_grant *grant, struct buffer *out);

/*
 * Verifies the algorithm (HS256 only), the signature and the expiry, which is required and at most one lifetime ahead,
 * plus one minute for clock differences. ERR_UNAUTHORIZED for every other token.
 */
enum err secret_token_verify(struct secret key, const char *token, struct secret_claims *claims) MUST_CHECK;

#endif
