/* The routes of sign-up, sign-in, password reset and sessions, as the browser library calls them. */
#include "signin/routes.h"

#include "policy/signin_methods.h"
#include "signin/codes.h"
#include "signin/discover.h"
#include "signin/passwords.h"
#include "signin/reauthenticate.h"
#include "signin/resets.h"
#include "signin/session_endpoints.h"
#include "signin/social.h"

static const struct field user_id[] = {{.name = "user_id", .type = FIELD_STRING, .required = true}, {0}};

/* clang-format off: one row per route */
static const struct route reset_routes[] = {
    {METHOD_POST, "/profile/reset-password", "reset_user_password", "Reset User Password", .parameters = user_id,
     .handle = resets_link, .active = methods_password},
    {0},
};

static const struct route signin_routes_of_browsers[] = {
    {METHOD_GET, "/auth/loginmethods", "login_methods", "List sign-in methods", .flags = ROUTE_INLINE | ROUTE_HIDDEN,
     .handle = discover_methods},
    {METHOD_POST, "/auth/discover", "discover_access", "Discover", .body = &discover_body, .answer = &discover_answer,
     .handle = discover_address},
    {METHOD_POST, "/auth/signup", "sign_up", "Sign up with a password", .flags = ROUTE_SLOW | ROUTE_HIDDEN,
     .handle = passwords_sign_up, .active = methods_password},
    {METHOD_POST, "/auth/signin", "sign_in", "Sign in with a password", .flags = ROUTE_SLOW | ROUTE_HIDDEN,
     .handle = passwords_sign_in, .active = methods_password},
    {METHOD_GET, "/auth/emailpassword/email/exists", "password_login_exists", "Whether an address has a password login",
     .flags = ROUTE_HIDDEN, .handle = discover_password_login, .active = methods_password},
    {METHOD_GET, "/auth/signup/email/exists", "password_login_exists_too", "The same", .flags = ROUTE_HIDDEN,
     .handle = discover_password_login, .active = methods_password},
    {METHOD_POST, "/auth/user/password/reset/token", "request_password_reset", "Ask for a password-reset link",
     .flags = ROUTE_HIDDEN, .handle = resets_request, .active = methods_password},
    {METHOD_POST, "/auth/user/password/reset", "reset_password", "Set a new password",
     .flags = ROUTE_SLOW | ROUTE_HIDDEN, .handle = resets_submit, .active = methods_password},
    {METHOD_POST, "/auth/signinup/code", "create_code", "Ask for a code", .flags = ROUTE_HIDDEN, .handle = codes_create,
     .active = methods_otp},
    {METHOD_POST, "/auth/signinup/code/resend", "resend_code", "Ask for another code", .flags = ROUTE_HIDDEN,
     .handle = codes_resend, .active = methods_otp},
    {METHOD_POST, "/auth/signinup/code/consume", "consume_code", "Sign in with a code", .flags = ROUTE_HIDDEN,
     .handle = codes_consume, .active = methods_otp},
    {METHOD_GET, "/auth/passwordless/email/exists", "code_login_exists", "Whether an address has signed in by code",
     .flags = ROUTE_HIDDEN, .handle = discover_code_login, .active = methods_otp},
    {METHOD_GET, "/auth/authorisationurl", "authorisation_url", "Address of a provider's sign-in page",
     .flags = ROUTE_OUTBOUND | ROUTE_HIDDEN, .active = methods_social, .handle = social_authorize},
    {METHOD_POST, "/auth/signinup", "sign_in_up", "Sign in with a provider", .flags = ROUTE_OUTBOUND | ROUTE_HIDDEN,
     .active = methods_social, .handle = social_sign_in},
    {METHOD_POST, "/auth/callback/apple", "apple_callback", "Return from Apple", .flags = ROUTE_HIDDEN, .status = 303,
     .active = methods_social, .handle = social_apple_callback},
    {0},
};

static const struct route session_routes[] = {
    {METHOD_POST, "/auth/session/refresh", "refresh_session", "Refresh a session", .flags = ROUTE_HIDDEN,
     .handle = session_refresh},
    {METHOD_POST, "/auth/session/reauthenticate", "reauthenticate_session", "Reauthenticate with my password",
     .flags = ROUTE_SLOW, .body = &reauthenticate_body, .answer_kind = ANSWER_ANY_OBJECT,
     .handle = session_reauthenticate},
    {METHOD_POST, "/auth/signout", "sign_out", "End a session", .flags = ROUTE_HIDDEN, .handle = session_sign_out},
    {METHOD_GET, "/auth/jwt/jwks.json", "list_signing_keys", "Keys that verify access tokens", .flags = ROUTE_HIDDEN,
     .handle = session_keys},
    {METHOD_GET, "/auth/.well-known/openid-configuration", "discover_signing_keys", "Location of the signing keys",
     .flags = ROUTE_INLINE | ROUTE_HIDDEN, .handle = session_discovery},
    {METHOD_GET, "/auth/access", "check_organization_access", "Check Organization Access",
     .parameters = session_access_parameters, .handle = session_access},
    {METHOD_PATCH, "/auth/session/identities", "update_session_identities", "Update Session Identities",
     .body = &session_identities_body, .handle = session_identities},
    {METHOD_GET, "/auth/sessions", "list_sessions", "List my sessions", .answer = &session_answer,
     .answer_kind = ANSWER_LIST, .handle = session_list},
    {METHOD_DELETE, "/auth/sessions", "end_other_sessions", "End my other sessions", .answer_kind = ANSWER_ANY_OBJECT,
     .handle = session_revoke_others},
    {METHOD_DELETE, "/auth/sessions/{session_id}", "end_session", "End one of my sessions",
     .parameters = session_parameters, .answer_kind = ANSWER_ANY_OBJECT, .handle = session_revoke},
    {0},
};
/* clang-format on */

const struct route_group signin_routes[] = {
    {.tag = "Users", .caller = CALLER_USER, .routes = reset_routes},
    {.tag = "Access", .caller = CALLER_NONE, .routes = signin_routes_of_browsers},
    {.tag = "Access", .caller = CALLER_NONE, .routes = session_routes},
    {0},
};
