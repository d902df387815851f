/* Takes a request through authentication, routing, validation and its handler to a reply. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/json.h"
#include "base/platform.h"
#include "http/client_address.h"
#include "http/cors.h"
#include "http/http.h"
#include "http/router.h"
#include "http/validate.h"

static void write_refusal(struct request *req, const struct error_row *row, struct buffer *body)
{
    if (row->status == 500 && req->group && req->group->internal_error) {
        req->group->internal_error(req, body);
        return;
    }
    json_open(body, '{');
    if (row->shape != SHAPE_BARE)
        json_key(body, "detail");
    if (row->shape == SHAPE_MESSAGE || row->shape == SHAPE_CODED)
        json_open(body, '{');
    if (row->shape == SHAPE_CODED) {
        json_key(body, "error");
        json_text(body, row->name);
    }
    if (row->shape != SHAPE_TEXT)
        json_key(body, "message");
    json_text(body, row->text);
    if (row->shape == SHAPE_MESSAGE || row->shape == SHAPE_CODED)
        json_close(body, '}');
    json_close(body, '}');
}

static void drop_headers_of_success(struct reply *reply)
{
    size_t kept = 0;

    for (size_t i = 0; i < reply->header_count; i++)
        if (!reply->headers[i].of_success)
            reply->headers[kept++] = reply->headers[i];
    reply->header_count = kept;
}

void dispatch_refuse(struct request *req, enum err err)
{
    const struct error_row *row = error_row(err);
    struct buffer body = buffer_make(req->arena, 4096);

    if (!req->error.code && row->status >= 500)
        (void)error_set(&req->error, err, "%s", row->name);
    if (row->status == 503 && err != ERR_UNCERTAIN) /* no Retry-After for an uncertain outcome: the client must check
                                                        before it repeats the request */
        (void)reply_header(req, "Retry-After", "1");
    drop_headers_of_success(&req->reply);
    write_refusal(req, row, &body);
    req->reply.content_type = NULL;
    if (reply_buffer(req, row->status, &body))
        (void)reply_json(req, 500, "{\"detail\":\"An internal error has occurred.\"}");
}

/* Ends a request. A failure is answered from its error row even if a reply was filled before, because the commit may
 * have failed after that. Only ERR_INVALID keeps its reply: its sender has filled it with the refusal. */
static void conclude(struct request *req, enum err err)
{
    if (!err && req->reply.status == 0)
        err = error_set(&req->error, ERR_INTERNAL, "the handler returned no answer");
    if (err && !(err == ERR_INVALID && req->reply.status))
        dispatch_refuse(req, err);
}

static enum err run_route(const struct application *app, struct request *req)
{
    if ((req->route->flags & ROUTE_NEEDS_SCOPE) && !app->has_scope(req))
        return ERR_NO_WORKSPACE;
    TRY(validate_request(req));
    if (app->permits && req->identity)
        TRY(app->permits(req));
    if (app->before_change && req->db && req->method != METHOD_GET && req->method != METHOD_HEAD)
        TRY(app->before_change(req));
    return req->route->handle(req);
}

static bool is_preflight(const struct request *req)
{
    return req->method == METHOD_OPTIONS && req->origin && req->preflight_method;
}

static bool is_available(const struct application *app)
{
    return !app->available || app->available();
}

/* The worker pool of a request that needs a worker. */
static enum worker_pool pool_of(const struct application *app, struct request *req)
{
    if (!is_available(app)) {
        dispatch_refuse(req, ERR_UNAVAILABLE);
        return POOL_NONE;
    }
    if (req->route && (req->route->flags & ROUTE_SLOW))
        return POOL_SLOW;
    return req->route && (req->route->flags & ROUTE_OUTBOUND) ? POOL_OUTBOUND : POOL_DEFAULT;
}

/* Finds the client's address. Runs once per request, because the result may itself be the address of a proxy. */
static void find_client(const struct application *app, struct request *req)
{
    if (!req->client_found)
        req->client = client_address(req->arena, &app->config->trusted_proxies, req->client, req->forwarded_for);
    req->client_found = true;
}

/* Whether the request is for a page; fills the reply then. */
static bool answered_as_page(const struct application *app, struct request *req)
{
    enum err err;

    if (!app->page || req->prefixed || (req->method != METHOD_GET && req->method != METHOD_HEAD) ||
        (req->accepts_html && route_is_read(app, req->path)))
        return false;
    err = app->page(req);
    if (err == ERR_AGAIN)
        return false;
    conclude(req, err);
    return true;
}

/* Refuses a body above the usual limits from a caller who is not authenticated. Only some routes accept such a body. */
static enum err check_sender(const struct application *app, struct request *req)
{
    enum caller_kind wanted = route_caller(app, req->path);
    enum err known = wanted == CALLER_NONE ? OK : app->authenticate_cached(req, wanted);

    if (known == ERR_AGAIN)
        req->limits = &body_limits_usual;
    else if (known && app->answered)
        app->answered(req, wanted, error_row(known)->status);
    return known == ERR_AGAIN ? OK : known;
}

enum err dispatch_admit(const struct application *app, struct request *req, size_t *body_max)
{
    enum err err = OK;

    find_client(app, req);
    req->limits = route_body_limits(app, req);
    if (req->limits->bytes > body_limits_usual.bytes)
        err = check_sender(app, req);
    *body_max = req->limits->bytes;
    return err;
}

static enum worker_pool begin(const struct application *app, struct request *req)
{
    enum caller_kind wanted = route_caller(app, req->path);
    enum err known, matched;

    find_client(app, req);
    if (is_preflight(req)) {
        conclude(req, cors_preflight(req));
        return POOL_NONE;
    }
    if (!validate_query_is_clean(req)) {
        dispatch_refuse(req, ERR_BAD_REQUEST);
        return POOL_NONE;
    }
    if (!route_is_served(app, req)) {
        dispatch_refuse(req, ERR_NOT_FOUND);
        return POOL_NONE;
    }
    if (answered_as_page(app, req))
        return POOL_NONE;
    matched = route_match(app, req);
    req->reply.header_count = 0; /* no refusal of an unknown caller reveals whether the route exists */
    known = wanted == CALLER_NONE ? OK : app->authenticate_cached(req, wanted);
    if (known && known != ERR_AGAIN) {
        req->route = NULL;
        req->group = NULL;
        dispatch_refuse(req, known);
        return POOL_NONE;
    }
    req->authenticated = !known;
    if (!req->authenticated)
        return pool_of(app, req);
    if (matched) {
        dispatch_refuse(req, route_match(app, req)); /* again, for its header fields */
        return POOL_NONE;
    }
    known = req->route->flags & ROUTE_INLINE ? run_route(app, req) : ERR_AGAIN;
    if (known == ERR_AGAIN)
        return pool_of(app, req);
    conclude(req, known);
    return POOL_NONE;
}

enum worker_pool dispatch_begin(const struct application *app, struct request *req)
{
    enum worker_pool pool = begin(app, req);

    if (pool == POOL_NONE && app->answered)
        app->answered(req, route_caller(app, req->path), req->reply.status);
    return pool;
}

void dispatch_finish(const struct application *app, struct request *req)
{
    enum caller_kind wanted = route_caller(app, req->path);
    enum err err =
        is_available(app) ? OK : ERR_UNAVAILABLE; /* availability may have changed while the request waited */

    /* the cached authentication may have changed too */
    if (!err && req->authenticated && wanted != CALLER_NONE)
        req->authenticated = !app->authenticate_cached(req, wanted);
    if (!err && !req->authenticated)
        err = app->authenticate(req, wanted);
    req->authenticated = !err;
    if (!err && !req->route)
        err = route_match(app, req);
    if (!err)
        err = run_route(app, req);
    if (err && error_row(err)->status >= 500 && req->db && !req->error.code)
        req->error = *db_error(req->db);
    if (req->db) {
        req->database_us = db_take_time_us(req->db);
        db_rollback(req->db); /* a failed handler may have left a transaction open */
    }
    conclude(req, err);
    if (app->answered)
        app->answered(req, route_caller(app, req->path), req->reply.status);
}
