/* The routes of sign-up, sign-in, password reset and sessions, as the browser library calls them. */
#ifndef ORGD_SIGNIN_ROUTES_H
#define ORGD_SIGNIN_ROUTES_H

#include "http/http.h"

/* The last group has no routes. */
extern const struct route_group signin_routes[];

#endif
