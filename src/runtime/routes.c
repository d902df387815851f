/* Lists the routes of the liveness and readiness checks. */
#include "runtime/routes.h"

#include "runtime/health.h"

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
