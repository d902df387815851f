/* Workspaces: listing, the roles there are, and holding one while what is in it changes. */
#ifndef ORGD_TENANCY_WORKSPACES_H
#define ORGD_TENANCY_WORKSPACES_H

#include "http/http.h"

extern const struct model workspace_answer;

enum err workspaces_list(struct request *req);
enum err workspaces_roles(struct request *req);

/*
 * Holds a workspace until the open transaction ends, so that nobody else changes its projects, members and invitations;
 * `gone` when it is no more. Whoever needs more holds all of the organization's instead (members.c).
 */
enum err workspace_hold(struct request *req, const struct uuid *workspace, struct uuid *organization,
                        enum err gone) MUST_CHECK;

/* Whether the caller manages a held workspace as a member of its organization; `refusal` when not. */
enum err workspace_check_manager(struct request *req, const struct uuid *workspace, enum err refusal) MUST_CHECK;

/* The workspace `named` of an organization, or its oldest one when that is NULL; `none` when there is no such one. */
enum err workspace_find(struct request *req, const struct uuid *organization, const struct uuid *named,
                        struct uuid *workspace, enum err none) MUST_CHECK;

#endif
