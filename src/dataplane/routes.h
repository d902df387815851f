/* The routes by which a data plane and its proxies ask about sessions and credentials. */
#ifndef ORGD_DATAPLANE_ROUTES_H
#define ORGD_DATAPLANE_ROUTES_H

#include "http/http.h"

/* Ends with a group without routes. */
extern const struct route_group dataplane_routes[];

#endif
