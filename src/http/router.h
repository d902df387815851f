/* Finds the route of a request, and decides from a path who may call. */
#ifndef ORGD_HTTP_ROUTER_H
#define ORGD_HTTP_ROUTER_H

#include "http/http.h"

/*
 * Sets req->route, req->group and req->path_values. Both spellings of the final slash match. ERR_NOT_FOUND, or
 * ERR_METHOD_NOT_ALLOWED with an `Allow` header (RFC 9110 10.2.1) in the reply.
 */
enum err route_match(const struct application *app, struct request *req) MUST_CHECK;

/* What a body for the method and path of the request may be; of a path that is not there, the default. */
const struct body_limits *route_body_limits(const struct application *app, const struct request *req);

/* Whether there is a GET of that path. */
bool route_is_read(const struct application *app, const char *path);

/* Who may call the path, by app->callers. */
enum caller_kind route_caller(const struct application *app, const char *path);

/* Whether `name` is a parameter of the path pattern. */
bool route_has_path_parameter(const char *pattern, const char *name);

/* A walk through all routes of an application; begin with one that is all zero. */
struct route_cursor {
    const struct route_group *const *list;
    const struct route_group *group; /* of the route that route_next returned last */
    const struct route *route;
};

/* The next route in the order of the tables, or NULL after the last. */
const struct route *route_next(const struct application *app, struct route_cursor *cursor);

#endif
