/* The routes of a user's own profile and API keys. */
#ifndef ORGD_ACCOUNT_ROUTES_H
#define ORGD_ACCOUNT_ROUTES_H

#include "http/http.h"

/* Ends with a group without routes. */
extern const struct route_group account_routes[];

#endif
