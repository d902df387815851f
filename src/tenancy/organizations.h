/* Organizations: listing, details, creation, renaming, transfer, deletion. */
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
/* How many workspaces, projects, members, invitations and API keys a deletion would take along. */
enum err organizations_contents(struct request *req);
enum err organizations_create(struct request *req);
enum err organizations_update(struct request *req);
enum err organizations_transfer(struct request *req);
enum err organizations_delete(struct request *req);

/*
 * Adds an organization with its first workspace and project to the open transaction, or in one of its own, all owned by
 * one person. `name` NULL: the person's. `row` gets id, name and description as JSON, and may be NULL.
 * ERR_USER_NOT_FOUND for no person; ERR_CONFLICT when the slug is taken, which ends in the id: another call makes
 * another one.
 */
enum err organization_add(struct request *req, const struct uuid *person, const char *name, const char *description,
                          struct result *row) MUST_CHECK;

/* The flags of a new organization as JSON in `arena`: what sign-in methods this deployment offers. NULL without memory.
 */
const char *organization_flags(void *arena, const struct config *config);

#endif
