/* The endpoints of the administration that create: each describes a graph and writes it. */
#ifndef ORGD_ADMIN_CREATE_ACCOUNTS_H
#define ORGD_ADMIN_CREATE_ACCOUNTS_H

#include "http/http.h"

/* POST /admin/accounts/: everything at once, with references between the parts. */
enum err accounts_create(struct request *req);
/* POST /admin/simple/accounts/: people with an organization, a workspace, a project and a key each. */
enum err simple_accounts_create(struct request *req);
/* POST /admin/simple/accounts/users/, .../users/identities/, .../organizations/ and so on: one thing each. */
enum err admin_user_create(struct request *req);
enum err admin_identity_create(struct request *req);
enum err admin_organization_create(struct request *req);
enum err admin_organization_membership_create(struct request *req);
enum err admin_workspace_create(struct request *req);
enum err admin_workspace_membership_create(struct request *req);
enum err admin_project_create(struct request *req);
enum err admin_project_membership_create(struct request *req);
enum err admin_api_key_create(struct request *req);

#endif
