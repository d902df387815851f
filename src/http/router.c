/* Matches paths and methods against the route tables. */
#include "http/router.h"

#include <string.h>
#include <talloc.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

const struct body_limits body_limits_open = {64 * KIB,
                                             {.depth = 32, .values = 2000, .members = 2000, .string = 64 * KIB}};
const struct body_limits body_limits_usual = {MIB, {.depth = 64, .values = 20000, .members = 20000, .string = MIB}};
/* An account of the administration API has about twenty values. */
const struct body_limits body_limits_bulk = {
    HTTP_BODY_MAX, {.depth = 64, .values = 400000, .members = 400000, .string = HTTP_BODY_MAX}};
const struct body_limits body_limits_texts = {HTTP_BODY_MAX,
                                              {.depth = 64, .values = 1000, .members = 1000, .string = HTTP_BODY_MAX}};

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

const struct route *route_next(const struct application *app, struct route_cursor *cursor)
{
    if (!cursor->list) {
        cursor->list = app->groups;
        cursor->group = *cursor->list;
        cursor->route = cursor->group ? cursor->group->routes : NULL;
    } else {
        cursor->route++;
    }
    while (cursor->group && (!cursor->route || !cursor->route->method)) {
        if (cursor->group->routes)
            cursor->group++;
        else
            cursor->group = *++cursor->list;
        cursor->route = cursor->group ? cursor->group->routes : NULL;
    }
    return cursor->group ? cursor->route : NULL;
}

const struct path_prefix *path_prefix_find(const struct path_prefix *rows, const char *path)
{
    for (const struct path_prefix *row = rows; row && row->prefix; row++) {
        size_t len = strlen(row->prefix);

        if (strncmp(path, row->prefix, len) == 0 && (!row->whole_segment || path[len] == '/' || path[len] == '\0'))
            return row;
    }
    return NULL;
}

enum caller_kind route_caller(const struct application *app, const char *path)
{
    const struct path_prefix *row = path_prefix_find(app->callers, path);

    return row ? row->caller : CALLER_USER;
}

bool route_is_served(const struct application *app, const struct request *req)
{
    const struct path_prefix *row = path_prefix_find(app->callers, req->path);

    if (!row || !row->is_private)
        return !req->is_private;
    return !req->prefixed && req->is_private == app->private_listener;
}

bool route_has_path_parameter(const char *pattern, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strchr(pattern, '{'); at; at = strchr(at + 1, '{'))
        if (strncmp(at + 1, name, len) == 0 && at[1 + len] == '}')
            return true;
    return false;
}

/* Whether a segment is left to match. The empty segment after a final slash does not count. */
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

        if (pattern[1] == '*')
            return true;
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
    if (reply_header(req, "Allow", buffer_string(&list)))
        return ERR_MEMORY;
    return ERR_METHOD_NOT_ALLOWED;
}

static bool is_alias(const struct application *app, const char *path)
{
    return app->alias && strncmp(path, app->alias, strlen(app->alias)) == 0;
}

static bool replace_alias(const struct application *app, struct request *req)
{
    if (is_alias(app, req->path))
        req->path = talloc_asprintf(req->arena, "%s%s", app->alias_of, req->path + strlen(app->alias));
    return req->path != NULL;
}

bool route_is_read(const struct application *app, const char *path)
{
    const char *values[PATH_PARAMETERS_MAX];
    size_t lengths[PATH_PARAMETERS_MAX];
    struct route_cursor at = {0};
    const struct route *route;

    if (is_alias(app, path))
        return true; /* no page has such a path */
    while ((route = route_next(app, &at)))
        if ((route->method & METHOD_GET) && (!route->active || route->active(app->config)) &&
            matches(route->path, path, values, lengths))
            return true;
    return false;
}

const struct body_limits *route_body_limits(const struct application *app, const struct request *req)
{
    const char *values[PATH_PARAMETERS_MAX];
    size_t lengths[PATH_PARAMETERS_MAX];
    struct route_cursor cursor = {0};
    const struct route *route;

    while ((route = route_next(app, &cursor)))
        if (route->limits && (route->method & req->method) && matches(route->path, req->path, values, lengths))
            return route->limits;
    return route_caller(app, req->path) == CALLER_NONE ? &body_limits_open : &body_limits_usual;
}

enum err route_match(const struct application *app, struct request *req)
{
    const char *values[PATH_PARAMETERS_MAX] = {NULL};
    size_t lengths[PATH_PARAMETERS_MAX] = {0};
    struct route_cursor at = {0};
    const struct route *route;
    unsigned allowed = 0;

    if (!replace_alias(app, req))
        return ERR_MEMORY;
    while ((route = route_next(app, &at))) {
        if (!matches(route->path, req->path, values, lengths) || (route->active && !route->active(app->config)))
            continue;
        if (route->method & req->method) {
            req->group = at.group;
            return keep_values(req, route, values, lengths);
        }
        allowed |= route->method;
    }
    return allowed ? not_allowed(req, allowed) : ERR_NOT_FOUND;
}
