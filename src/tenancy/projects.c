/* The endpoints of projects. */
#include "tenancy/projects.h"

#include <string.h>
#include <talloc.h>

#include "auth/account_reset.h"
#include "auth/identity.h"
#include "auth/reach.h"
#include "auth/reauthentication.h"
#include "base/text.h"
#include "tenancy/default_rows.h"
#include "tenancy/organizations.h"
#include "tenancy/roles.h"
#include "tenancy/statements.h"
#include "tenancy/workspaces.h"

static const struct field create_fields[] = {
    {.name = "name", .type = FIELD_STRING, .required = true, .max = NAME_MAX_CHARACTERS},
    {.name = "make_default", .type = FIELD_BOOL, .initial = "false"},
};
const struct model project_create_body = MODEL("CreateProjectRequest", create_fields, NULL);

static const struct field update_fields[] = {
    {.name = "name", .type = FIELD_STRING, .nullable = true, .max = NAME_MAX_CHARACTERS},
    {.name = "make_default", .type = FIELD_BOOL, .nullable = true},
};
const struct model project_update_body = MODEL("UpdateProjectRequest", update_fields, NULL);

static const struct field answer_fields[] = {
    {.name = "organization_id", .type = FIELD_UUID, .nullable = true},
    {.name = "organization_name", .type = FIELD_STRING, .nullable = true},
    {.name = "workspace_id", .type = FIELD_UUID, .nullable = true},
    {.name = "workspace_name", .type = FIELD_STRING, .nullable = true},
    {.name = "project_id", .type = FIELD_UUID, .required = true},
    {.name = "project_name", .type = FIELD_STRING, .required = true},
    {.name = "is_default_project", .type = FIELD_BOOL, .initial = "false"},
    {.name = "user_role", .type = FIELD_STRING, .nullable = true},
    {.name = "is_demo", .type = FIELD_BOOL, .nullable = true},
};
const struct model project_answer = MODEL("ProjectsResponse", answer_fields, NULL);

const struct field project_id_parameter[] = {{.name = "project_id", .type = FIELD_UUID, .required = true}, {0}};

/* The roles of a user around a project. */
struct access {
    struct uuid workspace_id;
    bool is_default;
    bool manages; /* as a member of the project */
    bool owns;    /* as owner of the organization or the workspace */
};

static enum err load_access(struct request *req, const struct uuid *project, struct access *access)
{
    struct result row;
    enum err err = OK;

    TRY(DB_RUN(req->db, project_access, &row, param_uuid(project), param_uuid(&identity_of(req)->user_id)));
    if (result_rows(&row) == 0) {
        err = ERR_PROJECT_NOT_FOUND;
    } else {
        (void)result_uuid(&row, 0, PROJECT_ACCESS_WORKSPACE_ID, &access->workspace_id);
        access->is_default = result_bool(&row, 0, PROJECT_ACCESS_IS_DEFAULT);
        access->manages = role_manages(result_text(&row, 0, PROJECT_ACCESS_ROLE));
        access->owns = result_bool(&row, 0, PROJECT_ACCESS_OWNS_ORGANIZATION) ||
                       result_bool(&row, 0, PROJECT_ACCESS_OWNS_WORKSPACE);
    }
    result_clear(&row);
    return err;
}

/* The answer to creation and change: the project as the caller sees it. */
static enum err reply_project(struct request *req, int status, const struct uuid *id)
{
    return REPLY_QUERY(req, status, ERR_PROJECT_NOT_FOUND, project_get, param_uuid(id),
                       param_uuid(&identity_of(req)->user_id));
}

enum err projects_list(struct request *req)
{
    return REPLY_QUERY(req, 200, ERR_PROJECT_NONE, project_list, param_uuid(&identity_of(req)->user_id),
                       param_uuid(reach_project(req)));
}

enum err projects_get(struct request *req)
{
    const char *text = path_value(req, "project_id");
    struct uuid id;

    if (strcmp(text, "current") == 0) {
        if (!identity_of(req)->has_scope)
            return ERR_PROJECT_NOT_FOUND;
        id = identity_of(req)->project_id;
    } else if (!uuid_parse_canonical(text, &id)) {
        return ERR_PROJECT_NOT_FOUND;
    }
    return reply_project(req, 200, &id);
}

static enum err has_default(struct request *req, const struct uuid *workspace, bool *has)
{
    struct result row;

    TRY(DB_RUN(req->db, project_default_exists, &row, param_uuid(workspace)));
    *has = result_bool(&row, 0, PROJECT_DEFAULT_EXISTS_HAS);
    result_clear(&row);
    return OK;
}

static enum err clear_default(struct request *req, const struct uuid *workspace, const struct uuid *but)
{
    return DB_RUN(req->db, project_default_clear, NULL, param_uuid(workspace), param_uuid(but),
                  param_uuid(&identity_of(req)->user_id));
}

/* Adds the rows of a new project, in the open transaction. */
static enum err insert_project(struct request *req, const struct uuid *id, const char *name)
{
    const struct identity *caller = identity_of(req);
    bool make_default = body_bool(req, "make_default", false);
    bool exists = false;
    struct uuid organization;

    TRY(workspace_lock_contents(req, &caller->workspace_id, &organization, ERR_PROJECT_NEEDS_CONTEXT));
    TRY(workspace_check_manager(req, &caller->workspace_id, ERR_PROJECT_NOT_ALLOWED));
    TRY(has_default(req, &caller->workspace_id, &exists));
    if (make_default && exists)
        TRY(clear_default(req, &caller->workspace_id, NULL));
    TRY(DB_RUN(req->db, project_create, NULL, param_uuid(id), param_text(name), param_bool(make_default || !exists),
               param_uuid(&organization), param_uuid(&caller->workspace_id), param_uuid(&caller->user_id)));
    return default_rows_add(req->db, req->arena, req->config,
                            &(struct default_rows){.project = *id, .user = caller->user_id}, 1);
}

enum err projects_create(struct request *req)
{
    const char *name = text_trim(req->arena, body_text(req, "name"));
    struct uuid id = uuid_v7();

    if (!name || !*name)
        return ERR_PROJECT_NAME_EMPTY;
    if (!identity_of(req)->has_scope)
        return ERR_PROJECT_NEEDS_CONTEXT;
    TRY(db_begin(req->db));
    TRY(insert_project(req, &id, name));
    TRY(reply_project(req, 201, &id));
    return db_commit(req->db);
}

/* Applies a checked change in the open transaction. */
static enum err change_project(struct request *req, const struct uuid *id, const struct access *access,
                               const char *name, bool make_default)
{
    struct uuid organization;

    if (make_default) {
        TRY(workspace_lock_contents(req, &access->workspace_id, &organization, ERR_PROJECT_NOT_FOUND));
        TRY(clear_default(req, &access->workspace_id, id));
    }
    return RUN_QUERY(req, ERR_PROJECT_NOT_FOUND, project_update, param_uuid(id), param_text(name),
                     param_bool(make_default), param_uuid(&identity_of(req)->user_id));
}

static enum err check_update(struct request *req, const char *name)
{
    if (!body_text(req, "name") &&
        (!body_has(req, "make_default") || json_is_null(json_object_get(req->json, "make_default"))))
        return ERR_PROJECT_NOTHING_TO_UPDATE;
    if (name && !*name)
        return ERR_PROJECT_NAME_EMPTY;
    if (!body_bool(req, "make_default", true))
        return ERR_PROJECT_DEFAULT_ONLY_TRUE;
    return OK;
}

enum err projects_update(struct request *req)
{
    const char *name = text_trim(req->arena, body_text(req, "name"));
    struct access access;
    struct uuid id;

    if (!uuid_parse(path_value(req, "project_id"), &id))
        return ERR_BAD_UUID;
    TRY(db_begin(req->db));
    TRY(load_access(req, &id, &access));
    TRY(check_update(req, name));
    if (!access.manages)
        return ERR_PROJECT_NOT_ALLOWED;
    TRY(change_project(req, &id, &access, name, body_bool(req, "make_default", false)));
    TRY(reply_project(req, 200, &id));
    return db_commit(req->db);
}

/* Deletes it and mails the user who did. */
static enum err delete_project(struct request *req, const struct uuid *id)
{
    struct result row;

    TRY(DB_RUN(req->db, project_delete, &row, param_uuid(id)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) == 0)
        return ERR_PROJECT_IS_DEFAULT;
    return account_notify_change(req, &identity_of(req)->user_id, "Your project was deleted",
                                 &(struct account_change){.kind = "project",
                                                          .name = result_text(&row, 0, PROJECT_DELETE_NAME),
                                                          .done = "deleted with everything in it"});
}

enum err projects_delete(struct request *req)
{
    const struct identity *caller = identity_of(req);
    struct uuid id, organization;
    struct access access;

    if (!caller->has_scope)
        return ERR_PROJECT_NEEDS_WORKSPACE;
    if (!uuid_parse(path_value(req, "project_id"), &id))
        return ERR_BAD_UUID;
    TRY(reauthentication_check(req));
    TRY(account_take_notice(req));
    TRY(db_begin(req->db));
    /* from here on it cannot be deleted or become the default */
    TRY(workspace_lock_contents(req, &caller->workspace_id, &organization, ERR_PROJECT_NOT_FOUND));
    TRY(load_access(req, &id, &access));
    if (!uuid_equal(&access.workspace_id, &caller->workspace_id))
        return ERR_PROJECT_NOT_FOUND;
    if (access.is_default)
        return ERR_PROJECT_IS_DEFAULT;
    if (!access.owns)
        return ERR_PROJECT_NOT_ALLOWED;
    TRY(delete_project(req, &id));
    TRY(db_commit(req->db));
    return reply_detail(req, 200, "Project deleted");
}
