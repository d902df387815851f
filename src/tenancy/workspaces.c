/* The workspace endpoints. */
#include "tenancy/workspaces.h"

#include "access/roles.h"
#include "base/json.h"
#include "identity/identity.h"
#include "statements.h"

static const struct field workspace_fields[] = {
    {.name = "id", .type = FIELD_STRING, .nullable = true},
    {.name = "name", .type = FIELD_STRING, .required = true},
    {.name = "description", .type = FIELD_STRING, .nullable = true},
    {.name = "type", .type = FIELD_STRING, .nullable = true, .required = true},
};
const struct model workspace_answer = {"Workspace", workspace_fields, 4, NULL};

enum err workspaces_list(struct request *req)
{
    return REPLY_QUERY(req, 200, ERR_INTERNAL, workspace_list, param_uuid(&identity_of(req)->user_id));
}

enum err workspaces_roles(struct request *req)
{
    struct buffer body = buffer_make(req->arena, 4096);

    json_open(&body, '[');
    for (const struct role *role = roles; role->name; role++) {
        if (!role->description)
            continue;
        json_open(&body, '{');
        json_key(&body, "role_name");
        json_text(&body, role->name);
        json_key(&body, "role_description");
        json_text(&body, role->description);
        json_close(&body, '}');
    }
    json_close(&body, ']');
    return reply_buffer(req, 200, &body);
}
