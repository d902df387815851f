/* Every route, in one table: from it come the router, the OpenAPI document and the contract tests. */
#include "routes.h"

#include "account/api_keys.h"
#include "account/profile.h"
#include "admin/access_endpoints.h"
#include "admin/admin_key.h"
#include "admin/audit_endpoint.h"
#include "admin/create_accounts.h"
#include "admin/delete_accounts.h"
#include "admin/migrations.h"
#include "admin/models.h"
#include "admin/reset_password.h"
#include "admin/schemas.h"
#include "admin/transfer.h"
#include "audit/audit.h"
#include "auth/identity.h"
#include "console/console.h"
#include "http/openapi.h"
#include "policy/signin_methods.h"
#include "runtime/health.h"
#include "signin/codes.h"
#include "signin/discover.h"
#include "signin/passwords.h"
#include "signin/resets.h"
#include "signin/session_endpoints.h"
#include "signin/social.h"
#include "tenancy/acceptance.h"
#include "tenancy/invitations.h"
#include "tenancy/members.h"
#include "tenancy/organizations.h"
#include "tenancy/permissions.h"
#include "tenancy/projects.h"
#include "tenancy/workspaces.h"

static enum err openapi_show(struct request *req)
{
    struct application app = application_make(req->config);
    struct buffer out = buffer_make(req->arena, 1 << 20);
    enum err code = openapi_write(&app, &out);

    return code == OK ? reply_buffer(req, 200, &out) : code;
}

/* clang-format off: a row a route */
static const struct field organization_id[] = {{.name = "organization_id", .type = FIELD_STRING, .required = true}};
static const struct field transfer_ids[] = {{.name = "organization_id", .type = FIELD_STRING, .required = true},
                                            {.name = "new_owner_id", .type = FIELD_STRING, .required = true}};
static const struct field workspace_ids[] = {{.name = "organization_id", .type = FIELD_STRING, .required = true},
                                             {.name = "workspace_id", .type = FIELD_STRING, .required = true}};
static const struct field accept_parameters[] = {{.name = "organization_id", .type = FIELD_STRING, .required = true},
                                                 {.name = "workspace_id", .type = FIELD_STRING, .required = true},
                                                 {.name = "project_id", .type = FIELD_STRING, .required = true}};
static const struct field removal_parameters[] = {{.name = "workspace_id", .type = FIELD_STRING, .required = true},
                                                  {.name = "email", .type = FIELD_STRING, .required = true}};
static const struct field invitation_ids[] = {{.name = "organization_id", .type = FIELD_STRING, .required = true},
                                              {.name = "invitation_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_user_id[] = {{.name = "user_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_identity_ids[] = {{.name = "user_id", .type = FIELD_STRING, .required = true},
                                                  {.name = "identity_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_organization_id[] = {
    {.name = "organization_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_organization_membership_ids[] = {
    {.name = "organization_id", .type = FIELD_STRING, .required = true},
    {.name = "membership_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_workspace_id[] = {{.name = "workspace_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_workspace_membership_ids[] = {
    {.name = "workspace_id", .type = FIELD_STRING, .required = true},
    {.name = "membership_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_project_id[] = {{.name = "project_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_project_membership_ids[] = {
    {.name = "project_id", .type = FIELD_STRING, .required = true},
    {.name = "membership_id", .type = FIELD_STRING, .required = true}};
static const struct field admin_api_key_id[] = {{.name = "api_key_id", .type = FIELD_STRING, .required = true}};
static const struct field invitation_id[] = {{.name = "invitation_id", .type = FIELD_STRING, .required = true}};
static const struct field member_ids[] = {{.name = "organization_id", .type = FIELD_STRING, .required = true},
                                          {.name = "user_id", .type = FIELD_STRING, .required = true}};
static const struct field any_project_id[] = {{.name = "project_id", .type = FIELD_STRING, .required = true}};
static const struct field user_id[] = {{.name = "user_id", .type = FIELD_STRING, .required = true}};
static const struct field key_prefix[] = {{.name = "key_prefix", .type = FIELD_STRING, .required = true}};

#define PARAMETERS(list) .parameters = (list), .parameter_count = sizeof(list) / sizeof *(list)

static const struct route open_routes[] = {
    /* status */
    {METHOD_GET, "/health", CALLER_NONE, ROUTE_INLINE, "health_check", "Status", "Health Check", 200,
     .handle = health_alive},
    {METHOD_GET, "/health/ready", CALLER_NONE, ROUTE_INLINE, "health_ready", "Status",
     "Readiness: databases and revisions", 200, .handle = health_ready},
    {METHOD_GET, "/openapi.json", CALLER_NONE, ROUTE_INLINE | ROUTE_HIDDEN, "openapi", "Status", "This document", 200,
     .handle = openapi_show},

    /* organizations */
    {METHOD_GET, "/organizations", CALLER_USER, 0, "list_organizations", "Organizations", "List Organizations", 200,
     .answer = &organization_answer, .answer_kind = ANSWER_LIST, .handle = organizations_list},
    {METHOD_POST, "/organizations", CALLER_USER, 0, "create_organization", "Organizations", "Create Organization", 201,
     .body = &organization_create_body, .handle = organizations_create},
    {METHOD_GET, "/organizations/{organization_id}", CALLER_USER, 0, "fetch_organization_details", "Organizations",
     "Fetch Organization Details", 200, PARAMETERS(organization_id), .answer = &organization_details_answer,
     .handle = organizations_get},
    {METHOD_PUT, "/organizations/{organization_id}", CALLER_USER, 0, "update_organization", "Organizations",
     "Update Organization", 200, PARAMETERS(organization_id), .body = &organization_update_body,
     .handle = organizations_update},
    {METHOD_PATCH, "/organizations/{organization_id}", CALLER_USER, 0, "patch_organization", "Organizations",
     "Update Organization", 200, PARAMETERS(organization_id), .body = &organization_update_body,
     .handle = organizations_update},
    {METHOD_DELETE, "/organizations/{organization_id}", CALLER_USER, 0, "delete_organization", "Organizations",
     "Delete Organization", 200, PARAMETERS(organization_id), .handle = organizations_delete},
    {METHOD_POST, "/organizations/{organization_id}/transfer/{new_owner_id}", CALLER_USER, 0,
     "transfer_organization_ownership", "Organizations", "Transfer Organization Ownership", 200,
     PARAMETERS(transfer_ids), .handle = organizations_transfer},
    {METHOD_GET, "/organizations/{organization_id}/contents", CALLER_USER, 0, "count_organization_contents",
     "Organizations", "What goes with an organization when it is deleted", 200, PARAMETERS(organization_id),
     .answer_kind = ANSWER_ANY_OBJECT, .handle = organizations_contents},

    /* workspaces */
    {METHOD_GET, "/workspaces", CALLER_USER, 0, "get_workspace", "Workspaces", "Get Workspace", 200,
     .answer = &workspace_answer, .answer_kind = ANSWER_LIST, .handle = workspaces_list},
    {METHOD_GET, "/workspaces/roles", CALLER_USER, ROUTE_INLINE, "get_all_workspace_roles", "Workspaces",
     "Get All Workspace Roles", 200, .answer_kind = ANSWER_STRING_MAPS, .handle = workspaces_roles},

    {METHOD_DELETE, "/workspaces/{workspace_id}/users", CALLER_USER, 0, "remove_user_from_workspace", "Workspaces",
     "Remove User From Workspace", 200, PARAMETERS(removal_parameters), .handle = members_remove},

    /* invitations and members */
    {METHOD_POST, "/organizations/{organization_id}/workspaces/{workspace_id}/invite", CALLER_USER, 0,
     "invite_user_to_workspace", "Organizations", "Invite User To Organization", 200, PARAMETERS(workspace_ids),
     .body = &invite_body, .body_kind = BODY_LIST, .handle = invitations_invite},
    {METHOD_POST, "/organizations/{organization_id}/workspaces/{workspace_id}/invite/resend", CALLER_USER, 0,
     "resend_invitation", "Organizations", "Resend User Invitation To Organization", 200, PARAMETERS(workspace_ids),
     .body = &invite_resend_body, .handle = invitations_resend},
    {METHOD_POST, "/organizations/{organization_id}/workspaces/{workspace_id}/invite/accept", CALLER_USER, 0,
     "accept_invitation", "Organizations", "Accept Organization Invitation", 200, PARAMETERS(accept_parameters),
     .body = &acceptance_body, .handle = acceptance_accept},
    {METHOD_GET, "/organizations/{organization_id}/invitations", CALLER_USER, 0, "list_invitations", "Organizations",
     "Invitations to an organization that wait", 200, PARAMETERS(organization_id), .answer = &invitation_waiting_answer,
     .answer_kind = ANSWER_LIST, .handle = invitations_list},
    {METHOD_POST, "/organizations/{organization_id}/invitations", CALLER_USER, 0, "create_invitations", "Organizations",
     "Invite many: all of them or none", 201, PARAMETERS(organization_id), .body = &invitations_create_body,
     .answer = &invitation_made_answer, .answer_kind = ANSWER_LIST, .handle = invitations_create},
    {METHOD_DELETE, "/organizations/{organization_id}/invitations/{invitation_id}", CALLER_USER, 0, "revoke_invitation",
     "Organizations", "Revoke an invitation", 200, PARAMETERS(invitation_ids), .handle = invitations_revoke},
    {METHOD_PATCH, "/organizations/{organization_id}/members/{user_id}", CALLER_USER, 0, "set_member_role",
     "Organizations", "Give a member another role", 200, PARAMETERS(member_ids), .body = &member_role_body,
     .answer = &member_role_answer, .handle = members_set_role},
    {METHOD_GET, "/invitations", CALLER_USER, 0, "list_my_invitations", "Invitations",
     "Invitations that wait for the caller", 200, .answer = &invitation_mine_answer, .answer_kind = ANSWER_LIST,
     .handle = acceptance_list},
    {METHOD_POST, "/invitations/{invitation_id}/accept", CALLER_USER, 0, "accept_my_invitation", "Invitations",
     "Accept an invitation", 200, PARAMETERS(invitation_id), .body = &acceptance_by_id_body, .body_kind = BODY_OPTIONAL,
     .answer_kind = ANSWER_ANY_OBJECT, .handle = acceptance_accept_by_id},
    {METHOD_POST, "/invitations/{invitation_id}/decline", CALLER_USER, 0, "decline_my_invitation", "Invitations",
     "Decline an invitation", 200, PARAMETERS(invitation_id), .body = &acceptance_by_id_body,
     .body_kind = BODY_OPTIONAL, .answer_kind = ANSWER_ANY_OBJECT, .handle = acceptance_decline},

    /* projects */
    {METHOD_GET, "/projects", CALLER_USER, 0, "get_projects", "Projects", "Get Projects", 200,
     .answer = &project_answer, .answer_kind = ANSWER_LIST, .handle = projects_list},
    {METHOD_POST, "/projects", CALLER_USER, 0, "create_project", "Projects", "Create Project", 201,
     .body = &project_create_body, .answer = &project_answer, .handle = projects_create},
    {METHOD_GET, "/projects/{project_id}", CALLER_USER, 0, "get_project", "Projects", "Get Project", 200,
     PARAMETERS(any_project_id), .answer = &project_answer, .handle = projects_get},
    {METHOD_PATCH, "/projects/{project_id}", CALLER_USER, 0, "update_project", "Projects", "Update Project", 200,
     PARAMETERS(project_id_parameter), .body = &project_update_body, .answer = &project_answer,
     .handle = projects_update},
    {METHOD_DELETE, "/projects/{project_id}", CALLER_USER, 0, "delete_project", "Projects", "Delete Project", 200,
     PARAMETERS(project_id_parameter), .handle = projects_delete},

    /* API keys */
    {METHOD_GET, "/keys", CALLER_USER, ROUTE_NEEDS_SCOPE, "list_api_keys", "Keys", "List Api Keys", 200,
     .answer = &api_key_answer, .answer_kind = ANSWER_LIST, .handle = api_keys_list},
    {METHOD_POST, "/keys", CALLER_USER, ROUTE_NEEDS_SCOPE, "create_api_key", "Keys", "Create Api Key", 200,
     .answer_kind = ANSWER_STRING, .handle = api_keys_create},
    {METHOD_DELETE, "/keys/{key_prefix}", CALLER_USER, 0, "delete_api_key", "Keys", "Delete Api Key", 200,
     PARAMETERS(key_prefix), .answer_kind = ANSWER_ANY_OBJECT, .handle = api_keys_delete},

    /* profile */
    {METHOD_GET, "/profile", CALLER_USER, 0, "fetch_user_profile", "Users", "User Profile", 200,
     .handle = profile_show},
    {METHOD_PUT, "/profile/username", CALLER_USER, 0, "update_user_username", "Users", "Update User Username", 200,
     .body = &profile_username_body, .handle = profile_rename},
    {METHOD_POST, "/profile/reset-password", CALLER_USER, 0, "reset_user_password", "Users", "Reset User Password", 200,
     PARAMETERS(user_id), .handle = resets_link, .active = methods_password},
    {METHOD_DELETE, "/profile", CALLER_USER, ROUTE_INLINE, "delete_user_account", "Users", "Delete User Account", 200,
     .handle = profile_remove},

    /* access */
    {METHOD_GET, "/access/permissions/check", CALLER_USER, ROUTE_INLINE | ROUTE_NEEDS_SCOPE, "check_permissions",
     "Access", "Check Permissions", 200, .parameters = permission_check_parameters,
     .parameter_count = PERMISSION_CHECK_PARAMETERS, .handle = permissions_check},

    /* signing in: the browser interface, which its own library describes */
    {METHOD_GET, "/auth/loginmethods", CALLER_NONE, ROUTE_INLINE | ROUTE_HIDDEN, "login_methods", "Access",
     "Ways to sign in", 200, .handle = discover_methods},
    {METHOD_POST, "/auth/discover", CALLER_NONE, 0, "discover_access", "Access", "Discover", 200,
     .body = &discover_body, .answer = &discover_answer, .handle = discover_address},
    {METHOD_POST, "/auth/signup", CALLER_NONE, ROUTE_SLOW | ROUTE_HIDDEN, "sign_up", "Access",
     "Sign up with a password", 200, .handle = passwords_sign_up, .active = methods_password},
    {METHOD_POST, "/auth/signin", CALLER_NONE, ROUTE_SLOW | ROUTE_HIDDEN, "sign_in", "Access",
     "Sign in with a password", 200, .handle = passwords_sign_in, .active = methods_password},
    {METHOD_GET, "/auth/emailpassword/email/exists", CALLER_NONE, ROUTE_HIDDEN, "password_login_exists", "Access",
     "Whether an address has a password login", 200, .handle = discover_password_login, .active = methods_password},
    {METHOD_GET, "/auth/signup/email/exists", CALLER_NONE, ROUTE_HIDDEN, "password_login_exists_too", "Access",
     "The same", 200, .handle = discover_password_login, .active = methods_password},
    {METHOD_POST, "/auth/user/password/reset/token", CALLER_NONE, ROUTE_HIDDEN, "request_password_reset", "Access",
     "Ask for a password-reset link", 200, .handle = resets_request, .active = methods_password},
    {METHOD_POST, "/auth/user/password/reset", CALLER_NONE, ROUTE_SLOW | ROUTE_HIDDEN, "reset_password", "Access",
     "Set a new password", 200, .handle = resets_submit, .active = methods_password},
    {METHOD_POST, "/auth/signinup/code", CALLER_NONE, ROUTE_HIDDEN, "create_code", "Access", "Ask for a code", 200,
     .handle = codes_create, .active = methods_otp},
    {METHOD_POST, "/auth/signinup/code/resend", CALLER_NONE, ROUTE_HIDDEN, "resend_code", "Access",
     "Ask for another code", 200, .handle = codes_resend, .active = methods_otp},
    {METHOD_POST, "/auth/signinup/code/consume", CALLER_NONE, ROUTE_HIDDEN, "consume_code", "Access",
     "Sign in with a code", 200, .handle = codes_consume, .active = methods_otp},
    {METHOD_GET, "/auth/passwordless/email/exists", CALLER_NONE, ROUTE_HIDDEN, "code_login_exists", "Access",
     "Whether an address has signed in by code", 200, .handle = discover_code_login, .active = methods_otp},
    {METHOD_GET, "/auth/authorisationurl", CALLER_NONE, ROUTE_OUTBOUND | ROUTE_HIDDEN, "authorisation_url", "Access",
     "Address of a provider's sign-in page", 200, .active = methods_social, .handle = social_authorize},
    {METHOD_POST, "/auth/signinup", CALLER_NONE, ROUTE_OUTBOUND | ROUTE_HIDDEN, "sign_in_up", "Access",
     "Sign in with a provider", 200, .active = methods_social, .handle = social_sign_in},
    {METHOD_POST, "/auth/callback/apple", CALLER_NONE, ROUTE_HIDDEN, "apple_callback", "Access", "Return from Apple",
     303, .active = methods_social, .handle = social_apple_callback},

    /* sessions */
    {METHOD_POST, "/auth/session/refresh", CALLER_NONE, ROUTE_HIDDEN, "refresh_session", "Access",
     "New tokens for a session", 200, .handle = session_refresh},
    {METHOD_POST, "/auth/signout", CALLER_NONE, ROUTE_HIDDEN, "sign_out", "Access", "End a session", 200,
     .handle = session_sign_out},
    {METHOD_GET, "/auth/jwt/jwks.json", CALLER_NONE, ROUTE_HIDDEN, "list_signing_keys", "Access",
     "Keys that verify access tokens", 200, .handle = session_keys},
    {METHOD_GET, "/auth/.well-known/openid-configuration", CALLER_NONE, ROUTE_INLINE | ROUTE_HIDDEN,
     "discover_signing_keys", "Access", "Where those keys are", 200, .handle = session_discovery},
    {METHOD_GET, "/auth/access", CALLER_NONE, 0, "check_organization_access", "Access", "Check Organization Access",
     200, .parameters = session_access_parameters, .parameter_count = SESSION_ACCESS_PARAMETERS,
     .handle = session_access},
    {METHOD_PATCH, "/auth/session/identities", CALLER_NONE, 0, "update_session_identities", "Access",
     "Update Session Identities", 200, .body = &session_identities_body, .handle = session_identities},
    {METHOD_GET, "/auth/sessions", CALLER_NONE, 0, "list_sessions", "Access", "List my sessions", 200,
     .answer = &session_answer, .answer_kind = ANSWER_LIST, .handle = session_list},
    {METHOD_DELETE, "/auth/sessions", CALLER_NONE, 0, "end_other_sessions", "Access", "End my other sessions", 200,
     .answer_kind = ANSWER_ANY_OBJECT, .handle = session_revoke_others},
    {METHOD_DELETE, "/auth/sessions/{session_id}", CALLER_NONE, 0, "end_session", "Access", "End one of my sessions",
     200, .parameters = session_parameters, .parameter_count = SESSION_PARAMETERS, .answer_kind = ANSWER_ANY_OBJECT,
     .handle = session_revoke},

    /* administration */
    {METHOD_POST, "/admin/accounts/", CALLER_ADMIN, ROUTE_SLOW, "create_accounts", "Admin", "Create accounts", 200,
     .body = &accounts_body, .answer = &accounts_answer, .handle = accounts_create},
    {METHOD_POST, "/admin/simple/accounts/", CALLER_ADMIN, ROUTE_SLOW, "create_simple_accounts", "Admin",
     "Create simple accounts", 200, .body = &simple_accounts_body, .answer = &simple_accounts_answer,
     .handle = simple_accounts_create},
    {METHOD_POST, "/admin/simple/accounts/users/", CALLER_ADMIN, 0, "create_user", "Admin", "Create users", 200,
     .body = &user_body, .answer = &accounts_answer, .handle = admin_user_create},
    {METHOD_POST, "/admin/simple/accounts/users/identities/", CALLER_ADMIN, ROUTE_SLOW, "create_user_identity", "Admin",
     "Create user identities", 200, .body = &identity_body, .answer = &accounts_answer,
     .handle = admin_identity_create},
    {METHOD_POST, "/admin/simple/accounts/organizations/", CALLER_ADMIN, 0, "admin_create_organization", "Admin",
     "Create organizations", 200, .body = &organization_body, .answer = &accounts_answer,
     .handle = admin_organization_create},
    {METHOD_POST, "/admin/simple/accounts/organizations/memberships/", CALLER_ADMIN, 0,
     "create_organization_membership", "Admin", "Create organization memberships", 200,
     .body = &organization_membership_body, .answer = &accounts_answer, .handle = admin_organization_membership_create},
    {METHOD_POST, "/admin/simple/accounts/workspaces/", CALLER_ADMIN, 0, "create_workspace", "Admin",
     "Create workspaces", 200, .body = &workspace_body, .answer = &accounts_answer, .handle = admin_workspace_create},
    {METHOD_POST, "/admin/simple/accounts/workspaces/memberships/", CALLER_ADMIN, 0, "create_workspace_membership",
     "Admin", "Create workspace memberships", 200, .body = &workspace_membership_body, .answer = &accounts_answer,
     .handle = admin_workspace_membership_create},
    {METHOD_POST, "/admin/simple/accounts/projects/", CALLER_ADMIN, 0, "admin_create_project", "Admin",
     "Create projects", 200, .body = &project_body, .answer = &accounts_answer, .handle = admin_project_create},
    {METHOD_POST, "/admin/simple/accounts/projects/memberships/", CALLER_ADMIN, 0, "create_project_membership", "Admin",
     "Create project memberships", 200, .body = &project_membership_body, .answer = &accounts_answer,
     .handle = admin_project_membership_create},
    {METHOD_POST, "/admin/simple/accounts/api-keys/", CALLER_ADMIN, 0, "admin_create_api_key", "Admin",
     "Create API keys", 200, .body = &api_key_body, .answer = &accounts_answer, .handle = admin_api_key_create},
    {METHOD_DELETE, "/admin/accounts/", CALLER_ADMIN, 0, "delete_accounts", "Admin", "Delete accounts", 200,
     .body = &accounts_delete_body, .answer = &delete_answer, .handle = accounts_delete},
    {METHOD_DELETE, "/admin/simple/accounts/", CALLER_ADMIN, 0, "delete_simple_accounts", "Admin",
     "Delete simple accounts", 204, .body = &simple_accounts_delete_body, .handle = simple_accounts_delete},
    {METHOD_DELETE, "/admin/simple/accounts/users/{user_id}", CALLER_ADMIN, 0, "delete_user", "Admin", "Delete user",
     200, .parameters = admin_user_id, .parameter_count = 1, .answer = &delete_answer, .handle = admin_user_delete},
    {METHOD_DELETE, "/admin/simple/accounts/users/{user_id}/identities/{identity_id}", CALLER_ADMIN, 0,
     "delete_user_identity", "Admin", "Delete user identity", 200, .parameters = admin_identity_ids,
     .parameter_count = 2, .answer = &delete_answer, .handle = admin_identity_delete},
    {METHOD_DELETE, "/admin/simple/accounts/organizations/{organization_id}", CALLER_ADMIN, 0,
     "admin_delete_organization", "Admin", "Delete organization", 200, .parameters = admin_organization_id,
     .parameter_count = 1, .answer = &delete_answer, .handle = admin_organization_delete},
    {METHOD_DELETE, "/admin/simple/accounts/organizations/{organization_id}/memberships/{membership_id}", CALLER_ADMIN,
     0, "delete_organization_membership", "Admin", "Delete organization membership", 200,
     .parameters = admin_organization_membership_ids, .parameter_count = 2, .answer = &delete_answer,
     .handle = admin_organization_membership_delete},
    {METHOD_DELETE, "/admin/simple/accounts/workspaces/{workspace_id}", CALLER_ADMIN, 0, "delete_workspace", "Admin",
     "Delete workspace", 200, .parameters = admin_workspace_id, .parameter_count = 1, .answer = &delete_answer,
     .handle = admin_workspace_delete},
    {METHOD_DELETE, "/admin/simple/accounts/workspaces/{workspace_id}/memberships/{membership_id}", CALLER_ADMIN, 0,
     "delete_workspace_membership", "Admin", "Delete workspace membership", 200,
     .parameters = admin_workspace_membership_ids, .parameter_count = 2, .answer = &delete_answer,
     .handle = admin_workspace_membership_delete},
    {METHOD_DELETE, "/admin/simple/accounts/projects/{project_id}", CALLER_ADMIN, 0, "admin_delete_project", "Admin",
     "Delete project", 200, .parameters = admin_project_id, .parameter_count = 1, .answer = &delete_answer,
     .handle = admin_project_delete},
    {METHOD_DELETE, "/admin/simple/accounts/projects/{project_id}/memberships/{membership_id}", CALLER_ADMIN, 0,
     "delete_project_membership", "Admin", "Delete project membership", 200, .parameters = admin_project_membership_ids,
     .parameter_count = 2, .answer = &delete_answer, .handle = admin_project_membership_delete},
    {METHOD_DELETE, "/admin/simple/accounts/api-keys/{api_key_id}", CALLER_ADMIN, 0, "admin_delete_api_key", "Admin",
     "Delete API key", 200, .parameters = admin_api_key_id, .parameter_count = 1, .answer = &delete_answer,
     .handle = admin_api_key_delete},
    {METHOD_POST, "/admin/simple/accounts/reset-password", CALLER_ADMIN, ROUTE_SLOW, "admin_reset_password", "Admin",
     "Reset user password", 204, .body = &reset_password_body, .handle = passwords_reset},
    {METHOD_POST, "/admin/simple/accounts/transfer-ownership", CALLER_ADMIN, 0, "transfer_ownership", "Admin",
     "Transfer organization ownership", 204, .body = &transfer_body, .answer = &transfer_answer,
     .handle = ownership_transfer},
    {METHOD_GET, "/admin/audit", CALLER_ADMIN, 0, "list_changes", "Admin", "Who changed what", 200,
     .parameters = audit_parameters, .parameter_count = AUDIT_PARAMETERS, .answer = &audit_answer,
     .handle = audit_list},
    {METHOD_GET, "/admin/access/report", CALLER_ADMIN, 0, "report_access", "Admin",
     "Who may sign in and own organizations", 200, .answer = &access_report_answer, .handle = access_report_show},
    {METHOD_GET, "/admin/access/explain", CALLER_ADMIN, 0, "explain_access", "Admin",
     "Whether an address may sign in, and why", 200, .parameters = access_explain_parameters,
     .parameter_count = ACCESS_EXPLAIN_PARAMETERS, .answer = &access_explain_answer, .handle = access_explain_show},
    {METHOD_GET, "/admin/migrations", CALLER_ADMIN, ROUTE_OUTBOUND, "show_migrations", "Admin",
     "Where the migrations stand, and what the last upgrade left", 200, .answer_kind = ANSWER_ANY_OBJECT,
     .handle = migrations_show},
    {METHOD_GET, "/admin/migrations/plan", CALLER_ADMIN, ROUTE_OUTBOUND, "plan_migrations", "Admin",
     "What an upgrade would do", 200, .answer_kind = ANSWER_ANY_OBJECT, .handle = migrations_plan},
    {METHOD_GET, "/admin/schema/dump", CALLER_ADMIN, ROUTE_OUTBOUND, "dump_schema", "Admin",
     "Dump the schema of a database", 200, .parameters = schemas_dump_parameters,
     .parameter_count = SCHEMAS_DUMP_PARAMETERS, .answer = &schemas_dump_answer, .handle = schemas_dump},
    {METHOD_POST, "/admin/schema/diff", CALLER_ADMIN, ROUTE_OUTBOUND, "diff_schemas", "Admin",
     "Compare two dumps, or a dump and a database", 200, .parameters = schemas_diff_parameters,
     .parameter_count = SCHEMAS_DIFF_PARAMETERS, .body = &schemas_diff_body, .answer_kind = ANSWER_ANY_OBJECT,
     .handle = schemas_diff},
    {0},
};
/* clang-format on */

static const struct route *const tables[] = {open_routes, NULL};

struct application application_make(const struct config *config)
{
    return (struct application){
        .config = config,
        .tables = tables,
        .gzip = true,
        .recognize = admin_key_recognize,
        .authenticate = identity_authenticate,
        .has_scope = identity_has_scope,
        .before_change = audit_announce,
        .page = console_answer,
    };
}
