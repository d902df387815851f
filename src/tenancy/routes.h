/* The routes of organizations, workspaces, projects, invitations, members and the permission check. */
#ifndef ORGD_TENANCY_ROUTES_H
#define ORGD_TENANCY_ROUTES_H

#include "http/http.h"

/* The last group has no routes. */
extern const struct route_group tenancy_routes[];

#endif
