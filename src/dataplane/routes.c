/* Lists the routes by which a data plane and its proxies ask about sessions and credentials. */
#include "dataplane/routes.h"

#include "dataplane/auth_core.h"
#include "dataplane/forward_auth.h"

/* clang-format off: one row per route */
static const struct route core_routes[] = {
    {METHOD_GET, "/core/apiversion", "core_versions", "Versions of the core driver interface",
     .flags = ROUTE_INLINE | ROUTE_HIDDEN, .active = config_auth_core, .handle = core_versions},
    {METHOD_GET, "/core/.well-known/jwks.json", "core_keys", "Keys that verify access tokens", .flags = ROUTE_HIDDEN,
     .active = config_auth_core, .handle = core_keys},
    {METHOD_GET, "/core/user/id", "core_user", "A login", .flags = ROUTE_INLINE | ROUTE_HIDDEN,
     .parameters = core_user_parameters, .active = config_auth_core, .handle = core_user},
    {METHOD_POST, "/core/recipe/session/verify", "core_verify_session", "Whether a session is valid",
     .flags = ROUTE_INLINE | ROUTE_HIDDEN, .body = &core_verify_body, .active = config_auth_core,
     .handle = core_verify_session},
    {0},
};

/* The second row is for proxies that append the path of the request. */
static const struct route forward_routes[] = {
    {METHOD_ANY, "/auth/forward", "forward_authenticate", "Forward authentication",
     .flags = ROUTE_INLINE | ROUTE_HIDDEN | ROUTE_WITHIN_PROJECT, .handle = forward_authenticate},
    {METHOD_ANY, "/auth/forward/*", "forward_authenticate_path", "Forward authentication of a path",
     .flags = ROUTE_INLINE | ROUTE_HIDDEN | ROUTE_WITHIN_PROJECT, .handle = forward_authenticate},
    {0},
};
/* clang-format on */

const struct route_group dataplane_routes[] = {
    {.tag = "Core", .caller = CALLER_NONE, .routes = core_routes},
    {.tag = "Access", .caller = CALLER_NONE, .routes = forward_routes},
    {0},
};
