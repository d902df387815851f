/* The endpoints of organizations. */
#include "tenancy/organizations.h"

#include <string.h>
#include <talloc.h>

#include "auth/account_reset.h"
#include "auth/identity.h"
#include "auth/reach.h"
#include "auth/reauthentication.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/signin_methods.h"
#include "policy/signin_rules.h"
#include "tenancy/default_rows.h"
#include "tenancy/statements.h"

static const struct field naming_fields[] = {
    {.name = "name", .type = FIELD_STRING, .nullable = true, .max = NAME_MAX_CHARACTERS},
    {.name = "description", .type = FIELD_STRING, .nullable = true, .max = DESCRIPTION_MAX_CHARACTERS},
};
const struct model organization_create_body = MODEL("CreateOrganizationPayload", naming_fields, NULL);
const struct model organization_update_body = MODEL("UpdateOrganizationPayload", naming_fields, NULL);

#define ORGANIZATION_FIELDS                                                                                            \
    {.name = "id", .type = FIELD_STRING, .required = true}, {.name = "slug", .type = FIELD_STRING, .nullable = true},  \
        {.name = "name", .type = FIELD_STRING, .nullable = true},                                                      \
        {.name = "description", .type = FIELD_STRING, .nullable = true},                                               \
        {.name = "flags", .type = FIELD_ANY_OBJECT, .nullable = true},                                                 \
        {.name = "tags", .type = FIELD_ANY_OBJECT, .nullable = true},                                                  \
        {.name = "meta", .type = FIELD_ANY_OBJECT, .nullable = true},                                                  \
        {.name = "owner_id", .type = FIELD_UUID, .required = true}, {.name = "members", .type = FIELD_STRING_LIST},    \
        {.name = "invitations", .type = FIELD_ANY_LIST},                                                               \
    {                                                                                                                  \
        .name = "workspaces", .type = FIELD_STRING_LIST                                                                \
    }
static const struct field organization_fields[] = {ORGANIZATION_FIELDS};
static const struct field details_fields[] = {
    ORGANIZATION_FIELDS, {.name = "default_workspace", .type = FIELD_ANY_OBJECT, .nullable = true}};
const struct model organization_answer = MODEL("Organization", organization_fields, NULL);
const struct model organization_details_answer = MODEL("OrganizationDetails", details_fields, NULL);

const char *organization_flags(void *arena, const struct config *config)
{
    struct buffer flags = buffer_make(arena, 1000);

    json_open(&flags, '{');
    JSON_MEMBERS(&flags, member_bool("is_demo", false), member_bool("allow_email", methods_email(config)),
                 member_bool("allow_social", methods_social(config)));
    static const char *const off[] = {"allow_sso", "allow_root", "domains_only", "auto_join"};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        json_key(&flags, off[i]);
        json_bool(&flags, false);
    }
    json_close(&flags, '}');
    return buffer_string(&flags);
}

enum err organizations_list(struct request *req)
{
    return REPLY_QUERY(req, 200, ERR_INTERNAL, organization_list, param_uuid(&identity_of(req)->user_id),
                       param_uuid(reach_organization(req)), param_uuid(reach_workspace(req)));
}

enum err organizations_get(struct request *req)
{
    struct uuid id;

    if (!uuid_parse_canonical(path_value(req, "organization_id"), &id))
        return ERR_ORGANIZATION_NOT_MEMBER;
    return REPLY_QUERY(req, 200, ERR_ORGANIZATION_NOT_MEMBER, organization_get, param_uuid(&id),
                       param_uuid(&identity_of(req)->user_id));
}

enum err organizations_contents(struct request *req)
{
    struct uuid id;

    if (!uuid_parse(path_value(req, "organization_id"), &id))
        return ERR_BAD_UUID;
    return REPLY_QUERY(req, 200, ERR_ORGANIZATION_NOT_OWNER, organization_contents, param_uuid(&id),
                       param_uuid(&identity_of(req)->user_id));
}

/* A text in its stored form: trimmed, NULL if nothing is left. */
static const char *stored_name(struct request *req, const char *text)
{
    const char *trimmed = text_trim(req->arena, text);

    return trimmed && *trimmed ? trimmed : NULL;
}

/* Whether the user may own organizations, decided by the stored address. */
static enum err may_create(struct request *req)
{
    struct result row;
    enum err err = OK;

    if (req->config->allowed_owners.count == 0)
        return OK;
    TRY(DB_RUN(req->db, organization_creator, &row, param_uuid(&identity_of(req)->user_id)));
    if (result_rows(&row) == 0)
        err = ERR_USER_NOT_FOUND;
    else if (!access_may_own(req->arena, req->config, result_text(&row, 0, ORGANIZATION_CREATOR_EMAIL)))
        err = ERR_ORGANIZATION_MAY_NOT_CREATE;
    result_clear(&row);
    return err;
}

enum err organization_add(struct request *req, const struct uuid *user_id, const char *name, const char *description,
                          struct result *row)
{
    const char *flags = organization_flags(req->arena, req->config);
    struct uuid ids[6];
    struct result own;
    enum err err;

    for (size_t i = 0; i < 6; i++)
        ids[i] = uuid_v7();
    err = DB_RUN(req->db, organization_create, &own, param_uuid(&ids[0]), param_text(name), param_text(description),
                 param_text(flags), param_uuid(user_id), param_uuid(&ids[1]), param_uuid(&ids[2]), param_uuid(&ids[3]),
                 param_uuid(&ids[4]), param_uuid(&ids[5]));
    if (!err && result_rows(&own) == 0)
        err = ERR_USER_NOT_FOUND;
    if (!err)
        err = default_rows_add(req->db, req->arena, req->config,
                               &(struct default_rows){.project = ids[2], .user = *user_id, .test_set = true}, 1);
    if (!err && row)
        *row = own;
    else
        result_clear(&own);
    return err;
}

enum err organizations_create(struct request *req)
{
    const char *name = stored_name(req, body_text(req, "name"));
    struct result row;
    enum err err;

    TRY(may_create(req));
    err = ERR_CONFLICT;
    for (int attempts = 0; err == ERR_CONFLICT && attempts < 3; attempts++) {
        db_rollback(req->db);
        TRY(db_begin(req->db));
        err = organization_add(req, &identity_of(req)->user_id, name, body_text(req, "description"), &row);
    }
    if (err)
        return err == ERR_CONFLICT ? ERR_INTERNAL : err;
    TRY(reply_result(req, 201, &row));
    return db_commit(req->db);
}

enum err organizations_update(struct request *req)
{
    const char *name = stored_name(req, body_text(req, "name"));
    const char *description = body_text(req, "description");
    struct uuid id;

    if (!name && (!description || !*description))
        return ERR_ORGANIZATION_NOTHING_TO_UPDATE;
    if (!uuid_parse(path_value(req, "organization_id"), &id))
        return ERR_BAD_UUID;
    return REPLY_QUERY(req, 200, ERR_ORGANIZATION_NOT_OWNER, organization_update, param_uuid(&id),
                       param_uuid(&identity_of(req)->user_id), param_bool(name != NULL), param_text(name),
                       param_bool(body_has(req, "description")), param_text(description));
}

/* The member who becomes the owner. `candidate` may be the id of a used invitation, as older consoles send it. */
static enum err find_new_owner(struct request *req, const struct uuid *organization, struct uuid *new_owner)
{
    struct uuid candidate;
    struct result row;
    enum err err = OK;

    if (!uuid_parse(path_value(req, "new_owner_id"), &candidate))
        return ERR_ORGANIZATION_TRANSFER_INVALID;
    TRY(DB_RUN(req->db, organization_candidate, &row, param_uuid(organization), param_uuid(&candidate)));
    if (result_rows(&row) == 0 || !result_uuid(&row, 0, ORGANIZATION_CANDIDATE_USER_ID, new_owner))
        err = ERR_ORGANIZATION_TRANSFER_INVALID;
    result_clear(&row);
    return err;
}

static enum err transfer(struct request *req, const struct uuid *organization, const struct uuid *new_owner)
{
    const struct param params[] = {param_uuid(organization), param_uuid(&identity_of(req)->user_id),
                                   param_uuid(new_owner)};

    if (uuid_equal(&identity_of(req)->user_id, new_owner))
        return db_run(req->db, &organization_touch, params, 2, NULL);
    TRY(db_run(req->db, &organization_demote, params, 3, NULL));
    return db_run(req->db, &organization_promote, params, 3, NULL);
}

static enum err reply_transferred(struct request *req, const struct uuid *organization, const struct uuid *new_owner)
{
    struct buffer body = buffer_make(req->arena, 1000);

    JSON_OBJECT(&body, member_uuid("organization_id", organization), member_uuid("owner_id", new_owner));
    return reply_buffer(req, 200, &body);
}

/*
 * Mails the previous owner that the organization is gone. `name` is NULL if that owner has not proven their address: it
 * may belong to a stranger, who must not be sent text that the account's user chose.
 */
static enum err notify(struct request *req, const char *title, const char *name, const char *done)
{
    const char *what =
        name ? talloc_asprintf(req->arena, "Your organization \"%s\" was %s, from %s.", name, done, req->client)
             : talloc_asprintf(req->arena, "An organization of yours was %s, from %s.", done, req->client);

    return what ? account_notify(req, &identity_of(req)->user_id, title, what, KEYS_UNSAID) : ERR_MEMORY;
}

static enum err load_name(struct request *req, const struct uuid *id, const char **name)
{
    struct result row;

    TRY(DB_RUN(req->db, organization_name, &row, param_uuid(id), param_uuid(&identity_of(req)->user_id)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    *name = result_text(&row, 0, ORGANIZATION_NAME_NAME);
    return OK;
}

enum err organizations_transfer(struct request *req)
{
    struct uuid id, new_owner;
    const char *name;

    if (!uuid_parse(path_value(req, "organization_id"), &id))
        return ERR_BAD_UUID;
    TRY(reauthentication_check(req));
    TRY(account_take_notice(req));
    TRY(db_begin(req->db));
    TRY(RUN_QUERY(req, ERR_ORGANIZATION_TRANSFER_NOT_OWNER, organization_lock, param_uuid(&id),
                  param_uuid(&identity_of(req)->user_id)));
    /* a deletion does not: it waits for holders of the organization's key */
    TRY(DB_RUN(req->db, organization_lock_workspaces, NULL, param_uuid(&id)));
    TRY(find_new_owner(req, &id, &new_owner));
    TRY(transfer(req, &id, &new_owner));
    TRY(load_name(req, &id, &name));
    TRY(notify(req, "Your organization has another owner", name, "transferred to another owner"));
    TRY(db_commit(req->db));
    return reply_transferred(req, &id, &new_owner);
}

/*
 * Refuses to delete a user's last organization. The user row is locked, so two concurrent deletions cannot both see
 * another one left.
 */
static enum err not_the_last(struct request *req)
{
    struct result row;
    enum err err = OK;

    TRY(DB_RUN(req->db, organization_owned, &row, param_uuid(&identity_of(req)->user_id)));
    if (result_int(&row, 0, ORGANIZATION_OWNED_OWNED) <= 1)
        err = ERR_ORGANIZATION_LAST;
    result_clear(&row);
    return err;
}

enum err organizations_delete(struct request *req)
{
    const struct uuid *user = &identity_of(req)->user_id;
    struct uuid id;
    const char *name;

    if (!uuid_parse(path_value(req, "organization_id"), &id))
        return ERR_BAD_UUID;
    TRY(reauthentication_check(req));
    TRY(account_take_notice(req));
    TRY(db_begin(req->db));
    TRY(RUN_QUERY(req, ERR_ORGANIZATION_NOT_OWNER, user_lock, param_uuid(user)));
    TRY(RUN_QUERY(req, ERR_ORGANIZATION_NOT_OWNER, organization_lock, param_uuid(&id), param_uuid(user)));
    TRY(not_the_last(req));
    TRY(load_name(req, &id, &name));
    TRY(DB_RUN(req->db, organization_delete, NULL, param_uuid(&id), param_uuid(user)));
    TRY(notify(req, "Your organization was deleted", name, "deleted with everything in it"));
    TRY(db_commit(req->db));
    return reply_detail(req, 200, "Organization deleted successfully");
}
