/* Accounts by script: people with their organization, workspace, project and key (API-ADMIN.md 6). */
#ifndef ORGD_PROVISIONING_ACCOUNTS_H
#define ORGD_PROVISIONING_ACCOUNTS_H

#include "http/http.h"

/* POST /admin/simple/accounts/: every account of the request, or none. */
enum err accounts_create(struct request *req);

#endif
