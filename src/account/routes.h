/* The routes of a user's own profile and API keys. */
#ifndef ORGD_ACCOUNT_ROUTES_H
#define ORGD_ACCOUNT_ROUTES_H

#include "http/http.h"

/* The last group has no routes. */
extern const struct route_group account_routes[];

#endif
