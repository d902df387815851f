/* The routes of signing up and in, password reset and sessions, as the browser library calls them. */
#ifndef ORGD_SIGNIN_ROUTES_H
#define ORGD_SIGNIN_ROUTES_H

#include "http/http.h"

/* Ends with a group without routes. */
extern const struct route_group signin_routes[];

#endif
