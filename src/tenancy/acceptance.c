/* The endpoints for users who are invited. */
#include "tenancy/acceptance.h"

#include <string.h>
#include <talloc.h>

#include "auth/identity.h"
#include "base/email.h"
#include "base/secret.h"
#include "policy/limits.h"
#include "policy/signin_rules.h"
#include "tenancy/roles.h"
#include "tenancy/statements.h"
#include "tenancy/workspaces.h"

static const struct field token_fields[] = {
    {.name = "token", .type = FIELD_STRING, .required = true},
    {.name = "email", .type = FIELD_STRING, .required = true},
};
const struct model acceptance_body = MODEL("InviteToken", token_fields, NULL);

static const struct field by_id_fields[] = {{.name = "token", .type = FIELD_STRING, .nullable = true}};
const struct model acceptance_by_id_body = MODEL("InvitationProof", by_id_fields, NULL);

static const struct field mine_fields[] = {
    {.name = "id", .type = FIELD_UUID, .required = true},
    {.name = "email", .type = FIELD_STRING, .required = true},
    {.name = "role", .type = FIELD_STRING, .required = true},
    {.name = "created_at", .type = FIELD_STRING, .required = true},
    {.name = "expires_at", .type = FIELD_STRING, .nullable = true, .required = true},
    {.name = "organization_id", .type = FIELD_UUID, .nullable = true, .required = true},
    {.name = "organization_name", .type = FIELD_STRING, .nullable = true, .required = true},
    {.name = "workspace_id", .type = FIELD_UUID, .nullable = true, .required = true},
    {.name = "project_id", .type = FIELD_UUID, .nullable = true, .required = true},
    {.name = "invited_by", .type = FIELD_STRING, .nullable = true, .required = true},
    {.name = "needs_token", .type = FIELD_BOOL, .required = true},
};
const struct model invitation_mine_answer = MODEL("InvitationMine", mine_fields, NULL);

/* An invitation that is addressed to the caller. */
struct found {
    struct uuid id, workspace;
};

static bool is_same_token(const char *stored, const char *given)
{
    return stored && given && secret_equal(secret_of(stored), secret_of(given));
}

/* ---- finding an invitation ---- */

static enum err take_attempt(struct request *req)
{
    char user[UUID_TEXT_SIZE];

    return limit_take(req, LIMIT_ACCEPTANCE, uuid_format(&identity_of(req)->user_id, user));
}

/* Finds it by the token of the link. */
static enum err find_by_token(struct request *req, const struct uuid *organization, struct found *found)
{
    const char *token = body_text(req, "token");
    const char *email = body_text(req, "email");
    const char *folded = email_fold(req->arena, email);
    struct result row;
    enum err err = OK;

    if (!folded)
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, acceptance_by_token, &row, param_uuid(organization), param_text(token), param_text(email),
               param_text(folded), param_uuid(&identity_of(req)->user_id)));
    if (result_rows(&row) == 0)
        err = ERR_UNAUTHORIZED; /* the caller was deleted at this moment */
    else if (!result_bool(&row, 0, ACCEPTANCE_BY_TOKEN_ACCOUNT))
        err = ERR_INVITE_NO_USER;
    else if (!is_same_token(result_text(&row, 0, ACCEPTANCE_BY_TOKEN_TOKEN), token) ||
             !result_uuid(&row, 0, ACCEPTANCE_BY_TOKEN_ID, &found->id) ||
             !result_uuid(&row, 0, ACCEPTANCE_BY_TOKEN_WORKSPACE_ID, &found->workspace))
        err = ERR_INVITE_NOT_FOUND;
    else if (!result_bool(&row, 0, ACCEPTANCE_BY_TOKEN_ADDRESSED))
        err = ERR_INVITE_EMAIL_MISMATCH;
    result_clear(&row);
    return err;
}

/* Finds it by its id, for a user who has proven the address or has the token. */
static enum err find_by_id(struct request *req, struct found *found)
{
    const char *token = body_text(req, "token");
    struct result row;
    enum err err = OK;

    if (!uuid_parse(path_value(req, "invitation_id"), &found->id))
        return ERR_BAD_UUID;
    if (!token && !identity_of(req)->address_proven)
        return ERR_INVITE_TOKEN_NEEDED;
    TRY(DB_RUN(req->db, acceptance_by_id, &row, param_uuid(&found->id), param_uuid(&identity_of(req)->user_id)));
    if (result_rows(&row) == 0 || !result_uuid(&row, 0, ACCEPTANCE_BY_ID_WORKSPACE_ID, &found->workspace) ||
        (token && !is_same_token(result_text(&row, 0, ACCEPTANCE_BY_ID_TOKEN), token)))
        err = ERR_INVITE_NOT_FOUND;
    result_clear(&row);
    return err;
}

/* ---- accepting and declining ---- */

/*
 * Whether the sender of an invitation still manages the workspace and is not blocked. The workspace is locked, so
 * nobody is removed from it meanwhile.
 */
static bool sender_stands(struct request *req, const struct result *row)
{
    const char *email = result_text(row, 0, ACCEPTANCE_LOCK_SENDER_EMAIL);

    return result_bool(row, 0, ACCEPTANCE_LOCK_SENDER_MANAGES) &&
           !(email && access_is_blocked(req->arena, req->config, email));
}

/* Locks the workspace, then the invitation: until the commit nobody else accepts, revokes or resends it. */
static enum err lock_invitation(struct request *req, const struct found *found, struct uuid *organization,
                                bool *expired)
{
    const char *managing = roles_managing(req->arena);
    struct result row;
    enum err err = OK;

    if (!managing)
        return ERR_MEMORY;
    TRY(workspace_lock_contents(req, &found->workspace, organization, ERR_INVITE_NOT_FOUND));
    TRY(DB_RUN(req->db, acceptance_lock, &row, param_uuid(&found->id), param_uuid(&found->workspace),
               param_text(managing)));
    if (result_rows(&row) > 0 && result_bool(&row, 0, ACCEPTANCE_LOCK_USED))
        err = ERR_INVITE_ALREADY_ACCEPTED;
    else if (result_rows(&row) == 0 || !sender_stands(req, &row))
        err = ERR_INVITE_NOT_FOUND;
    *expired = !err && result_bool(&row, 0, ACCEPTANCE_LOCK_EXPIRED);
    result_clear(&row);
    return err;
}

static enum err join(struct request *req, const struct found *found)
{
    struct uuid organization;
    bool expired = false;
    enum err err;

    TRY(lock_invitation(req, found, &organization, &expired));
    if (expired)
        return ERR_INVITE_EXPIRED;
    err = DB_RUN(req->db, acceptance_join, NULL, param_uuid(&found->id), param_uuid(&identity_of(req)->user_id),
                 param_text(ROLE_DEFAULT), param_uuid(&organization), param_uuid(&found->workspace));
    if (!err)
        err = db_commit(req->db);
    if (err == ERR_REFERENCE) /* the account was deleted at this moment */
        return ERR_UNAUTHORIZED;
    return err ? err : reply_json(req, 200, "{\"message\":\"Added user to workspace\"}");
}

enum err acceptance_accept(struct request *req)
{
    struct uuid organization;
    struct found found;

    if (!uuid_parse(path_value(req, "organization_id"), &organization))
        return ERR_BAD_UUID;
    TRY(take_attempt(req));
    TRY(db_begin(req->db));
    TRY(find_by_token(req, &organization, &found));
    return join(req, &found);
}

enum err acceptance_accept_by_id(struct request *req)
{
    struct found found;

    TRY(take_attempt(req));
    TRY(db_begin(req->db));
    TRY(find_by_id(req, &found));
    return join(req, &found);
}

enum err acceptance_decline(struct request *req)
{
    struct uuid organization;
    struct found found;
    bool expired;

    TRY(take_attempt(req));
    TRY(db_begin(req->db));
    TRY(find_by_id(req, &found));
    TRY(lock_invitation(req, &found, &organization, &expired));
    TRY(RUN_QUERY(req, ERR_INVITE_NOT_FOUND, invitation_revoke, param_uuid(&found.id)));
    TRY(db_commit(req->db));
    return reply_detail(req, 200, "Invitation declined");
}

enum err acceptance_list(struct request *req)
{
    const char *managing = roles_managing(req->arena);

    if (!managing)
        return ERR_MEMORY;
    return REPLY_QUERY(req, 200, ERR_INTERNAL, acceptance_mine, param_uuid(&identity_of(req)->user_id),
                       param_bool(identity_of(req)->address_proven), param_text(managing));
}
