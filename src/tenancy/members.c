/* The endpoints of members. */
#include "tenancy/members.h"

#include "auth/identity.h"
#include "base/json.h"
#include "base/text.h"
#include "tenancy/roles.h"
#include "tenancy/statements.h"
#include "tenancy/workspaces.h"

static const char *check_role(const json_t *object)
{
    if (role_assignable(json_member_text(object, "role")))
        return NULL;
    return "Value error, This role cannot be given to a member.";
}

static const struct field role_fields[] = {{.name = "role", .type = FIELD_STRING, .required = true}};
const struct model member_role_body = MODEL("MemberRole", role_fields, check_role);

static const struct field answer_fields[] = {
    {.name = "organization_id", .type = FIELD_UUID, .required = true},
    {.name = "user_id", .type = FIELD_UUID, .required = true},
    {.name = "role", .type = FIELD_STRING, .required = true},
};
const struct model member_role_answer = MODEL("MemberRoleAnswer", answer_fields, NULL);

/*
 * Locks all workspaces of an organization until the open transaction ends. Accepting an invitation locks its workspace,
 * so whether a membership of the organization is still needed cannot change meanwhile.
 */
static enum err lock_all(struct request *req, const struct uuid *organization, enum err gone)
{
    return RUN_QUERY(req, gone, organization_lock_with_workspaces, param_uuid(organization));
}

/* ---- removing ---- */

static enum err find_organization(struct request *req, const struct uuid *workspace, struct uuid *organization)
{
    struct result row;
    enum err err = OK;

    TRY(DB_RUN(req->db, workspace_organization, &row, param_uuid(workspace)));
    if (result_rows(&row) == 0 || !result_uuid(&row, 0, WORKSPACE_ORGANIZATION_ORGANIZATION_ID, organization))
        err = ERR_MEMBER_NOT_ALLOWED;
    result_clear(&row);
    return err;
}

/* Finds the user of the address. `*is_member`: there is one; `*is_owner`: they own the workspace or organization. */
static enum err find_member(struct request *req, const struct uuid *workspace, const char *email, struct uuid *user_id,
                            bool *is_member, bool *is_owner)
{
    struct result row;

    TRY(DB_RUN(req->db, member_find, &row, param_uuid(workspace), param_text(email)));
    *is_member = result_rows(&row) > 0 && result_uuid(&row, 0, MEMBER_FIND_ID, user_id);
    *is_owner = *is_member && result_bool(&row, 0, MEMBER_FIND_OWNS);
    result_clear(&row);
    return OK;
}

/* In the open transaction, with the workspaces locked. */
static enum err remove_address(struct request *req, const struct uuid *organization, const struct uuid *workspace,
                               const char *email)
{
    bool is_member = false, is_owner = false;
    struct uuid user_id;

    TRY(find_member(req, workspace, email, &user_id, &is_member, &is_owner));
    if (!(is_member && uuid_equal(&user_id, &identity_of(req)->user_id)))
        TRY(workspace_check_manager(req, workspace, ERR_MEMBER_NOT_ALLOWED));
    if (is_owner)
        return ERR_MEMBER_NOT_ALLOWED;
    if (is_member) {
        TRY(DB_RUN(req->db, member_remove, NULL, param_uuid(workspace), param_uuid(&user_id),
                   param_uuid(organization)));
        TRY(DB_RUN(req->db, member_forget_keys, NULL, param_uuid(workspace), param_uuid(&user_id)));
        TRY(DB_RUN(req->db, member_forget_sent, NULL, param_uuid(organization), param_uuid(&user_id),
                   param_uuid(workspace)));
    }
    return DB_RUN(req->db, member_forget_invitations, NULL, param_uuid(workspace), param_text(email));
}

enum err members_remove(struct request *req)
{
    const char *email = text_trim(req->arena, query_value(req, "email"));
    struct uuid workspace, organization;

    if (!uuid_parse(path_value(req, "workspace_id"), &workspace))
        return ERR_BAD_UUID;
    if (!email)
        return ERR_MEMORY;
    TRY(db_begin(req->db));
    TRY(find_organization(req, &workspace, &organization));
    TRY(lock_all(req, &organization, ERR_MEMBER_NOT_ALLOWED));
    TRY(remove_address(req, &organization, &workspace, email));
    TRY(db_commit(req->db));
    return reply_json(req, 200, "true");
}

/* ---- changing a role ---- */

/*
 * Whether the caller may change the role of a member of the organization: the caller must manage every workspace of the
 * member.
 */
static enum err check_standing(struct request *req, const struct uuid *organization, const struct uuid *user_id)
{
    const char *managing = roles_managing(req->arena);
    struct uuid member;
    struct result row;
    enum err err = OK;

    if (!managing)
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, member_standing, &row, param_uuid(organization), param_uuid(&identity_of(req)->user_id),
               param_uuid(user_id), param_text(managing)));
    if (result_rows(&row) == 0 || !result_bool(&row, 0, MEMBER_STANDING_MAY))
        err = ERR_MEMBER_NOT_ALLOWED;
    else if (!result_uuid(&row, 0, MEMBER_STANDING_USER_ID, &member))
        err = ERR_MEMBER_NOT_FOUND;
    else if (result_bool(&row, 0, MEMBER_STANDING_OWNS))
        err = ERR_MEMBER_IS_OWNER;
    result_clear(&row);
    return err;
}

static enum err reply_role(struct request *req, const struct uuid *organization, const struct uuid *user_id,
                           const char *role)
{
    struct buffer body = buffer_make(req->arena, 1000);

    JSON_OBJECT(&body, member_uuid("organization_id", organization), member_uuid("user_id", user_id),
                member_text("role", role));
    return reply_buffer(req, 200, &body);
}

enum err members_set_role(struct request *req)
{
    const char *role = body_text(req, "role");
    struct uuid organization, user_id;

    if (!uuid_parse(path_value(req, "organization_id"), &organization) ||
        !uuid_parse(path_value(req, "user_id"), &user_id))
        return ERR_BAD_UUID;
    TRY(db_begin(req->db));
    TRY(lock_all(req, &organization, ERR_MEMBER_NOT_ALLOWED));
    TRY(check_standing(req, &organization, &user_id));
    TRY(DB_RUN(req->db, member_set_role, NULL, param_uuid(&organization), param_uuid(&identity_of(req)->user_id),
               param_uuid(&user_id), param_text(role)));
    if (!role_manages(role))
        TRY(DB_RUN(req->db, member_forget_sent, NULL, param_uuid(&organization), param_uuid(&user_id),
                   param_uuid(NULL)));
    TRY(db_commit(req->db));
    return reply_role(req, &organization, &user_id, role);
}
