/* Authenticates a request: from the Authorization header to a user and a scope. */
#include "auth/identity.h"

#include <string.h>
#include <talloc.h>

#include "auth/decision_cache.h"
#include "auth/secret_tokens.h"
#include "auth/session_identity.h"
#include "auth/statements.h"
#include "auth/usage.h"
#include "base/platform.h"
#include "base/secret.h"
#include "base/text.h"
#include "config/config.h"
#include "policy/signin_rules.h"

const struct identity *identity_of(const struct request *req)
{
    return req->identity;
}

bool identity_has_scope(const struct request *req)
{
    return identity_of(req)->has_scope;
}

/*
 * The part of `value` after `scheme`, which must match exactly, with its case and its space; NULL for another scheme.
 */
static const char *after_scheme(const char *value, const char *scheme)
{
    size_t len = strlen(scheme);

    return strncmp(value, scheme, len) == 0 ? value + len : NULL;
}

/* Browsers send these values when they have lost the id. They must not fall back to a default scope. */
static bool names_nothing(const char *id)
{
    return id && (strcmp(id, "null") == 0 || strcmp(id, "00000000-0000-0000-0000-000000000000") == 0);
}

/* Organizations share the workers fairly. A caller without a scope, and the administrator, get a share of their own. */
static uint64_t share_of(const struct uuid *id)
{
    uint64_t halves[2];

    memcpy(halves, id->bytes, sizeof halves);
    return (halves[0] ^ halves[1]) | 1;
}

static enum err keep_identity(struct request *req, const struct identity *identity)
{
    /* a user who joins an organization is not one of its crowd yet */
    bool joins = req->route && (req->route->flags & ROUTE_JOINS);

    req->share = share_of(identity->has_scope && !joins ? &identity->organization_id : &identity->user_id);
    req->identity = talloc_memdup(req->arena, identity, sizeof *identity);
    usage_note(identity);
    return req->identity ? OK : ERR_MEMORY;
}

enum err identity_accept_service(struct request *req, const struct uuid *subject)
{
    const struct identity service = {.scheme = IDENTITY_SERVICE};
    enum err err = keep_identity(req, &service);

    req->share = share_of(subject);
    return err;
}

static enum err authenticate_admin(struct request *req)
{
    static const struct identity admin = {.scheme = IDENTITY_ADMIN};
    const char *key = req->authorization ? after_scheme(req->authorization, "Access ") : NULL;

    if (!key || !secret_equal(secret_of(key), secret_of(req->config->admin_key)))
        return ERR_UNAUTHORIZED;
    return keep_identity(req, &admin);
}

/* A session is proven by the token in the header, or, without a header, by the cookie. */
static bool claims_session(const struct request *req)
{
    return !req->authorization || !*req->authorization || after_scheme(req->authorization, "Bearer ");
}

enum err identity_authenticate_cached(struct request *req, enum caller_kind wanted)
{
    struct identity identity;

    if (wanted == CALLER_ADMIN)
        return authenticate_admin(req);
    if (strchr(req->query, '=') &&
        (names_nothing(query_value(req, "project_id")) || names_nothing(query_value(req, "workspace_id"))))
        return ERR_UNAUTHORIZED;
    if (claims_session(req))
        TRY(session_authenticate_cached(req, &identity));
    else if (!decision_cache_find(req->authorization, &identity))
        return ERR_AGAIN;
    return keep_identity(req, &identity);
}

enum err identity_admit(struct request *req, const char *email)
{
    return access_is_blocked(req->arena, req->config, email) ? ERR_UNAUTHORIZED : OK;
}

/* Reads the scope from three columns of a row, starting at `column`: project, workspace, organization. */
static void read_scope(const struct result *row, int column, struct identity *identity)
{
    identity->has_scope = result_uuid(row, 0, column, &identity->project_id) &&
                          result_uuid(row, 0, column + 1, &identity->workspace_id) &&
                          result_uuid(row, 0, column + 2, &identity->organization_id);
}

/*
 * A key has the form `<prefix>.<secret>`; the database stores `<prefix>.<hex SHA-256 of secret>`. If the left part
 * contains `Bearer`, only the text after its last space counts.
 */
static enum err hashed_key(struct request *req, const char *key, const char **hashed)
{
    const char *dot = strchr(key, '.');
    const char *bearer = strstr(key, "Bearer");
    char hex[65];

    if (!dot || !text_valid(key, (size_t)(dot - key))) /* the database accepts no other text */
        return ERR_UNAUTHORIZED;
    if (bearer && bearer < dot)
        for (const char *at = key; at < dot; at++)
            if (*at == ' ')
                key = at + 1;
    digest_sha256_hex(dot + 1, strlen(dot + 1), hex);
    *hashed = talloc_asprintf(req->arena, "%.*s.%s", (int)(dot - key), key, hex);
    return *hashed ? OK : ERR_MEMORY;
}

static enum err resolve_key(struct request *req, const char *key, struct identity *identity)
{
    const char *hashed = NULL;
    struct result row;
    enum err err = OK;

    TRY(hashed_key(req, key, &hashed));
    TRY(DB_RUN(req->db, api_key_resolve, &row, param_text(hashed)));
    *identity = (struct identity){.scheme = IDENTITY_KEY, .has_key = true};
    if (result_rows(&row) != 1 ||
        !secret_equal(secret_of(result_text(&row, 0, API_KEY_RESOLVE_HASHED_KEY)), secret_of(hashed)))
        err = ERR_UNAUTHORIZED;
    if (!err)
        err = identity_admit(req, result_text(&row, 0, API_KEY_RESOLVE_EMAIL));
    if (!err) {
        (void)result_uuid(&row, 0, API_KEY_RESOLVE_USER_ID, &identity->user_id);
        read_scope(&row, API_KEY_RESOLVE_PROJECT_ID, identity);
        identity->expires_us = result_int(&row, 0, API_KEY_RESOLVE_EXPIRES_US);
        (void)result_uuid(&row, 0, API_KEY_RESOLVE_KEY_ID, &identity->key);
        identity->restricted = req->config->keys_restricted || result_bool(&row, 0, API_KEY_RESOLVE_RESTRICTED);
    }
    result_clear(&row);
    return err;
}

/* A remembered token ends with the session or key that it was made with; 0: that never ends. */
static int64_t earliest(int64_t token_us, int64_t source_us)
{
    return source_us != 0 && source_us < token_us ? source_us : token_us;
}

static enum err resolve_secret(struct request *req, const char *token, struct identity *identity)
{
    struct secret_claims claims;
    struct result row;
    enum err err = secret_token_verify(secret_of(req->config->auth_key), token, &claims);
    const char *other = req->config->auth_key_accepted;

    if (err && other && platform.realtime_us() < req->config->auth_key_accepted_until_us)
        err = secret_token_verify(secret_of(other), token, &claims);
    if (err)
        return err;
    TRY(DB_RUN(req->db, secret_token_resolve, &row, param_uuid(&claims.user_id),
               param_uuid(claims.has_project ? &claims.project_id : NULL),
               param_uuid(claims.has_session ? &claims.session : NULL),
               param_uuid(claims.has_key ? &claims.key : NULL)));
    *identity = (struct identity){.scheme = IDENTITY_SECRET,
                                  .expires_us = claims.expires_us,
                                  .has_session = claims.has_session,
                                  .session = claims.session,
                                  .has_key = claims.has_key,
                                  .key = claims.key};
    if (result_rows(&row) == 1 && result_uuid(&row, 0, SECRET_TOKEN_RESOLVE_USER_ID, &identity->user_id))
        read_scope(&row, SECRET_TOKEN_RESOLVE_PROJECT_ID, identity);
    else
        err = ERR_UNAUTHORIZED;
    if (!err)
        identity->expires_us = earliest(claims.expires_us, result_int(&row, 0, SECRET_TOKEN_RESOLVE_EXPIRES_US));
    if (!err)
        err = identity_admit(req, result_text(&row, 0, SECRET_TOKEN_RESOLVE_EMAIL));
    if (!err && claims.has_key)
        identity->restricted = req->config->keys_restricted || result_bool(&row, 0, SECRET_TOKEN_RESOLVE_RESTRICTED);
    if (!err && claims.has_project && !identity->has_scope)
        err = ERR_UNAUTHORIZED; /* no longer a member of the token's project */
    result_clear(&row);
    return err;
}

enum err identity_authenticate(struct request *req, enum caller_kind wanted)
{
    struct identity identity;
    uint64_t generation = decision_cache_generation();
    const char *rest;

    if (wanted == CALLER_ADMIN)
        return authenticate_admin(req);
    if (claims_session(req)) {
        TRY(session_authenticate(req, &identity));
        return keep_identity(req, &identity);
    }
    if (!text_valid(req->authorization, strlen(req->authorization)))
        return ERR_UNAUTHORIZED; /* PostgreSQL refuses such text; the answer is that of the permission check */
    if ((rest = after_scheme(req->authorization, "Secret ")))
        TRY(resolve_secret(req, rest, &identity));
    else if ((rest = after_scheme(req->authorization, "ApiKey ")))
        TRY(resolve_key(req, rest, &identity));
    else
        TRY(resolve_key(req, req->authorization, &identity));
    decision_cache_keep(req->authorization, &identity, generation);
    return keep_identity(req, &identity);
}
