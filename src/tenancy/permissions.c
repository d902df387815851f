/* Answers permission checks by the rules of the edition. */
#include "tenancy/permissions.h"

#include <string.h>

#include "auth/caller_grant.h"
#include "auth/identity.h"
#include "base/json.h"
#include "tenancy/edition.h"
#include "tenancy/statements.h"

const struct field permission_check_parameters[] = {
    {.name = "action", .type = FIELD_STRING, .nullable = true},
    {.name = "scope_type", .type = FIELD_STRING, .nullable = true},
    {.name = "scope_id", .type = FIELD_UUID, .nullable = true},
    {.name = "resource_type", .type = FIELD_STRING, .nullable = true},
    {.name = "resource_id", .type = FIELD_UUID, .nullable = true},
    {0},
};

/* A query parameter, NULL if it is absent or empty. */
static const char *named(struct request *req, const char *name)
{
    const char *value = query_value(req, name);

    return value && *value ? value : NULL;
}

/* Whether an id is that of the caller's own scope of a type, or of any type if none is named. */
static bool is_own_scope(const struct identity *caller, const char *type, const struct uuid *id)
{
    return ((!type || strcmp(type, "project") == 0) && uuid_equal(id, &caller->project_id)) ||
           ((!type || strcmp(type, "workspace") == 0) && uuid_equal(id, &caller->workspace_id)) ||
           ((!type || strcmp(type, "organization") == 0) && uuid_equal(id, &caller->organization_id));
}

/*
 * Refuses scopes of others. The credentials in the answer are those of the caller's own scope. In the open edition the
 * check also passes for another scope that the user is a member of, as in Agenta.
 */
static enum err check_scope(struct request *req)
{
    const struct identity *caller = identity_of(req);
    const char *type = *req->query ? named(req, "scope_type") : NULL;
    const char *text = *req->query ? named(req, "scope_id") : NULL;
    struct result row;
    struct uuid id;
    enum err err = OK;

    if (!text)
        return OK;
    if (!uuid_parse(text, &id))
        return ERR_FORBIDDEN;
    if (is_own_scope(caller, type, &id))
        return OK;
    if (edition_now()->checks_own_scope_only || caller->restricted)
        return ERR_FORBIDDEN;
    if (!req->db)
        return ERR_AGAIN;
    TRY(DB_RUN(req->db, permission_scope, &row, param_uuid(&caller->user_id), param_text(type), param_uuid(&id)));
    if (!result_bool(&row, 0, PERMISSION_SCOPE_HAS))
        err = ERR_FORBIDDEN;
    result_clear(&row);
    return err;
}

/*
 * The credentials of a session are a secret token, valid for 15 minutes and made for each answer. The decision cache
 * has no room for its texts, and a token from a cache could be about to expire.
 */
static enum err write_secret(struct request *req, struct buffer *out)
{
    struct secret_grant grant = caller_grant(identity_of(req));

    TRY(caller_grant_read(req, &grant));
    buffer_text(out, "Secret ");
    secret_token_write(secret_of(req->config->auth_key), &grant, out);
    return OK;
}

/* A complete Authorization value that services may send again; a key that came without its scheme gets it here. */
static enum err write_credentials(struct request *req, struct buffer *out)
{
    const char *sent = req->authorization;

    if (identity_of(req)->scheme == IDENTITY_SESSION)
        return write_secret(req, out);
    if (strncmp(sent, "Secret ", 7) != 0 && strncmp(sent, "ApiKey ", 7) != 0)
        buffer_text(out, "ApiKey ");
    buffer_text(out, sent);
    return OK;
}

enum err permissions_check(struct request *req)
{
    struct buffer body = buffer_make(req->arena, 64 << 10);
    struct buffer credentials = buffer_make(req->arena, 32 << 10);

    TRY(check_scope(req));
    TRY(write_credentials(req, &credentials));
    if (credentials.failed)
        return ERR_MEMORY;
    JSON_OBJECT(&body, member_text("effect", edition_now()->permits(req) ? "allow" : "deny"),
                member_text("credentials", buffer_string(&credentials)));
    return reply_buffer(req, 200, &body);
}
