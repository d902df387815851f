/* The routes of organizations, workspaces, projects, invitations, members and the permission check. */
#include "tenancy/routes.h"

#include "tenancy/acceptance.h"
#include "tenancy/invitations.h"
#include "tenancy/members.h"
#include "tenancy/organizations.h"
#include "tenancy/permissions.h"
#include "tenancy/projects.h"
#include "tenancy/workspaces.h"

static const struct field removal_parameters[] = {{.name = "email", .type = FIELD_STRING, .required = true}, {0}};
static const struct field accept_parameters[] = {{.name = "project_id", .type = FIELD_STRING, .required = true}, {0}};

/* clang-format off: one row per route */
static const struct route organization_routes[] = {
    {METHOD_GET, "/organizations", "list_organizations", "List Organizations", .flags = ROUTE_WITHIN_PROJECT,
     .answer = &organization_answer, .answer_kind = ANSWER_LIST, .handle = organizations_list},
    {METHOD_POST, "/organizations", "create_organization", "Create Organization", .status = 201,
     .body = &organization_create_body, .handle = organizations_create},
    {METHOD_GET, "/organizations/{organization_id}", "fetch_organization_details", "Fetch Organization Details",
     .flags = ROUTE_WITHIN_PROJECT, .answer = &organization_details_answer, .handle = organizations_get},
    {METHOD_PUT, "/organizations/{organization_id}", "update_organization", "Update Organization",
     .flags = ROUTE_WITHIN_PROJECT, .body = &organization_update_body, .handle = organizations_update},
    {METHOD_PATCH, "/organizations/{organization_id}", "patch_organization", "Update Organization",
     .flags = ROUTE_WITHIN_PROJECT, .body = &organization_update_body, .handle = organizations_update},
    {METHOD_DELETE, "/organizations/{organization_id}", "delete_organization", "Delete Organization",
     .flags = ROUTE_WITHIN_PROJECT | ROUTE_OWNERSHIP, .handle = organizations_delete},
    {METHOD_POST, "/organizations/{organization_id}/transfer/{new_owner_id}", "transfer_organization_ownership",
     "Transfer Organization Ownership", .flags = ROUTE_WITHIN_PROJECT | ROUTE_OWNERSHIP,
     .handle = organizations_transfer},
    {METHOD_GET, "/organizations/{organization_id}/contents", "count_organization_contents",
     "Count what a deletion of the organization deletes", .flags = ROUTE_WITHIN_PROJECT,
     .answer_kind = ANSWER_ANY_OBJECT, .handle = organizations_contents},
    {METHOD_POST, "/organizations/{organization_id}/workspaces/{workspace_id}/invite", "invite_user_to_workspace",
     "Invite User To Organization", .flags = ROUTE_WITHIN_PROJECT, .body = &invite_body, .body_kind = BODY_LIST,
     .handle = invitations_invite},
    {METHOD_POST, "/organizations/{organization_id}/workspaces/{workspace_id}/invite/resend", "resend_invitation",
     "Resend User Invitation To Organization", .flags = ROUTE_WITHIN_PROJECT, .body = &invite_resend_body,
     .handle = invitations_resend},
    {METHOD_POST, "/organizations/{organization_id}/workspaces/{workspace_id}/invite/accept", "accept_invitation",
     "Accept Organization Invitation", .flags = ROUTE_JOINS, .parameters = accept_parameters, .body = &acceptance_body,
     .handle = acceptance_accept},
    {METHOD_GET, "/organizations/{organization_id}/invitations", "list_invitations",
     "List pending invitations of an organization", .flags = ROUTE_WITHIN_PROJECT, .answer = &invitation_waiting_answer,
     .answer_kind = ANSWER_LIST, .handle = invitations_list},
    {METHOD_POST, "/organizations/{organization_id}/invitations", "create_invitations",
     "Invite many users: all of them or none", .flags = ROUTE_WITHIN_PROJECT, .status = 201,
     .body = &invitations_create_body, .answer = &invitation_made_answer, .answer_kind = ANSWER_LIST,
     .handle = invitations_create},
    {METHOD_DELETE, "/organizations/{organization_id}/invitations/{invitation_id}", "revoke_invitation",
     "Revoke an invitation", .flags = ROUTE_WITHIN_PROJECT, .handle = invitations_revoke},
    {METHOD_PATCH, "/organizations/{organization_id}/members/{user_id}", "set_member_role",
     "Change the role of a member", .flags = ROUTE_WITHIN_PROJECT, .body = &member_role_body,
     .answer = &member_role_answer, .handle = members_set_role},
    {0},
};

static const struct route workspace_routes[] = {
    {METHOD_GET, "/workspaces", "get_workspace", "Get Workspace", .flags = ROUTE_WITHIN_PROJECT,
     .answer = &workspace_answer, .answer_kind = ANSWER_LIST, .handle = workspaces_list},
    {METHOD_GET, "/workspaces/roles", "get_all_workspace_roles", "Get All Workspace Roles",
     .flags = ROUTE_INLINE | ROUTE_WITHIN_PROJECT, .answer_kind = ANSWER_STRING_MAPS, .handle = workspaces_roles},
    {METHOD_DELETE, "/workspaces/{workspace_id}/users", "remove_user_from_workspace", "Remove User From Workspace",
     .flags = ROUTE_WITHIN_PROJECT, .parameters = removal_parameters, .handle = members_remove},
    {0},
};

static const struct route invitation_routes[] = {
    {METHOD_GET, "/invitations", "list_my_invitations", "List my pending invitations",
     .answer = &invitation_mine_answer, .answer_kind = ANSWER_LIST, .handle = acceptance_list},
    {METHOD_POST, "/invitations/{invitation_id}/accept", "accept_my_invitation", "Accept an invitation",
     .body = &acceptance_by_id_body, .body_kind = BODY_OPTIONAL, .answer_kind = ANSWER_ANY_OBJECT,
     .handle = acceptance_accept_by_id},
    {METHOD_POST, "/invitations/{invitation_id}/decline", "decline_my_invitation", "Decline an invitation",
     .body = &acceptance_by_id_body, .body_kind = BODY_OPTIONAL, .answer_kind = ANSWER_ANY_OBJECT,
     .handle = acceptance_decline},
    {0},
};

static const struct route project_routes[] = {
    {METHOD_GET, "/projects", "get_projects", "Get Projects", .flags = ROUTE_WITHIN_PROJECT, .answer = &project_answer,
     .answer_kind = ANSWER_LIST, .handle = projects_list},
    {METHOD_POST, "/projects", "create_project", "Create Project", .flags = ROUTE_WITHIN_PROJECT, .status = 201,
     .body = &project_create_body, .answer = &project_answer, .handle = projects_create},
    {METHOD_GET, "/projects/{project_id}", "get_project", "Get Project", .flags = ROUTE_WITHIN_PROJECT,
     .answer = &project_answer, .handle = projects_get},
    {METHOD_PATCH, "/projects/{project_id}", "update_project", "Update Project", .flags = ROUTE_WITHIN_PROJECT,
     .parameters = project_id_parameter, .body = &project_update_body, .answer = &project_answer,
     .handle = projects_update},
    {METHOD_DELETE, "/projects/{project_id}", "delete_project", "Delete Project", .flags = ROUTE_WITHIN_PROJECT,
     .parameters = project_id_parameter, .handle = projects_delete},
    {0},
};

static const struct route permission_routes[] = {
    {METHOD_GET, "/access/permissions/check", "check_permissions", "Check Permissions",
     .flags = ROUTE_INLINE | ROUTE_NEEDS_SCOPE | ROUTE_WITHIN_PROJECT, .parameters = permission_check_parameters,
     .handle = permissions_check},
    {0},
};
/* clang-format on */

const struct route_group tenancy_routes[] = {
    {.tag = "Organizations", .caller = CALLER_USER, .routes = organization_routes},
    {.tag = "Workspaces", .caller = CALLER_USER, .routes = workspace_routes},
    {.tag = "Invitations", .caller = CALLER_USER, .routes = invitation_routes},
    {.tag = "Projects", .caller = CALLER_USER, .routes = project_routes},
    {.tag = "Access", .caller = CALLER_USER, .routes = permission_routes},
    {0},
};
