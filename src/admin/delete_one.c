/* Deletes the object that a path names. */
#include "admin/delete_accounts.h"

#include <talloc.h>

#include "admin/operation.h"
#include "admin/removal.h"
#include "admin/statements.h"
#include "base/json.h"
#include "tenancy/edition.h"

/* A kind of object that a path names. */
struct single {
    const char *parameter;
    enum removal_kind kind;
    const char *name, *unknown; /* in refusals */
    const struct statement *remove;
};

static enum err answer_one(struct request *req, enum removal_kind kind, struct removal *removed, const char *written)
{
    removal_entry(&removed->entries[kind], written);
    return removal_answer(req, removed, false);
}

static enum err delete_single(struct request *req, void *context)
{
    const struct single *single = context;
    const char *written = path_value(req, single->parameter);
    struct removal *removed = removal_make(req);
    struct buffer list = removal_list(req), gone = buffer_make(req->arena, 1000);
    struct uuid id;

    (void)uuid_parse(written, &id);
    json_uuid(&list, &id);
    json_close(&list, ']');
    if (!removed)
        return ERR_MEMORY;
    TRY(removal_ids(req, single->remove, &list, &gone, NULL));
    return gone.len > 0 ? answer_one(req, single->kind, removed, written)
                        : operation_refuse_unknown(req, single->name, single->unknown, written, NULL);
}

static enum err run_single(struct request *req, struct single *single)
{
    const char *written = path_value(req, single->parameter);
    struct uuid id;

    if (!uuid_parse(written, &id))
        return removal_refuse_uuid(req, single->parameter, written, NULL);
    return operation_run(req, &(struct operation){.dry_run = false}, delete_single, single);
}

enum err admin_organization_delete(struct request *req)
{
    struct single single = {"organization_id", REMOVED_ORGANIZATIONS, "Organization", "organization_not_found",
                            &organizations_remove};

    return run_single(req, &single);
}

enum err admin_workspace_delete(struct request *req)
{
    struct single single = {"workspace_id", REMOVED_WORKSPACES, "Workspace", "workspace_not_found", &workspaces_remove};

    return run_single(req, &single);
}

enum err admin_project_delete(struct request *req)
{
    struct single single = {"project_id", REMOVED_PROJECTS, "Project", "project_not_found", &projects_remove};

    return run_single(req, &single);
}

enum err admin_api_key_delete(struct request *req)
{
    struct single single = {"api_key_id", REMOVED_API_KEYS, "API key", "api_key_not_found", &api_keys_remove};

    return run_single(req, &single);
}

static enum err delete_user(struct request *req, void *context)
{
    struct removal_user *user = context;
    struct removal *removed = removal_make(req);
    struct buffer list = removal_list(req);

    if (!removed)
        return ERR_MEMORY;
    TRY(removal_find(req, user, 1, &list));
    if (!user->there)
        return operation_refuse_unknown(req, "User", "user_not_found", user->written, NULL);
    TRY(removal_users_with_organizations(req, &list, removed));
    return answer_one(req, REMOVED_USERS, removed, user->written);
}

enum err admin_user_delete(struct request *req)
{
    struct removal_user user = {.written = path_value(req, "user_id")};

    if (!uuid_parse(user.written, &user.id))
        return removal_refuse_uuid(req, "user_id", user.written, NULL);
    return operation_run(req, &(struct operation){.dry_run = false}, delete_user, &user);
}

static enum err delete_identity(struct request *req, void *context)
{
    const char *written = path_value(req, "identity_id");
    struct removal *removed = removal_make(req);
    struct uuid id, user;
    enum err err = ERR_NOT_FOUND;

    (void)context;
    if (!removed)
        return ERR_MEMORY;
    if (uuid_parse(written, &id) && uuid_parse(path_value(req, "user_id"), &user))
        err = RUN_QUERY(req, ERR_NOT_FOUND, login_remove, param_uuid(&id), param_uuid(&user));
    if (err == ERR_NOT_FOUND)
        return operation_refuse_unknown(req, "User", "user_not_found", written, NULL);
    return err ? err : answer_one(req, REMOVED_IDENTITIES, removed, written);
}

enum err admin_identity_delete(struct request *req)
{
    return operation_run(req, &(struct operation){.dry_run = false}, delete_identity, NULL);
}

/* ---- memberships ---- */

/* A scope whose memberships are deleted. */
struct membership {
    const char *scope; /* parameter of the path */
    enum removal_kind kind;
    const struct statement *remove;
};

static enum err refuse_owner(struct request *req, const struct uuid *id, const struct uuid *organization)
{
    struct result row;
    bool owns;

    TRY(DB_RUN(req->db, organization_member_owns, &row, param_uuid(id), param_uuid(organization)));
    owns = result_bool(&row, 0, ORGANIZATION_MEMBER_OWNS_OWNS);
    result_clear(&row);
    if (!owns)
        return OK;
    return operation_refuse(
        req,
        &(struct refusal){.status = 409,
                          .code = "owner_membership",
                          .message = "The owner's membership cannot be removed; transfer the organization first."});
}

static enum err delete_membership(struct request *req, void *context)
{
    const struct membership *membership = context;
    const char *written = path_value(req, "membership_id");
    struct removal *removed = removal_make(req);
    struct uuid id, scope;
    enum err err;

    if (!removed)
        return ERR_MEMORY;
    (void)uuid_parse(written, &id);
    (void)uuid_parse(path_value(req, membership->scope), &scope);
    if (membership->kind == REMOVED_ORGANIZATION_MEMBERS) {
        TRY(refuse_owner(req, &id, &scope));
        TRY(EDITION_HOOK(member_leaving, req, &id));
    }
    err = run_query(req, ERR_NOT_FOUND, membership->remove, (const struct param[]){param_uuid(&id), param_uuid(&scope)},
                    2);
    if (err == ERR_NOT_FOUND)
        return operation_refuse_unknown(req, "Membership", "membership_not_found", written, NULL);
    return err ? err : answer_one(req, membership->kind, removed, written);
}

static enum err run_membership(struct request *req, struct membership *membership)
{
    const char *feature = req->route->operation_id;
    const char *written[] = {path_value(req, membership->scope), path_value(req, "membership_id")};
    const char *const names[] = {membership->scope, "membership_id"};
    struct uuid id;

    if (!edition_now()->memberships_are_deletable)
        return operation_refuse(
            req, &(struct refusal){
                     .status = 501,
                     .code = "not_implemented",
                     .message = talloc_asprintf(req->arena, "'%s' is not yet implemented in this edition.", feature),
                     .names = {"feature"},
                     .values = {feature}});
    for (size_t i = 0; i < 2; i++)
        if (!uuid_parse(written[i], &id))
            return removal_refuse_uuid(req, names[i], written[i], NULL);
    return operation_run(req, &(struct operation){.dry_run = false}, delete_membership, membership);
}

enum err admin_organization_membership_delete(struct request *req)
{
    return run_membership(
        req, &(struct membership){"organization_id", REMOVED_ORGANIZATION_MEMBERS, &organization_member_remove});
}

enum err admin_workspace_membership_delete(struct request *req)
{
    return run_membership(req,
                          &(struct membership){"workspace_id", REMOVED_WORKSPACE_MEMBERS, &workspace_member_remove});
}

enum err admin_project_membership_delete(struct request *req)
{
    return run_membership(req, &(struct membership){"project_id", REMOVED_PROJECT_MEMBERS, &project_member_remove});
}
