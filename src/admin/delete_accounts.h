/* The endpoints of the administration that delete. */
#ifndef ORGD_ADMIN_DELETE_ACCOUNTS_H
#define ORGD_ADMIN_DELETE_ACCOUNTS_H

#include "http/http.h"

/* DELETE /admin/accounts/: by lists of ids and addresses; a rehearsal unless `dry_run` says no. */
enum err accounts_delete(struct request *req);
/* DELETE /admin/simple/accounts/: people, each with what they own. */
enum err simple_accounts_delete(struct request *req);
/* DELETE of one thing, named by the last part of the path. */
enum err admin_user_delete(struct request *req);
enum err admin_identity_delete(struct request *req);
enum err admin_organization_delete(struct request *req);
enum err admin_workspace_delete(struct request *req);
enum err admin_project_delete(struct request *req);
enum err admin_api_key_delete(struct request *req);
/* Enterprise edition only, as in the original: 501 in the other one. */
enum err admin_organization_membership_delete(struct request *req);
enum err admin_workspace_membership_delete(struct request *req);
enum err admin_project_membership_delete(struct request *req);

#endif
