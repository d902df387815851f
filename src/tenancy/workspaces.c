/* The endpoints of workspaces, and the workspace functions of other modules. */
#include "tenancy/workspaces.h"

#include "auth/identity.h"
#include "auth/reach.h"
#include "base/json.h"
#include "tenancy/roles.h"
#include "tenancy/statements.h"

static const struct field workspace_fields[] = {
    {.name = "id", .type = FIELD_STRING, .nullable = true},
    {.name = "name", .type = FIELD_STRING, .required = true},
    {.name = "description", .type = FIELD_STRING, .nullable = true},
    {.name = "type", .type = FIELD_STRING, .nullable = true, .required = true},
};
const struct model workspace_answer = MODEL("Workspace", workspace_fields, NULL);

enum err workspaces_list(struct request *req)
{
    return REPLY_QUERY(req, 200, ERR_INTERNAL, workspace_list, param_uuid(&identity_of(req)->user_id),
                       param_uuid(reach_workspace(req)));
}

enum err workspaces_roles(struct request *req)
{
    struct buffer body = buffer_make(req->arena, 4096);

    json_open(&body, '[');
    for (const struct role *role = roles(); role->name; role++) {
        if (!role->description)
            continue;
        JSON_OBJECT(&body, member_text("role_name", role->name), member_text("role_description", role->description));
    }
    json_close(&body, ']');
    return reply_buffer(req, 200, &body);
}

enum err workspace_lock_contents(struct request *req, const struct uuid *workspace, struct uuid *organization,
                                 enum err gone)
{
    struct result row;
    enum err err = OK;

    TRY(DB_RUN(req->db, workspace_lock, &row, param_uuid(workspace)));
    if (result_rows(&row) == 0 || !result_uuid(&row, 0, WORKSPACE_LOCK_ORGANIZATION_ID, organization))
        err = gone;
    result_clear(&row);
    return err;
}

enum err workspace_check_manager(struct request *req, const struct uuid *workspace, enum err refusal)
{
    struct result row;
    enum err err = OK;

    TRY(DB_RUN(req->db, workspace_role, &row, param_uuid(workspace), param_uuid(&identity_of(req)->user_id)));
    if (result_rows(&row) == 0 || !role_manages(result_text(&row, 0, WORKSPACE_ROLE_ROLE)) ||
        !result_bool(&row, 0, WORKSPACE_ROLE_IN_ORGANIZATION))
        err = refusal;
    result_clear(&row);
    return err;
}

enum err workspace_find(struct request *req, const struct uuid *organization, const struct uuid *named,
                        struct uuid *workspace, enum err none)
{
    struct result row;
    enum err err = OK;

    TRY(DB_RUN(req->db, workspace_of_organization, &row, param_uuid(organization), param_uuid(named)));
    if (result_rows(&row) == 0 || !result_uuid(&row, 0, WORKSPACE_OF_ORGANIZATION_ID, workspace))
        err = none;
    result_clear(&row);
    return err;
}
