/* Workspaces: list, available roles, and the lock for changes of their contents. */
#ifndef ORGD_TENANCY_WORKSPACES_H
#define ORGD_TENANCY_WORKSPACES_H

#include "http/http.h"

extern const struct model workspace_answer;

enum err workspaces_list(struct request *req);
enum err workspaces_roles(struct request *req);

/*
 * Locks a workspace until the open transaction ends, so that nobody else changes its projects, members and invitations;
 * `gone` if it was deleted. A caller that needs more locks all workspaces of the organization instead (members.c).
 */
enum err workspace_lock_contents(struct request *req, const struct uuid *workspace, struct uuid *organization,
                                 enum err gone) MUST_CHECK;

/* Whether the caller manages a locked workspace as a member of its organization; otherwise `refusal`. */
enum err workspace_check_manager(struct request *req, const struct uuid *workspace, enum err refusal) MUST_CHECK;

/* The workspace `named` of an organization, or its oldest one if that is NULL; `none` if it does not exist. */
enum err workspace_find(struct request *req, const struct uuid *organization, const struct uuid *named,
                        struct uuid *workspace, enum err none) MUST_CHECK;

#endif
