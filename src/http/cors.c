/* Implements CORS: allowed origins and the preflight answer. */
#include "http/cors.h"

#include <string.h>
#include <strings.h>

#include "base/site.h"

static const char allowed_methods[] = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

static bool is_development_origin(const struct cors_rules *rules, const char *origin)
{
    static const char scheme[] = "https://";
    size_t len = strlen(origin), suffix = strlen(rules->development_suffix);

    for (size_t i = 0; rules->development_origins[i]; i++)
        if (strcmp(origin, rules->development_origins[i]) == 0)
            return true;
    return len >= strlen(scheme) + suffix && strncmp(origin, scheme, strlen(scheme)) == 0 &&
           strcmp(origin + len - suffix, rules->development_suffix) == 0;
}

static bool origin_allowed(const struct request *req)
{
    const struct config *config = req->config;
    const char *origin = req->origin;

    if (config->web_url && site_has_origin(config->web_url, origin))
        return true;
    for (size_t i = 0; i < config->allowed_origins.count; i++)
        if (site_has_origin(config->allowed_origins.items[i], origin))
            return true;
    return config->development && is_development_origin(req->cors, origin);
}

/* Whether the origin is the address that the request was sent to. */
static bool is_host(const struct request *req, const char *origin)
{
    const char *host = request_header(req, "host");
    const char *colon = strstr(origin, "://");

    return host && colon && strcasecmp(colon + strlen("://"), host) == 0;
}

bool cors_is_foreign(const struct request *req)
{
    const char *relation = request_header(req, "sec-fetch-site");

    if (relation && (strcmp(relation, "same-origin") == 0 || strcmp(relation, "none") == 0))
        return false;
    if (!req->origin)
        return relation != NULL;
    return !origin_allowed(req) && !site_has_origin(req->config->api_url, req->origin) && !is_host(req, req->origin);
}

const char *cors_problem(const struct config_list *origins)
{
    for (size_t i = 0; i < origins->count; i++)
        if (!site_is_origin(origins->items[i]))
            return origins->items[i];
    return NULL;
}

void cors_apply(struct request *req)
{
    if (!req->origin || req->reply.no_cors)
        return;
    (void)reply_header(req, "Access-Control-Allow-Credentials", "true");
    if (origin_allowed(req))
        (void)reply_header(req, "Access-Control-Allow-Origin", req->origin);
}

/* Whether each name of the comma-separated list `wanted` is in the list `allowed`, ignoring case. */
static bool all_listed(const char *wanted, const char *allowed)
{
    while (*wanted) {
        size_t len = strcspn(wanted, ", \t");
        const char *at = allowed;
        while (len > 0 && *at && !(strncasecmp(at, wanted, len) == 0 && strchr(", ", at[len]))) {
            at += strcspn(at, ",");
            at += strspn(at, ", ");
        }
        if (len > 0 && !*at)
            return false;
        wanted += len;
        wanted += strspn(wanted, ", \t");
    }
    return true;
}

enum err cors_preflight(struct request *req)
{
    bool origin = origin_allowed(req);
    bool method = all_listed(req->preflight_method, allowed_methods);
    bool headers = !req->preflight_headers || all_listed(req->preflight_headers, req->cors->headers);
    struct buffer body = buffer_make(req->arena, 100);

    (void)reply_header(req, "Access-Control-Allow-Methods", allowed_methods);
    (void)reply_header(req, "Access-Control-Max-Age", "600");
    (void)reply_header(req, "Access-Control-Allow-Headers", req->cors->headers);
    req->reply.content_type = "text/plain; charset=utf-8";
    if (origin && method && headers)
        return reply_json(req, 200, "OK");
    buffer_text(&body, "Disallowed CORS ");
    buffer_text(&body, origin ? "" : "origin");
    buffer_format(&body, "%s%s", !origin && !method ? ", " : "", method ? "" : "method");
    buffer_format(&body, "%s%s", !(origin && method) && !headers ? ", " : "", headers ? "" : "headers");
    return reply_buffer(req, 400, &body);
}
