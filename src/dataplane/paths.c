/* Lists the kinds of caller by path. */
#include "dataplane/paths.h"

const struct path_prefix path_callers[] = {
    {"/health", CALLER_NONE},
    {"/docs", CALLER_NONE},
    {"/openapi.json", CALLER_NONE},
    {"/auth", CALLER_NONE},
    {"/core", CALLER_NONE, .whole_segment = true, .is_private = true},
    {"/billing/stripe/events/", CALLER_NONE},
    {"/tools/connections/callback", CALLER_NONE},
    {"/preview/tools/connections/callback", CALLER_NONE},
    {"/admin", CALLER_ADMIN, .whole_segment = true},
    {NULL},
};

const char *const path_account_plane[] = {
    "/auth", "/organizations",      "/workspaces",     "/projects",     "/profile",
    "/keys", "/access/permissions", "/admin/accounts", "/admin/simple", NULL,
};
