/* The models of the administration API. */
#include "admin/models.h"

#include <string.h>

#include "admin/operation.h"
#include "base/json.h"
#include "base/utf8.h"
#include "tenancy/organizations.h"

enum { EMAIL_MAX_CHARACTERS = 320 }; /* RFC 3696: 64 before the @-sign, 255 after it */

#define TEXT_NULL(member)                                                                                              \
    {                                                                                                                  \
        .name = member, .type = FIELD_STRING, .nullable = true                                                         \
    }
#define TEXT_MUST(member)                                                                                              \
    {                                                                                                                  \
        .name = member, .type = FIELD_STRING, .required = true                                                         \
    }
#define NAME_NULL(member)                                                                                              \
    {                                                                                                                  \
        .name = member, .type = FIELD_STRING, .nullable = true, .max = NAME_MAX_CHARACTERS                             \
    }
#define NAME_MUST(member)                                                                                              \
    {                                                                                                                  \
        .name = member, .type = FIELD_STRING, .required = true, .max = NAME_MAX_CHARACTERS                             \
    }
#define FLAG_NULL(member)                                                                                              \
    {                                                                                                                  \
        .name = member, .type = FIELD_BOOL, .nullable = true                                                           \
    }
#define ANY_NULL(member)                                                                                               \
    {                                                                                                                  \
        .name = member, .type = FIELD_ANY_OBJECT, .nullable = true                                                     \
    }
#define OBJECT_NULL(member, of)                                                                                        \
    {                                                                                                                  \
        .name = member, .type = FIELD_OBJECT, .nullable = true, .model = &(of)                                         \
    }
#define OBJECT_MUST(member, of)                                                                                        \
    {                                                                                                                  \
        .name = member, .type = FIELD_OBJECT, .required = true, .model = &(of)                                         \
    }
#define LIST_NULL(member, of)                                                                                          \
    {                                                                                                                  \
        .name = member, .type = FIELD_LIST, .nullable = true, .model = &(of)                                           \
    }
#define MAP_NULL(member, of)                                                                                           \
    {                                                                                                                  \
        .name = member, .type = FIELD_MAP, .nullable = true, .model = &(of)                                            \
    }

static const char *exactly_one(const json_t *object)
{
    static const char *const members[] = {"ref", "id", "slug", "email"};
    int given = 0;

    for (size_t i = 0; i < 4; i++)
        given += json_is_string(json_object_get(object, members[i]));
    return given == 1 ? NULL : "Value error, Exactly one of 'ref', 'id', 'slug', or 'email' must be provided.";
}

/* One @ between two texts without invisible characters. Surrounding blanks are trimmed later. */
static bool is_address(const char *text)
{
    const char *end = text + strlen(text);
    bool local = false, sign = false, domain = false, over = false;

    while (text < end) {
        uint32_t point = 0;
        size_t bytes = utf8_read(text, end, &point);
        bool first = !local && !sign;

        text += bytes ? bytes : 1;
        if (utf8_space(point)) {
            over = !first;
            continue;
        }
        if (bytes == 0 || over || utf8_deceptive(point) || (point == '@' && sign))
            return false;
        if (point == '@')
            sign = true;
        else if (sign)
            domain = true;
        else
            local = true;
    }
    return local && sign && domain;
}

static const char *one_at_sign(const json_t *object)
{
    if (is_address(json_member_text(object, "email")))
        return NULL;
    return "Value error, An email address must have exactly one @-sign, with text on both sides.";
}

static const struct field ref_fields[] = {TEXT_NULL("ref"), TEXT_NULL("id"), TEXT_NULL("slug"), TEXT_NULL("email")};
static const struct model entity_ref = MODEL("EntityRef", ref_fields, exactly_one);

static const struct field option_fields[] = {
    {.name = "dry_run", .type = FIELD_BOOL, .nullable = true, .initial = "false"},
    {.name = "idempotency_key", .type = FIELD_STRING, .nullable = true, .max = IDEMPOTENCY_KEY_MAX_CHARACTERS},
    FLAG_NULL("create_identities"),
    FLAG_NULL("create_api_keys"),
    FLAG_NULL("return_api_keys"),
    {.name = "seed_defaults", .type = FIELD_BOOL, .nullable = true, .initial = "true"},
    TEXT_NULL("reason"),
};
static const struct model options = MODEL("AdminAccountCreateOptions", option_fields, NULL);

static const struct field user_fields[] = {
    {.name = "email", .type = FIELD_STRING, .required = true, .max = EMAIL_MAX_CHARACTERS},
    NAME_NULL("username"),
    NAME_NULL("name"),
    FLAG_NULL("is_admin"),
    FLAG_NULL("is_root"),
    ANY_NULL("metadata"),
};
static const struct model user_create = MODEL("AdminUserCreate", user_fields, one_at_sign);

static const struct field identity_fields[] = {
    OBJECT_NULL("user_ref", entity_ref),
    TEXT_MUST("method"),
    TEXT_MUST("subject"),
    TEXT_NULL("domain"),
    TEXT_NULL("email"),
    TEXT_NULL("password"),
    FLAG_NULL("verified"),
    TEXT_NULL("provider_user_id"),
    ANY_NULL("claims"),
};
static const struct model identity_create = MODEL("AdminUserIdentityCreate", identity_fields, NULL);

static const struct field organization_fields[] = {NAME_MUST("name"), NAME_NULL("slug"),
                                                   OBJECT_NULL("owner_user_ref", entity_ref), ANY_NULL("metadata")};
static const struct model organization_create_entry = MODEL("AdminOrganizationCreate", organization_fields, NULL);

static const struct field workspace_fields[] = {NAME_MUST("name"), NAME_NULL("slug"),
                                                OBJECT_MUST("organization_ref", entity_ref), ANY_NULL("metadata")};
static const struct model workspace_create = MODEL("AdminWorkspaceCreate", workspace_fields, NULL);

static const struct field project_fields[] = {NAME_MUST("name"),
                                              NAME_NULL("slug"),
                                              OBJECT_MUST("organization_ref", entity_ref),
                                              OBJECT_MUST("workspace_ref", entity_ref),
                                              FLAG_NULL("is_default"),
                                              ANY_NULL("metadata")};
static const struct model project_create_entry = MODEL("AdminProjectCreate", project_fields, NULL);

static const struct field organization_membership_fields[] = {OBJECT_MUST("organization_ref", entity_ref),
                                                              OBJECT_MUST("user_ref", entity_ref), TEXT_MUST("role")};
static const struct model organization_membership =
    MODEL("AdminOrganizationMembershipCreate", organization_membership_fields, NULL);
static const struct field workspace_membership_fields[] = {OBJECT_MUST("workspace_ref", entity_ref),
                                                           OBJECT_MUST("user_ref", entity_ref), TEXT_MUST("role")};
static const struct model workspace_membership =
    MODEL("AdminWorkspaceMembershipCreate", workspace_membership_fields, NULL);
static const struct field project_membership_fields[] = {OBJECT_MUST("project_ref", entity_ref),
                                                         OBJECT_MUST("user_ref", entity_ref), TEXT_MUST("role")};
static const struct model project_membership = MODEL("AdminProjectMembershipCreate", project_membership_fields, NULL);

static const struct field key_fields[] = {OBJECT_MUST("project_ref", entity_ref), OBJECT_MUST("user_ref", entity_ref),
                                          NAME_NULL("name"), TEXT_NULL("expires_at"), FLAG_NULL("restricted")};
static const struct model api_key_create_entry = MODEL("AdminApiKeyCreate", key_fields, NULL);

static const struct field subscription_fields[] = {TEXT_MUST("plan")};
static const struct model subscription_create = MODEL("AdminSubscriptionCreate", subscription_fields, NULL);

static const struct field account_fields[] = {
    OBJECT_NULL("options", options),
    OBJECT_MUST("user", user_create),
    LIST_NULL("user_identities", identity_create),
    OBJECT_NULL("organization", organization_create_entry),
    OBJECT_NULL("workspace", workspace_create),
    OBJECT_NULL("project", project_create_entry),
    LIST_NULL("organization_memberships", organization_membership),
    LIST_NULL("workspace_memberships", workspace_membership),
    LIST_NULL("project_memberships", project_membership),
    LIST_NULL("api_keys", api_key_create_entry),
    OBJECT_NULL("subscription", subscription_create),
};
static const struct model account_create_entry = MODEL("AdminSimpleAccountCreate", account_fields, NULL);

static const struct field simple_accounts_fields[] = {
    OBJECT_NULL("options", options),
    {.name = "accounts", .type = FIELD_MAP, .required = true, .model = &account_create_entry},
};
const struct model simple_accounts_body = MODEL("AdminSimpleAccountsCreate", simple_accounts_fields, NULL);

static const struct field accounts_fields[] = {
    OBJECT_NULL("options", options),
    MAP_NULL("users", user_create),
    MAP_NULL("user_identities", identity_create),
    MAP_NULL("organizations", organization_create_entry),
    MAP_NULL("workspaces", workspace_create),
    MAP_NULL("projects", project_create_entry),
    MAP_NULL("organization_memberships", organization_membership),
    MAP_NULL("workspace_memberships", workspace_membership),
    MAP_NULL("project_memberships", project_membership),
    MAP_NULL("api_keys", api_key_create_entry),
    MAP_NULL("subscriptions", subscription_create),
};
const struct model accounts_body = MODEL("AdminAccountsCreate", accounts_fields, NULL);

/* One object each, and the options. */
#define ONE(symbol, title, member, of)                                                                                 \
    static const struct field symbol##_fields[] = {OBJECT_NULL("options", options), OBJECT_MUST(member, of)};          \
    const struct model symbol = MODEL(title, symbol##_fields, NULL)
ONE(user_body, "AdminSimpleAccountsUsersCreate", "user", user_create);
ONE(organization_membership_body, "AdminSimpleAccountsOrganizationsMembershipsCreate", "membership",
    organization_membership);
ONE(workspace_body, "AdminSimpleAccountsWorkspacesCreate", "workspace", workspace_create);
ONE(workspace_membership_body, "AdminSimpleAccountsWorkspacesMembershipsCreate", "membership", workspace_membership);
ONE(project_body, "AdminSimpleAccountsProjectsCreate", "project", project_create_entry);
ONE(project_membership_body, "AdminSimpleAccountsProjectsMembershipsCreate", "membership", project_membership);
ONE(api_key_body, "AdminSimpleAccountsApiKeysCreate", "api_key", api_key_create_entry);

static const struct field identity_body_fields[] = {OBJECT_NULL("options", options),
                                                    OBJECT_MUST("user_ref", entity_ref),
                                                    OBJECT_MUST("user_identity", identity_create)};
const struct model identity_body = MODEL("AdminSimpleAccountsUsersIdentitiesCreate", identity_body_fields, NULL);

static const struct field organization_body_fields[] = {OBJECT_NULL("options", options),
                                                        OBJECT_MUST("organization", organization_create_entry),
                                                        OBJECT_NULL("owner", user_create)};
const struct model organization_body = MODEL("AdminSimpleAccountsOrganizationsCreate", organization_body_fields, NULL);

/* deletions, passwords, transfers */

#define STRINGS_NULL(member)                                                                                           \
    {                                                                                                                  \
        .name = member, .type = FIELD_STRING_LIST, .nullable = true                                                    \
    }
static const struct field delete_target_fields[] = {STRINGS_NULL("user_ids"), STRINGS_NULL("user_emails"),
                                                    STRINGS_NULL("organization_ids"), STRINGS_NULL("workspace_ids"),
                                                    STRINGS_NULL("project_ids")};
static const struct model delete_target = MODEL("AdminAccountsDeleteTarget", delete_target_fields, NULL);
static const struct field accounts_delete_fields[] = {
    OBJECT_MUST("target", delete_target),
    {.name = "dry_run", .type = FIELD_BOOL, .nullable = true, .initial = "true"},
    TEXT_NULL("reason"),
    TEXT_NULL("confirm")};
const struct model accounts_delete_body = MODEL("AdminAccountsDelete", accounts_delete_fields, NULL);

static const struct field delete_entry_fields[] = {OBJECT_MUST("user", entity_ref)};
static const struct model delete_entry = MODEL("AdminSimpleAccountDeleteEntry", delete_entry_fields, NULL);
static const struct field simple_delete_fields[] = {
    {.name = "accounts", .type = FIELD_MAP, .required = true, .model = &delete_entry},
    {.name = "dry_run", .type = FIELD_BOOL, .nullable = true, .initial = "false"},
    TEXT_NULL("reason"),
    TEXT_NULL("confirm")};
const struct model simple_accounts_delete_body = MODEL("AdminSimpleAccountsDelete", simple_delete_fields, NULL);

static const struct field reset_fields[] = {
    {.name = "user_identities", .type = FIELD_LIST, .required = true, .model = &identity_create}};
const struct model reset_password_body = MODEL("AdminSimpleAccountsUsersResetPassword", reset_fields, NULL);

static const struct field transfer_fields[] = {
    MAP_NULL("organizations", entity_ref),
    {.name = "users", .type = FIELD_MAP, .required = true, .model = &entity_ref},
    {.name = "include_workspaces", .type = FIELD_ALL_OR_LIST, .initial = "\"all\""},
    {.name = "include_projects", .type = FIELD_ALL_OR_LIST, .initial = "\"all\""},
    TEXT_NULL("reason"),
    FLAG_NULL("recovery")};
const struct model transfer_body = MODEL("AdminSimpleAccountsOrganizationsTransferOwnership", transfer_fields, NULL);

/* answers */

#define TIMESTAMPS TEXT_NULL("created_at"), TEXT_NULL("updated_at")

static const struct field user_read_fields[] = {
    TEXT_MUST("id"),       TEXT_MUST("uid"),     TEXT_MUST("email"), TEXT_NULL("username"), TEXT_NULL("name"),
    FLAG_NULL("is_admin"), FLAG_NULL("is_root"), TIMESTAMPS,         ANY_NULL("metadata"),
};
static const struct model user_read = MODEL("AdminUserRead", user_read_fields, NULL);
static const struct field identity_read_fields[] = {
    TEXT_NULL("id"),
    TEXT_MUST("user_id"),
    TEXT_MUST("method"),
    TEXT_MUST("subject"),
    TEXT_NULL("domain"),
    TEXT_NULL("email"),
    {.name = "status", .type = FIELD_STRING, .initial = "\"created\""},
    FLAG_NULL("verified"),
    TIMESTAMPS,
};
static const struct model identity_read = MODEL("AdminUserIdentityRead", identity_read_fields, NULL);
static const struct field organization_read_fields[] = {TEXT_MUST("id"),   TEXT_MUST("name"),
                                                        TEXT_NULL("slug"), TEXT_NULL("owner_user_id"),
                                                        TIMESTAMPS,        ANY_NULL("metadata")};
static const struct model organization_read = MODEL("AdminOrganizationRead", organization_read_fields, NULL);
static const struct field workspace_read_fields[] = {TEXT_MUST("id"),   TEXT_MUST("name"),
                                                     TEXT_NULL("slug"), TEXT_MUST("organization_id"),
                                                     TIMESTAMPS,        ANY_NULL("metadata")};
static const struct model workspace_read = MODEL("AdminWorkspaceRead", workspace_read_fields, NULL);
static const struct field project_read_fields[] = {
    TEXT_MUST("id"),           TEXT_MUST("name"),       TEXT_NULL("slug"), TEXT_MUST("organization_id"),
    TEXT_MUST("workspace_id"), FLAG_NULL("is_default"), TIMESTAMPS,        ANY_NULL("metadata")};
static const struct model project_read = MODEL("AdminProjectRead", project_read_fields, NULL);
#define MEMBERSHIP(scope) TEXT_MUST("id"), TEXT_MUST(scope), TEXT_MUST("user_id"), TEXT_MUST("role"), TIMESTAMPS
static const struct field organization_member_fields[] = {MEMBERSHIP("organization_id")};
static const struct model organization_member_read =
    MODEL("AdminOrganizationMembershipRead", organization_member_fields, NULL);
static const struct field workspace_member_fields[] = {MEMBERSHIP("workspace_id")};
static const struct model workspace_member_read = MODEL("AdminWorkspaceMembershipRead", workspace_member_fields, NULL);
static const struct field project_member_fields[] = {MEMBERSHIP("project_id")};
static const struct model project_member_read = MODEL("AdminProjectMembershipRead", project_member_fields, NULL);
static const struct field subscription_read_fields[] = {TEXT_MUST("plan"), FLAG_NULL("active")};
static const struct model subscription_read = MODEL("AdminSubscriptionRead", subscription_read_fields, NULL);

#define MAP_EMPTY(member, of)                                                                                          \
    {                                                                                                                  \
        .name = member, .type = FIELD_MAP, .model = &(of), .initial = "{}"                                             \
    }
static const struct field key_read_fields[] = {
    TEXT_NULL("id"),      TEXT_MUST("prefix"),       TEXT_NULL("name"),       TEXT_MUST("project_id"),
    TEXT_MUST("user_id"), TEXT_NULL("expires_at"),   TEXT_NULL("created_at"), TEXT_NULL("revoked_at"),
    TEXT_NULL("value"),   FLAG_NULL("returned_once")};
static const struct model api_key_read = MODEL("AdminApiKeyResponse", key_read_fields, NULL);

static const struct field simple_account_read_fields[] = {
    OBJECT_NULL("user", user_read),
    LIST_NULL("user_identities", identity_read),
    MAP_NULL("organizations", organization_read),
    MAP_NULL("workspaces", workspace_read),
    MAP_NULL("projects", project_read),
    LIST_NULL("organization_memberships", organization_member_read),
    LIST_NULL("workspace_memberships", workspace_member_read),
    LIST_NULL("project_memberships", project_member_read),
    MAP_NULL("subscriptions", subscription_read),
    {.name = "api_keys", .type = FIELD_STRING_MAP, .nullable = true},
};
static const struct model simple_account_read = MODEL("AdminSimpleAccountRead", simple_account_read_fields, NULL);
static const struct field account_read_fields[] = {
    MAP_EMPTY("users", user_read),
    MAP_EMPTY("user_identities", identity_read),
    MAP_EMPTY("organizations", organization_read),
    MAP_EMPTY("workspaces", workspace_read),
    MAP_EMPTY("projects", project_read),
    MAP_EMPTY("organization_memberships", organization_member_read),
    MAP_EMPTY("workspace_memberships", workspace_member_read),
    MAP_EMPTY("project_memberships", project_member_read),
    MAP_NULL("subscriptions", subscription_read),
    MAP_NULL("api_keys", api_key_read),
};
static const struct model account_read = MODEL("AdminAccountRead", account_read_fields, NULL);
static const struct field error_fields[] = {TEXT_MUST("code"), TEXT_MUST("message"), ANY_NULL("details")};
static const struct model structured_error = MODEL("AdminStructuredError", error_fields, NULL);
static const struct field simple_accounts_read_fields[] = {
    {.name = "accounts", .type = FIELD_MAP, .model = &simple_account_read},
    LIST_NULL("errors", structured_error),
};
const struct model simple_accounts_answer = MODEL("AdminSimpleAccountsResponse", simple_accounts_read_fields, NULL);
static const struct field accounts_read_fields[] = {
    {.name = "accounts", .type = FIELD_LIST, .model = &account_read},
    LIST_NULL("errors", structured_error),
};
const struct model accounts_answer = MODEL("AdminAccountsResponse", accounts_read_fields, NULL);

static const struct field deleted_entity_fields[] = {TEXT_MUST("id"), TEXT_NULL("ref")};
static const struct model deleted_entity = MODEL("AdminDeletedEntity", deleted_entity_fields, NULL);
static const struct field deleted_fields[] = {
    LIST_NULL("users", deleted_entity),
    LIST_NULL("user_identities", deleted_entity),
    LIST_NULL("organizations", deleted_entity),
    LIST_NULL("workspaces", deleted_entity),
    LIST_NULL("projects", deleted_entity),
    LIST_NULL("organization_memberships", deleted_entity),
    LIST_NULL("workspace_memberships", deleted_entity),
    LIST_NULL("project_memberships", deleted_entity),
    LIST_NULL("api_keys", deleted_entity),
};
static const struct model deleted_entities = MODEL("AdminDeletedEntities", deleted_fields, NULL);
static const struct field delete_read_fields[] = {
    {.name = "dry_run", .type = FIELD_BOOL, .initial = "false"},
    {.name = "deleted", .type = FIELD_OBJECT, .model = &deleted_entities, .initial = "{}"},
    OBJECT_NULL("skipped", deleted_entities),
    LIST_NULL("errors", structured_error),
};
const struct model delete_answer = MODEL("AdminDeleteResponse", delete_read_fields, NULL);
static const struct field transfer_read_fields[] = {{.name = "transferred", .type = FIELD_STRING_LIST, .initial = "[]"},
                                                    LIST_NULL("errors", structured_error)};
const struct model transfer_answer =
    MODEL("AdminSimpleAccountsOrganizationsTransferOwnershipResponse", transfer_read_fields, NULL);
