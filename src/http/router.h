/* Finds the route of a request, and the kind of caller that a path accepts. */
#ifndef ORGD_HTTP_ROUTER_H
#define ORGD_HTTP_ROUTER_H

#include "http/http.h"

/*
 * Sets req->route, req->group and req->path_values. A final slash is optional. ERR_NOT_FOUND, or ERR_METHOD_NOT_ALLOWED
 * with an `Allow` header (RFC 9110 10.2.1) in the reply.
 */
enum err route_match(const struct application *app, struct request *req) MUST_CHECK;

/* The limits of the body for the request's method and path; the default for an unknown path. */
const struct body_limits *route_body_limits(const struct application *app, const struct request *req);

/* Whether the path has a GET route. */
bool route_is_read(const struct application *app, const char *path);

/* The first of the rows that the path begins with; NULL when there is no such row. */
const struct path_prefix *path_prefix_find(const struct path_prefix *rows, const char *path);

/* The kind of caller that the path accepts, by app->callers. */
enum caller_kind route_caller(const struct application *app, const char *path);

/* Whether the listener that the request arrived at serves its path: see struct path_prefix. */
bool route_is_served(const struct application *app, const struct request *req);

/* Whether the path pattern has the parameter `name`. */
bool route_has_path_parameter(const char *pattern, const char *name);

/* A cursor over all routes of an application. Begin with a zeroed one. */
struct route_cursor {
    const struct route_group *const *list;
    const struct route_group *group; /* of the route that route_next returned last */
    const struct route *route;
};

/* The next route in the order of the tables, or NULL after the last. */
const struct route *route_next(const struct application *app, struct route_cursor *cursor);

#endif
