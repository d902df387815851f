/* Matches paths and methods against the route tables. */
#include "http/router.h"

#include <string.h>
#include <talloc.h>

static const char *const public_prefixes[] = {
    "/health",
    "/docs",
    "/openapi.json",
    "/auth",
    "/billing/stripe/events/",
    "/tools/connections/callback",
    "/preview/tools/connections/callback",
};

static const struct {
    enum method method;
    const char *name;
} methods[] = {
    {METHOD_DELETE, "DELETE"}, {METHOD_GET, "GET"},   {METHOD_HEAD, "HEAD"}, {METHOD_OPTIONS, "OPTIONS"},
    {METHOD_PATCH, "PATCH"},   {METHOD_POST, "POST"}, {METHOD_PUT, "PUT"},
};

const char *method_name(enum method method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].method == method)
            return methods[i].name;
    return "?";
}

enum caller_kind route_caller(const char *path)
{
    for (size_t i = 0; i < sizeof public_prefixes / sizeof *public_prefixes; i++)
        if (strncmp(path, public_prefixes[i], strlen(public_prefixes[i])) == 0)
            return CALLER_NONE;
    if (strncmp(path, "/admin", 6) == 0 && (path[6] == '/' || path[6] == '\0'))
        return CALLER_ADMIN;
    return CALLER_USER;
}

bool route_has_path_parameter(const char *pattern, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strchr(pattern, '{'); at; at = strchr(at + 1, '{'))
        if (strncmp(at + 1, name, len) == 0 && at[1 + len] == '}')
            return true;
    return false;
}

/* A segment that is there to be matched: the empty one after a final slash is not. */
static bool has_segment(const char *at)
{
    return at[0] == '/' && at[1] != '\0';
}

static bool ends_segment(char c)
{
    return c == '/' || c == '\0';
}

static bool matches(const char *pattern, const char *path, const char *values[], size_t lengths[])
{
    size_t found = 0;

    while (has_segment(pattern) && has_segment(path)) {
        const char *segment = ++path;

        if (*++pattern == '{' && !ends_segment(*path)) {
            pattern += strcspn(pattern, "/");
            path += strcspn(path, "/");
            values[found] = segment;
            lengths[found++] = (size_t)(path - segment);
            continue;
        }
        for (; *pattern == *path && !ends_segment(*path); pattern++, path++)
            ;
        if (!ends_segment(*pattern) || !ends_segment(*path))
            return false;
    }
    return !has_segment(pattern) && !has_segment(path);
}

static enum err keep_values(struct request *req, const struct route *route, const char *values[], size_t lengths[])
{
    size_t count = 0;

    for (const char *at = route->path; *at; at++)
        count += *at == '{';
    for (size_t i = 0; i < count; i++) {
        req->path_values[i] = talloc_strndup(req->arena, values[i], lengths[i]);
        if (!req->path_values[i])
            return ERR_MEMORY;
    }
    req->route = route;
    return OK;
}

static enum err not_allowed(struct request *req, unsigned allowed)
{
    struct buffer list = buffer_make(req->arena, 100);

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (allowed & methods[i].method)
            buffer_format(&list, "%s%s", list.len ? ", " : "", methods[i].name);
    if (reply_header(req, "Allow", buffer_string(&list)) != OK)
        return ERR_MEMORY;
    return ERR_METHOD_NOT_ALLOWED;
}

/* Browsers may name the tenant, of which there is one: /auth/public/signin is /auth/signin (API-ACCOUNTS.md 3.2). */
static const char tenant[] = "/auth/public/";

static bool drop_tenant(struct request *req)
{
    if (strncmp(req->path, tenant, sizeof tenant - 1) == 0)
        req->path = talloc_asprintf(req->arena, "/auth/%s", req->path + sizeof tenant - 1);
    return req->path != NULL;
}

bool route_is_read(const struct application *app, const char *path)
{
    const char *values[PATH_PARAMETERS_MAX];
    size_t lengths[PATH_PARAMETERS_MAX];

    if (strncmp(path, tenant, sizeof tenant - 1) == 0)
        return true; /* no page is there */
    for (const struct route *const *table = app->tables; *table; table++)
        for (const struct route *route = *table; route->method; route++)
            if (route->method == METHOD_GET && (!route->active || route->active(app->config)) &&
                matches(route->path, path, values, lengths))
                return true;
    return false;
}

enum err route_match(const struct application *app, struct request *req)
{
    const char *values[PATH_PARAMETERS_MAX] = {NULL};
    size_t lengths[PATH_PARAMETERS_MAX] = {0};
    unsigned allowed = 0;

    if (!drop_tenant(req))
        return ERR_MEMORY;
    for (const struct route *const *table = app->tables; *table; table++) {
        for (const struct route *route = *table; route->method; route++) {
            if (!matches(route->path, req->path, values, lengths) || (route->active && !route->active(app->config)))
                continue;
            if (route->method == req->method)
                return keep_values(req, route, values, lengths);
            allowed |= route->method;
        }
    }
    return allowed ? not_allowed(req, allowed) : ERR_NOT_FOUND;
}
