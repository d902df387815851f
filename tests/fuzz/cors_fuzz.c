/* Fuzzes the CORS preflight: a line of origin, one of method, one of headers; with and without ORGD_DEVELOPMENT. */
#include <regex.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "fuzz.h"
#include "http/cors.h"
#include "routes.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("http://localhost:3000\nPUT\nauthorization, content-type"),
    FUZZ_SEED("https://a.vercel.app\nDELETE\nAccept,Accept-Language,,fdi-version ,\tRID"),
    FUZZ_SEED("https://.vercel.app\nGET\n"),
    FUZZ_SEED("https://vercel.app\nTRACE\nx-custom"),
    FUZZ_SEED("https://agenta.ai.evil.io\nGET, PUT\naccept language"),
    FUZZ_SEED("null\n\nAccept-"),
    FUZZ_SEED("https://app.acme.io\nPOST\nauthorization"),
    FUZZ_SEED("https://app.acme.io:443\nPOST\n"),
    FUZZ_SEED("http://lists.example:8080\nPOST\nrid"),
    FUZZ_SEED("http://lists.example:80800\nPOST\nrid"),
    {0},
};

static const char *const methods[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", NULL};
static const char *const headers[] = {"Accept",           "Accept-Language",
                                      "Content-Language", "Content-Type",
                                      "anti-csrf",        "authorization",
                                      "fdi-version",      "rid",
                                      "st-auth-mode",     NULL};

static bool is_among(const char *name, size_t len, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == len && strncasecmp(name, *names, len) == 0)
            return true;
    return false;
}

/* Whether each name of the list is among the allowed ones. */
static bool are_among(const char *list, const char *const *names)
{
    size_t len = 0;

    for (; *list; list++) {
        bool inside = *list != ',' && *list != ' ' && *list != '\t';
        len = inside ? len + 1 : 0;
        if (inside && (list[1] == '\0' || strchr(", \t", list[1])) && !is_among(list + 1 - len, len, names))
            return false;
    }
    return true;
}

static const char *const listed[] = {"http://lists.example:8080", "https://LISTS.example:443/"};
static const struct config open_config = {.web_url = "https://App.acme.io/console", .allowed_origins = {listed, 2}};
static const struct config development_config = {
    .web_url = "https://App.acme.io/console", .allowed_origins = {listed, 2}, .development = true};

static bool fits(regex_t *expression, const char *source, const char *text)
{
    if (expression->re_nsub == 0) /* each value has a group */
        require(regcomp(expression, source, REG_EXTENDED) == 0);
    return regexec(expression, text, 0, NULL, 0) == 0;
}

static bool is_origin(const struct config *config, const char *origin)
{
    static regex_t configured, development;

    return fits(&configured, "^(https://app\\.acme\\.io|http://lists\\.example:8080|https://lists\\.example)$",
                origin) ||
           (config->development && fits(&development,
                                        "^(http://(localhost|0\\.0\\.0\\.0):300[01]|https://(docs\\.)?agenta\\.ai|"
                                        "https://.*\\.vercel\\.app)$",
                                        origin));
}

static const char *header(const struct reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (strcmp(reply->headers[i].name, name) == 0)
            return reply->headers[i].value;
    return NULL;
}

static void check_preflight(struct request *req)
{
    bool origin = is_origin(req->config, req->origin);
    bool method = are_among(req->preflight_method, methods);
    bool names = !req->preflight_headers || are_among(req->preflight_headers, headers);
    const char *body;

    require(cors_preflight(req) == OK);
    cors_apply(req);
    body = req->reply.body;
    require(req->reply.status == (origin && method && names ? 200 : 400));
    require((strcmp(body, "OK") == 0) == (origin && method && names));
    require(!strstr(body, "origin") == origin);
    require(!strstr(body, "method") == method);
    require(!strstr(body, "headers") == names);
    require((header(&req->reply, "Access-Control-Allow-Origin") == req->origin) == origin);
    require(origin || !header(&req->reply, "Access-Control-Allow-Origin"));
}

/* A line as the request parser accepts it: without control characters. NULL at the end. */
static char *take_line(void *arena, const char **at, const char *end)
{
    const char *line = *at;
    size_t len = 0;
    char *copy;

    if (line == end)
        return NULL;
    while (line + len < end && line[len] != '\n')
        len++;
    *at = line + len < end ? line + len + 1 : end;
    copy = talloc_strndup(arena, line, len);
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < 0x20 && *c != '\t')
            *c = ' ';
    return copy;
}

static void check_with(const struct config *config, const char *at, const char *end)
{
    struct application app = application_make(config);
    struct request req = {.arena = talloc_new(NULL), .config = config, .cors = app.cors, .method = METHOD_OPTIONS};

    req.origin = take_line(req.arena, &at, end);
    req.preflight_method = take_line(req.arena, &at, end);
    req.preflight_headers = take_line(req.arena, &at, end);
    if (req.origin && req.preflight_method) /* otherwise it is not a preflight */
        check_preflight(&req);
    (void)talloc_free(req.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data;

    check_with(&open_config, at, at + size);
    check_with(&development_config, at, at + size);
    return 0;
}
