/* The routes of the administration API. */
#ifndef ORGD_ADMIN_ROUTES_H
#define ORGD_ADMIN_ROUTES_H

#include "http/http.h"

/* Ends with a group without routes. */
extern const struct route_group admin_routes[];

#endif
