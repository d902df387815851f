/* Answers the health checks of load balancers: liveness and readiness. */
#include "runtime/routes.h"

#include "runtime/readiness.h"

enum { REPORT_MAX = 8 << 10 };

/* 200 while the program runs. */
static enum err health_alive(struct request *req)
{
    return reply_json(req, 200, "{\"status\":\"ok\"}");
}

/* 200 when both databases are reachable and current, otherwise 503 with the state of each. */
static enum err health_ready(struct request *req)
{
    struct buffer out = buffer_make(req->arena, REPORT_MAX);
    bool ready = readiness_report(&out);

    return reply_buffer(req, ready ? 200 : 503, &out);
}

/* clang-format off: one row per route */
static const struct route health_routes[] = {
    {METHOD_GET, "/health", "health_check", "Health Check", .flags = ROUTE_INLINE, .handle = health_alive},
    {METHOD_GET, "/health/ready", "health_ready", "Readiness: databases and revisions", .flags = ROUTE_INLINE,
     .handle = health_ready},
    {0},
};
/* clang-format on */

const struct route_group runtime_routes[] = {
    {.tag = "Status", .caller = CALLER_NONE, .routes = health_routes},
    {0},
};
