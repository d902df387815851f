/* Workspaces: listing, and the roles there are (API-ACCOUNTS.md 5.1, 5.2). */
#ifndef ORGD_TENANCY_WORKSPACES_H
#define ORGD_TENANCY_WORKSPACES_H

#include "http/http.h"

extern const struct model workspace_answer;

enum err workspaces_list(struct request *req);
enum err workspaces_roles(struct request *req);

#endif
