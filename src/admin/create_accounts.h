/* The creating endpoints of the administration API: each builds a graph and writes it. */
#ifndef ORGD_ADMIN_CREATE_ACCOUNTS_H
#define ORGD_ADMIN_CREATE_ACCOUNTS_H

#include "http/http.h"

/* POST /admin/accounts/: objects of all kinds, with references between them. */
enum err accounts_create(struct request *req);
/* POST /admin/simple/accounts/: users, each with an organization, a workspace, a project and a key. */
enum err simple_accounts_create(struct request *req);
/* POST /admin/simple/accounts/users/, .../users/identities/, .../organizations/ and so on: one object each. */
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
