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
#include "dataplane/paths.h"
#include "dataplane/routes.h"
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

/* Agenta's web application and its previews. */
static const char *const development_origins[] = {
    "http://localhost:3000",
    "http://localhost:3001",
    "http://0.0.0.0:3000",
    "http://0.0.0.0:3001",
    "https://docs.agenta.ai",
    "https://agenta.ai",
    NULL,
};

static const struct cors_rules cors = {
    .headers = "Accept, Accept-Language, Content-Language, Content-Type, anti-csrf, authorization, fdi-version, rid, "
               "st-auth-mode",
    .development_origins = development_origins,
    .development_suffix = ".vercel.app",
};

struct application application_make(const struct config *config)
{
    return (struct application){
        .config = config,
        .groups = {runtime_routes, program_routes, tenancy_routes, account_routes, signin_routes, admin_routes,
                   dataplane_routes, edition_now()->routes},
        .callers = path_callers,
        .private_listener = config_auth_core_listen(config) != NULL,
        .alias = "/auth/public/",
        .alias_of = "/auth/",
        .cors = &cors,
        .gzip = true,
        .authenticate_cached = admin_key_authenticate_cached,
        .authenticate = identity_authenticate,
        .has_scope = identity_has_scope,
        .permits = reach_permits,
        .before_change = audit_announce,
        .answered = audit_answered,
        .page = console_answer,
    };
}
