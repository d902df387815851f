/* Turns access tokens into identities. */
#include "auth/session_identity.h"

#include <string.h>
#include <talloc.h>

#include "auth/decision_cache.h"
#include "auth/sessions.h"
#include "auth/statements.h"

/* The scope that the query names; NULL for a part that it does not name. */
struct scope {
    const char *project, *workspace;
    bool joining; /* the user need not be a member yet */
};

static const char *named(struct request *req, const char *name)
{
    const char *value = strchr(req->query, '=') ? query_value(req, name) : NULL;

    return value && *value ? value : NULL;
}

static struct scope scope_of(struct request *req)
{
    return (struct scope){
        .project = named(req, "project_id"),
        .workspace = named(req, "workspace_id"),
        .joining = req->route && (req->route->flags & ROUTE_JOINS),
    };
}

/*
 * The key of an entry in the cache. Header fields cannot contain a line feed, so no other credential equals this text.
 */
static const char *decision_key(struct request *req, const char *token, const struct scope *scope)
{
    return talloc_asprintf(req->arena, "session\n%s\n%s\n%s\n%d", token, scope->project ? scope->project : "",
                           scope->workspace ? scope->workspace : "", scope->joining);
}

enum err session_authenticate_cached(struct request *req, struct identity *identity)
{
    struct session_carriers carriers;
    struct scope scope;
    const char *token, *key;

    if (session_carriers_find(req, &carriers) != OK || (!carriers.header && !carriers.cookie))
        return ERR_UNAUTHORIZED;
    if (!carriers.header && session_maybe_forged(req))
        return ERR_UNAUTHORIZED;
    /* an unknown header may still be overruled by a cookie: a worker has to decide */
    token = carriers.header ? carriers.header : carriers.cookie;
    scope = scope_of(req);
    key = decision_key(req, token, &scope);
    return key && decision_cache_find(key, identity) ? OK : ERR_AGAIN;
}

/* A malformed id names nothing that exists. */
static bool read_scope(const struct scope *scope, struct uuid *project, struct uuid *workspace)
{
    return (!scope->project || uuid_parse(scope->project, project)) &&
           (!scope->workspace || uuid_parse(scope->workspace, workspace));
}

/* The row of session_resolve. */
static enum err read_identity(const struct result *row, const struct scope *scope, struct identity *identity)
{
    bool asked = scope->project || scope->workspace;

    if (result_rows(row) != 1 || !result_uuid(row, 0, SESSION_RESOLVE_USER_ID, &identity->user_id))
        return ERR_UNAUTHORIZED;
    identity->address_proven = result_bool(row, 0, SESSION_RESOLVE_ADDRESS_PROVEN);
    identity->has_scope = result_uuid(row, 0, SESSION_RESOLVE_PROJECT_ID, &identity->project_id) &&
                          result_uuid(row, 0, SESSION_RESOLVE_WORKSPACE_ID, &identity->workspace_id) &&
                          result_uuid(row, 0, SESSION_RESOLVE_ORGANIZATION_ID, &identity->organization_id);
    if (asked && !identity->has_scope)
        return ERR_UNAUTHORIZED;
    return result_bool(row, 0, SESSION_RESOLVE_IN_SCOPE) || scope->joining ? OK : ERR_NOT_IN_SCOPE;
}

static enum err resolve(struct request *req, const struct access_token *token, const struct scope *scope,
                        struct identity *identity)
{
    struct uuid project, workspace;
    struct result row;
    enum err err;

    if (!read_scope(scope, &project, &workspace))
        return ERR_UNAUTHORIZED;
    TRY(DB_RUN(req->db, session_resolve, &row, param_uuid(&token->claims.session), param_uuid(&token->claims.login_id),
               param_text(token->key_id), param_uuid(scope->project ? &project : NULL),
               param_uuid(scope->workspace ? &workspace : NULL)));
    *identity = (struct identity){.scheme = IDENTITY_SESSION,
                                  .expires_us = token->claims.expires_s * 1000000,
                                  .has_session = true,
                                  .session = token->claims.session};
    err = read_identity(&row, scope, identity);
    if (!err || err == ERR_NOT_IN_SCOPE)
        err = identity_admit(req, result_text(&row, 0, SESSION_RESOLVE_EMAIL)) ? ERR_UNAUTHORIZED : err;
    result_clear(&row);
    return err;
}

/* Decides on a verified token, and remembers the decision, which is of `generation`. */
static enum err decide(struct request *req, const struct access_token *token, const struct scope *scope,
                       uint64_t generation, struct identity *identity)
{
    const char *key;

    TRY(resolve(req, token, scope, identity));
    if (!identity->has_scope)
        return OK;
    key = decision_key(req, token->text, scope);
    if (!key)
        return ERR_MEMORY;
    decision_cache_keep(key, identity, generation);
    return OK;
}

enum err session_authenticate(struct request *req, struct identity *identity)
{
    struct scope scope = scope_of(req);
    uint64_t generation = decision_cache_generation();
    struct access_token token;
    enum err err = session_token_verify(req, &token);

    if (err == ERR_SESSION_NONE || err == ERR_SESSION_EXPIRED)
        return ERR_UNAUTHORIZED;
    return err ? err : decide(req, &token, &scope, generation, identity);
}

enum err session_authenticate_token_cached(struct request *req, const char *token, struct identity *identity)
{
    const char *key = decision_key(req, token, &(struct scope){0});

    return key && decision_cache_find(key, identity) ? OK : ERR_AGAIN;
}

enum err session_authenticate_token(struct request *req, const char *text, struct identity *identity)
{
    uint64_t generation = decision_cache_generation();
    struct access_token token;

    TRY(session_token_check(req, text, &token));
    return decide(req, &token, &(struct scope){0}, generation, identity);
}
