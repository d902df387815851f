/* The routes of the administration API. */
#include "admin/routes.h"

#include "admin/access_endpoints.h"
#include "admin/audit_endpoint.h"
#include "admin/create_accounts.h"
#include "admin/delete_accounts.h"
#include "admin/end_sessions.h"
#include "admin/internal_error.h"
#include "admin/migrations.h"
#include "admin/models.h"
#include "admin/reset_password.h"
#include "admin/schemas.h"
#include "admin/transfer.h"

/* clang-format off: a row a route */
static const struct route admin_rows[] = {
    {METHOD_POST, "/admin/accounts/", "create_accounts", "Create accounts", .flags = ROUTE_SLOW, .body = &accounts_body,
     .limits = &body_limits_bulk, .answer = &accounts_answer, .handle = accounts_create},
    {METHOD_POST, "/admin/simple/accounts/", "create_simple_accounts", "Create simple accounts", .flags = ROUTE_SLOW,
     .body = &simple_accounts_body, .limits = &body_limits_bulk, .answer = &simple_accounts_answer,
     .handle = simple_accounts_create},
    {METHOD_POST, "/admin/simple/accounts/users/", "create_user", "Create users", .body = &user_body,
     .answer = &accounts_answer, .handle = admin_user_create},
    {METHOD_POST, "/admin/simple/accounts/users/identities/", "create_user_identity", "Create user identities",
     .flags = ROUTE_SLOW, .body = &identity_body, .answer = &accounts_answer, .handle = admin_identity_create},
    {METHOD_POST, "/admin/simple/accounts/organizations/", "admin_create_organization", "Create organizations",
     .body = &organization_body, .answer = &accounts_answer, .handle = admin_organization_create},
    {METHOD_POST, "/admin/simple/accounts/organizations/memberships/", "create_organization_membership",
     "Create organization memberships", .body = &organization_membership_body, .answer = &accounts_answer,
     .handle = admin_organization_membership_create},
    {METHOD_POST, "/admin/simple/accounts/workspaces/", "create_workspace", "Create workspaces",
     .body = &workspace_body, .answer = &accounts_answer, .handle = admin_workspace_create},
    {METHOD_POST, "/admin/simple/accounts/workspaces/memberships/", "create_workspace_membership",
     "Create workspace memberships", .body = &workspace_membership_body, .answer = &accounts_answer,
     .handle = admin_workspace_membership_create},
    {METHOD_POST, "/admin/simple/accounts/projects/", "admin_create_project", "Create projects", .body = &project_body,
     .answer = &accounts_answer, .handle = admin_project_create},
    {METHOD_POST, "/admin/simple/accounts/projects/memberships/", "create_project_membership",
     "Create project memberships", .body = &project_membership_body, .answer = &accounts_answer,
     .handle = admin_project_membership_create},
    {METHOD_POST, "/admin/simple/accounts/api-keys/", "admin_create_api_key", "Create API keys", .body = &api_key_body,
     .answer = &accounts_answer, .handle = admin_api_key_create},
    {METHOD_DELETE, "/admin/accounts/", "delete_accounts", "Delete accounts", .body = &accounts_delete_body,
     .limits = &body_limits_bulk, .answer = &delete_answer, .handle = accounts_delete},
    {METHOD_DELETE, "/admin/simple/accounts/", "delete_simple_accounts", "Delete simple accounts", .status = 204,
     .body = &simple_accounts_delete_body, .limits = &body_limits_bulk, .handle = simple_accounts_delete},
    {METHOD_DELETE, "/admin/simple/accounts/users/{user_id}", "delete_user", "Delete user", .answer = &delete_answer,
     .handle = admin_user_delete},
    {METHOD_DELETE, "/admin/simple/accounts/users/{user_id}/sessions", "end_user_sessions",
     "End all sessions of a user", .answer_kind = ANSWER_ANY_OBJECT, .handle = sessions_end_by_id},
    {METHOD_DELETE, "/admin/simple/accounts/users/{user_id}/identities/{identity_id}", "delete_user_identity",
     "Delete user identity", .answer = &delete_answer, .handle = admin_identity_delete},
    {METHOD_DELETE, "/admin/simple/accounts/organizations/{organization_id}", "admin_delete_organization",
     "Delete organization", .answer = &delete_answer, .handle = admin_organization_delete},
    {METHOD_DELETE, "/admin/simple/accounts/organizations/{organization_id}/memberships/{membership_id}",
     "delete_organization_membership", "Delete organization membership", .answer = &delete_answer,
     .handle = admin_organization_membership_delete},
    {METHOD_DELETE, "/admin/simple/accounts/workspaces/{workspace_id}", "delete_workspace", "Delete workspace",
     .answer = &delete_answer, .handle = admin_workspace_delete},
    {METHOD_DELETE, "/admin/simple/accounts/workspaces/{workspace_id}/memberships/{membership_id}",
     "delete_workspace_membership", "Delete workspace membership", .answer = &delete_answer,
     .handle = admin_workspace_membership_delete},
    {METHOD_DELETE, "/admin/simple/accounts/projects/{project_id}", "admin_delete_project", "Delete project",
     .answer = &delete_answer, .handle = admin_project_delete},
    {METHOD_DELETE, "/admin/simple/accounts/projects/{project_id}/memberships/{membership_id}",
     "delete_project_membership", "Delete project membership", .answer = &delete_answer,
     .handle = admin_project_membership_delete},
    {METHOD_DELETE, "/admin/simple/accounts/api-keys/{api_key_id}", "admin_delete_api_key", "Delete API key",
     .answer = &delete_answer, .handle = admin_api_key_delete},
    {METHOD_POST, "/admin/simple/accounts/reset-password", "admin_reset_password", "Reset user password",
     .flags = ROUTE_SLOW, .status = 204, .body = &reset_password_body, .handle = passwords_reset},
    {METHOD_POST, "/admin/simple/accounts/transfer-ownership", "transfer_ownership", "Transfer organization ownership",
     .status = 204, .body = &transfer_body, .answer = &transfer_answer, .handle = ownership_transfer},
    {METHOD_GET, "/admin/audit", "list_changes", "Who changed what", .parameters = audit_parameters,
     .answer = &audit_answer, .handle = audit_list},
    {METHOD_GET, "/admin/access/report", "report_access", "Who may sign in and own organizations",
     .answer = &access_report_answer, .handle = access_report_show},
    {METHOD_GET, "/admin/access/explain", "explain_access", "Whether an address may sign in, and why",
     .parameters = access_explain_parameters, .answer = &access_explain_answer, .handle = access_explain_show},
    {METHOD_GET, "/admin/migrations", "show_migrations", "Where the migrations stand, and what the last upgrade left",
     .flags = ROUTE_OUTBOUND, .answer_kind = ANSWER_ANY_OBJECT, .handle = migrations_show},
    {METHOD_GET, "/admin/migrations/plan", "plan_migrations", "What an upgrade would do", .flags = ROUTE_OUTBOUND,
     .answer_kind = ANSWER_ANY_OBJECT, .handle = migrations_plan},
    {METHOD_GET, "/admin/schema/dump", "dump_schema", "Dump the schema of a database", .flags = ROUTE_OUTBOUND,
     .parameters = schemas_dump_parameters, .answer = &schemas_dump_answer, .handle = schemas_dump},
    {METHOD_POST, "/admin/schema/diff", "diff_schemas", "Compare two dumps, or a dump and a database",
     .flags = ROUTE_OUTBOUND, .parameters = schemas_diff_parameters, .body = &schemas_diff_body,
     .limits = &body_limits_texts, .answer_kind = ANSWER_ANY_OBJECT, .handle = schemas_diff},
    {0},
};
/* clang-format on */

const struct route_group admin_routes[] = {
    {.tag = "Admin", .caller = CALLER_ADMIN, .routes = admin_rows, .internal_error = admin_internal_error},
    {0},
};
