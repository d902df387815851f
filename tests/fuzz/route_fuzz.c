/*
 * Fuzzes the matching of paths against every route of the program; a regular expression per route gives the expected
 * result.
 */
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "fuzz.h"
#include "http/router.h"
#include "routes.h"

enum { ROUTES_MAX = 500 };

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("\0/health"),
    FUZZ_SEED("\1/organizations/"),
    FUZZ_SEED("\2/organizations/01a203fc-4c18-7000-8fbf-6932d8bc8d1e"),
    FUZZ_SEED("\1/organizations/a/transfer/b"),
    FUZZ_SEED("\3/organizations/a/workspaces/b/"),
    FUZZ_SEED("\4/projects/{project_id}"),
    FUZZ_SEED("\1/admin/accounts"),
    FUZZ_SEED("\5//"),
    FUZZ_SEED("\6/openapi.json"),
    {0},
};

static const struct config config;
static regex_t expressions[ROUTES_MAX];

/* `/a/{b}` becomes `^/a/([^/]+)/?$`. */
static void compile(void *arena, const char *path, regex_t *expression)
{
    struct buffer text = buffer_make(arena, 1000);

    buffer_char(&text, '^');
    for (const char *at = path; *at; at++) {
        if (*at == '{') {
            buffer_text(&text, "([^/]+)");
            at += strcspn(at, "}");
        } else if (*at == '.') {
            buffer_text(&text, "\\.");
        } else if (*at != '/' || at[1]) {
            buffer_char(&text, *at);
        }
    }
    buffer_text(&text, "/?$");
    require(regcomp(expression, buffer_string(&text), REG_EXTENDED) == 0);
}

static void compile_all(const struct application *app)
{
    void *arena = talloc_new(NULL);
    struct route_cursor at = {0};
    const struct route *route;
    size_t count = 0;

    while ((route = route_next(app, &at))) {
        require(count < ROUTES_MAX);
        compile(arena, route->path, &expressions[count++]);
    }
    (void)talloc_free(arena);
}

static void check_match(const struct request *req, const struct route *route, const regmatch_t *groups)
{
    require(req->route == route);
    for (size_t i = 0; i < PATH_PARAMETERS_MAX && groups[i + 1].rm_so >= 0; i++) {
        size_t len = (size_t)(groups[i + 1].rm_eo - groups[i + 1].rm_so);
        require(strlen(req->path_values[i]) == len);
        require(memcmp(req->path_values[i], req->path + groups[i + 1].rm_so, len) == 0);
    }
}

static void check_route(const struct application *app, struct request *req)
{
    regmatch_t groups[PATH_PARAMETERS_MAX + 1];
    enum err code = route_match(app, req);
    struct route_cursor at = {0};
    const struct route *route;
    unsigned allowed = 0;
    size_t count = 0;

    while ((route = route_next(app, &at))) {
        if (regexec(&expressions[count++], req->path, PATH_PARAMETERS_MAX + 1, groups, 0) != 0)
            continue;
        allowed |= route->method;
        if (route->method == req->method) {
            require(code == OK && req->group == at.group);
            check_match(req, route, groups);
            require(route->method != METHOD_GET || route_is_read(app, req->path));
            return;
        }
    }
    require(code == (allowed ? ERR_METHOD_NOT_ALLOWED : ERR_NOT_FOUND) && !req->route);
    require(req->reply.header_count == (allowed ? 1 : 0));
    for (unsigned method = METHOD_GET; allowed && method <= METHOD_OPTIONS; method *= 2)
        require(!(allowed & method) == !strstr(req->reply.headers[0].value, method_name(method)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct application app;
    struct request req = {.arena = NULL};

    if (!app.config) {
        app = application_make(&config);
        compile_all(&app);
    }
    if (size < 2 || data[1] != '/')
        return 0;
    req.arena = talloc_new(NULL);
    req.method = 1U << data[0] % 7;
    req.path = talloc_strndup(req.arena, (const char *)data + 1, size - 1);
    check_route(&app, &req);
    require(route_caller(&app, req.path) <= CALLER_USER);
    (void)talloc_free(req.arena);
    return 0;
}
