/* Lists the routes of the liveness and readiness checks. */
#ifndef ORGD_RUNTIME_ROUTES_H
#define ORGD_RUNTIME_ROUTES_H

#include "http/http.h"

/* Ends with a group without routes. */
extern const struct route_group runtime_routes[];

#endif
