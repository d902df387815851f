/* The routes of a user's own profile and API keys. */
#include "account/routes.h"

#include "account/api_keys.h"
#include "account/profile.h"

/* clang-format off: one row per route */
static const struct route key_routes[] = {
    {METHOD_GET, "/keys", "list_api_keys", "List Api Keys", .flags = ROUTE_NEEDS_SCOPE | ROUTE_WITHIN_PROJECT,
     .answer = &api_key_answer, .answer_kind = ANSWER_LIST, .handle = api_keys_list},
    {METHOD_POST, "/keys", "create_api_key", "Create Api Key", .flags = ROUTE_NEEDS_SCOPE | ROUTE_WITHIN_PROJECT,
     .answer_kind = ANSWER_STRING, .parameters = api_key_create_parameters, .handle = api_keys_create},
    {METHOD_DELETE, "/keys", "delete_api_keys", "Delete all my API keys, in every project",
     .answer_kind = ANSWER_ANY_OBJECT, .handle = api_keys_delete_all},
    {METHOD_DELETE, "/keys/{key_prefix}", "delete_api_key", "Delete Api Key", .flags = ROUTE_WITHIN_PROJECT,
     .answer_kind = ANSWER_ANY_OBJECT, .handle = api_keys_delete},
    {0},
};

static const struct route profile_routes[] = {
    {METHOD_GET, "/profile", "fetch_user_profile", "User Profile", .flags = ROUTE_WITHIN_PROJECT,
     .handle = profile_show},
    {METHOD_PUT, "/profile/username", "update_user_username", "Update User Username", .body = &profile_username_body,
     .handle = profile_rename},
    {METHOD_DELETE, "/profile", "delete_user_account", "Delete User Account", .flags = ROUTE_INLINE,
     .handle = profile_remove},
    {0},
};
/* clang-format on */

const struct route_group account_routes[] = {
    {.tag = "Keys", .caller = CALLER_USER, .routes = key_routes},
    {.tag = "Users", .caller = CALLER_USER, .routes = profile_routes},
    {0},
};
