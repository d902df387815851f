/* Members: removed, leaving, given another role. */
#ifndef ORGD_TENANCY_MEMBERS_H
#define ORGD_TENANCY_MEMBERS_H

#include "http/http.h"

extern const struct model member_role_body;
extern const struct model member_role_answer;

/* Takes somebody out of a workspace: by who manages it, or by themselves. What they knew or made stays theirs no more.
 */
enum err members_remove(struct request *req);
enum err members_set_role(struct request *req);

#endif
