/* Members: removal, leaving, change of role. */
#ifndef ORGD_TENANCY_MEMBERS_H
#define ORGD_TENANCY_MEMBERS_H

#include "http/http.h"

extern const struct model member_role_body;
extern const struct model member_role_answer;

/*
 * Removes a user from a workspace: by a user who manages it, or by the user themselves. The API keys that they made
 * there are deleted too.
 */
enum err members_remove(struct request *req);
enum err members_set_role(struct request *req);

#endif
