/* Organizations: list, details, creation, renaming, transfer, deletion. */
#ifndef ORGD_TENANCY_ORGANIZATIONS_H
#define ORGD_TENANCY_ORGANIZATIONS_H

#include "http/http.h"

enum { NAME_MAX_CHARACTERS = 255, DESCRIPTION_MAX_CHARACTERS = 4096 };

extern const struct model organization_create_body;
extern const struct model organization_update_body;
extern const struct model organization_answer;
extern const struct model organization_details_answer;

enum err organizations_list(struct request *req);
enum err organizations_get(struct request *req);
/* The numbers of workspaces, projects, members, invitations and API keys that a deletion would delete too. */
enum err organizations_contents(struct request *req);
enum err organizations_create(struct request *req);
enum err organizations_update(struct request *req);
enum err organizations_transfer(struct request *req);
enum err organizations_delete(struct request *req);

/*
 * Adds an organization with its first workspace and project, all owned by one user and the default rows of that, to
 * the open transaction. If `name` is NULL it gets the user's name. `row` gets id, name and description as JSON, and may
 * be NULL. ERR_USER_NOT_FOUND if the user does not exist. ERR_CONFLICT if the slug is taken: it ends in the id, so
 * another call makes another slug.
 */
enum err organization_add(struct request *req, const struct uuid *user_id, const char *name, const char *description,
                          struct result *row) MUST_CHECK;

/* The flags of a new organization as JSON in `arena`: the sign-in methods of this deployment. NULL without memory. */
const char *organization_flags(void *arena, const struct config *config);

#endif
