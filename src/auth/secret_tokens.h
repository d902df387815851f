/* Secret tokens: HS256 JWTs that first-party services replay on behalf of a person. */
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
    struct uuid session; /* which the token was made in, and with which it ends */
    int64_t expires_us;  /* platform.realtime_us */
};

/* What a token says on behalf of whom. */
struct secret_grant {
    struct uuid user_id, project_id, workspace_id, organization_id;
    const char *user_email;
    const char *organization_name; /* NULL: not known */
    const struct uuid *session;    /* in which it is made; NULL: none */
};

/* Writes a token that is good for a whole lifetime from now. */
void secret_token_write(struct secret key, const struct secret_grant *grant, struct buffer *out);

/*
 * Checks algorithm (HS256 only), signature and expiry, which must be there and at most a lifetime (and a minute for
 * clocks) ahead. ERR_UNAUTHORIZED for every other token.
 */
enum err secret_token_verify(struct secret key, const char *token, struct secret_claims *claims) MUST_CHECK;

#endif
