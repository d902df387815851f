/* The deleting endpoints of the administration API. */
#ifndef ORGD_ADMIN_DELETE_ACCOUNTS_H
#define ORGD_ADMIN_DELETE_ACCOUNTS_H

#include "http/http.h"

/* DELETE /admin/accounts/: lists of ids and addresses; a dry run unless `dry_run` is false. */
enum err accounts_delete(struct request *req);
/* DELETE /admin/simple/accounts/: users with everything they own. */
enum err simple_accounts_delete(struct request *req);
/* DELETE of the object that the path names. */
enum err admin_user_delete(struct request *req);
enum err admin_identity_delete(struct request *req);
enum err admin_organization_delete(struct request *req);
enum err admin_workspace_delete(struct request *req);
enum err admin_project_delete(struct request *req);
enum err admin_api_key_delete(struct request *req);
/* Enterprise edition only, as in Agenta: 501 in the open edition. */
enum err admin_organization_membership_delete(struct request *req);
enum err admin_workspace_membership_delete(struct request *req);
enum err admin_project_membership_delete(struct request *req);

#endif
