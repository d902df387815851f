/* The reach of a credential: an API key may be restricted to its project. */
#ifndef ORGD_AUTH_REACH_H
#define ORGD_AUTH_REACH_H

#include "http/http.h"

/*
 * struct application.permits. A restricted key may use the routes marked ROUTE_WITHIN_PROJECT, with the ids of its own
 * project, workspace and organization; otherwise ERR_KEY_RESTRICTED. ERR_KEY_MAY_NOT_OWN for any key on a
 * ROUTE_OWNERSHIP route if ORGD_API_KEYS_OWN_ORGANIZATIONS is off.
 */
enum err reach_permits(struct request *req) MUST_CHECK;

/*
 * The only project (workspace, organization) that the caller reaches, for statements that list or find; NULL for no
 * limit.
 */
const struct uuid *reach_project(const struct request *req);
const struct uuid *reach_workspace(const struct request *req);
const struct uuid *reach_organization(const struct request *req);

#endif
