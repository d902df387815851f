/* Finds the route of a request, and tells from a path who may call. */
#ifndef ORGD_HTTP_ROUTER_H
#define ORGD_HTTP_ROUTER_H

#include "http/http.h"

/*
 * Sets req->route and req->path_values. Both spellings of the final slash match. ERR_NOT_FOUND, or
 * ERR_METHOD_NOT_ALLOWED with an `Allow` header (RFC 9110 10.2.1) in the reply.
 */
enum err route_match(const struct application *app, struct request *req) MUST_CHECK;

/* Whether there is a GET of that path. */
bool route_is_read(const struct application *app, const char *path);

/* Who may call is decided by the path alone, before routing, so that an unknown path tells a stranger nothing. */
enum caller_kind route_caller(const char *path);

/* Whether `name` is a parameter of the path pattern. */
bool route_has_path_parameter(const char *pattern, const char *name);

#endif
