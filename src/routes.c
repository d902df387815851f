/* The application: the route groups of all modules, and the hooks of the server. */
#include "routes.h"

#include "account/routes.h"
#include "admin/admin_key.h"
#include "admin/routes.h"
#include "audit/audit.h"
#include "audit/events.h"
#include "auth/identity.h"
#include "auth/reach.h"
#include "console/console.h"
#include "http/openapi.h"
#include "runtime/routes.h"
#include "signin/routes.h"
#include "tenancy/edition.h"
#include "tenancy/routes.h"

static enum err openapi_show(struct request *req)
{
    struct application app = application_make(req->config);

    return openapi_reply(&app, req);
}

static const struct route document_routes[] = {
    {METHOD_GET, "/openapi.json", "openapi", "This document", .flags = ROUTE_INLINE | ROUTE_HIDDEN,
     .handle = openapi_show},
    {0},
};

static const struct route_group program_routes[] = {
    {.tag = "Status", .caller = CALLER_NONE, .routes = document_routes},
    {0},
};

/* Prefixes below which this program has no routes are those of Agenta's other services, which answer them 404 too. */
static const struct path_prefix callers[] = {
    {"/health", CALLER_NONE},
    {"/docs", CALLER_NONE},
    {"/openapi.json", CALLER_NONE},
    {"/auth", CALLER_NONE},
    {"/billing/stripe/events/", CALLER_NONE},
    {"/tools/connections/callback", CALLER_NONE},
    {"/preview/tools/connections/callback", CALLER_NONE},
    {"/admin", CALLER_ADMIN, .whole_segment = true},
    {NULL},
};

struct application application_make(const struct config *config)
{
    return (struct application){
        .config = config,
        .groups = {runtime_routes, program_routes, tenancy_routes, account_routes, signin_routes, admin_routes,
                   edition_now()->routes},
        .callers = callers,
        .alias = "/auth/public/",
        .alias_of = "/auth/",
        .gzip = true,
        .recognize = admin_key_recognize,
        .authenticate = identity_authenticate,
        .has_scope = identity_has_scope,
        .permits = reach_permits,
        .before_change = audit_announce,
        .answered = audit_answered,
        .page = console_answer,
    };
}
