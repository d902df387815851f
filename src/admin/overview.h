/* Queries for the operator. */
#ifndef ORGD_ADMIN_OVERVIEW_H
#define ORGD_ADMIN_OVERVIEW_H

#include "db/db.h"

/* Columns of overview_organizations. */
enum { OVERVIEW_NAME, OVERVIEW_SLUG, OVERVIEW_OWNER, OVERVIEW_MEMBERS, OVERVIEW_CREATED, OVERVIEW_ID };

/* Columns of overview_default_project. */
enum { OVERVIEW_PROJECT_ID, OVERVIEW_PROJECT_NAME, OVERVIEW_PROJECT_ORGANIZATION };

/* All organizations, oldest first. Errors: those of db_run. */
enum err overview_organizations(struct db *db, struct result *rows) MUST_CHECK;

/*
 * The default project of a user: in the oldest organization and its oldest workspace of the user. No row: the
 * user has none.
 */
enum err overview_default_project(struct db *db, const char *email, struct result *rows) MUST_CHECK;

#endif
