/* The endpoints of sign-in with an identity provider. */
#include "signin/social.h"

#include <string.h>
#include <talloc.h>

#include "audit/events.h"
#include "base/base64.h"
#include "base/email.h"
#include "base/json.h"
#include "base/log.h"
#include "base/platform.h"
#include "base/secret.h"
#include "base/text.h"
#include "outbound/fetch.h"
#include "policy/limits.h"
#include "policy/providers.h"
#include "signin/account.h"
#include "signin/frontend_api.h"
#include "signin/logins.h"
#include "signin/oidc.h"
#include "signin/social_profile.h"
#include "signin/statements.h"

enum { URL_MAX = 8 << 10, VERIFIER_BYTES = 48, FAILED_US = 2000000 };

static enum err refuse_provider(struct request *req, const char *id)
{
    const char *text = talloc_asprintf(req->arena, "the provider %s could not be found in the configuration", id);

    return text ? fdi_refuse(req, text) : ERR_MEMORY;
}

/* The URL to which a provider sends the browser back: the console, or the API if the provider posts a form. */
static bool is_ours(const struct request *req, const char *url)
{
    return fetch_same_origin(url, req->config->web_url) || fetch_same_origin(url, req->config->api_url);
}

static enum err refuse_redirect(struct request *req)
{
    return fdi_refuse(req, "redirectURIOnProviderDashboard must be an address of this deployment");
}

/* The provider's error goes into the log only; the user can try again. */
static enum err report(struct request *req, const struct provider *provider, const struct error *error)
{
    const char *text = talloc_asprintf(req->arena, "%s could not sign you in. Please try again.", provider->name);

    log_message(LOG_WARNING, "sign-in with %s failed: %s", provider->id, error->cause);
    audit_sign_in_failed(req, "identity provider", NULL, NULL);
    return text ? fdi_status_text(req, "GENERAL_ERROR", "message", text) : ERR_MEMORY;
}

/* ---- to the provider ---- */

/* A code verifier and its challenge (RFC 7636 4.1, 4.2). */
static void add_challenge(struct request *req, struct buffer *query, struct buffer *verifier)
{
    unsigned char bytes[VERIFIER_BYTES], digest[32];
    struct buffer challenge = buffer_make(req->arena, 100);

    platform.random_bytes(bytes, sizeof bytes);
    base64_write(verifier, BASE64_URL, bytes, sizeof bytes);
    digest_sha256(verifier->data, verifier->len, digest);
    base64_write(&challenge, BASE64_URL, digest, sizeof digest);
    social_add_parameter(query, "code_challenge", buffer_string(&challenge));
    social_add_parameter(query, "code_challenge_method", "S256");
}

static enum err reply_address(struct request *req, const char *endpoint, const struct buffer *query,
                              const struct buffer *verifier)
{
    struct buffer body = buffer_make(req->arena, URL_MAX);
    const char *url = talloc_asprintf(req->arena, "%s%c%s", endpoint, strchr(endpoint, '?') ? '&' : '?',
                                      buffer_string(query) ? buffer_string(query) : "");

    if (!url || query->failed)
        return ERR_MEMORY;
    JSON_OBJECT(&body, member_text("status", "OK"), member_text("urlWithQueryParams", url),
                member_text("pkceCodeVerifier", verifier->len > 0 ? buffer_string(verifier) : NULL));
    return fdi_answer(req, 200, &body);
}

/*
 * The provider's sign-in page, from the table or from its issuer's document; `pkce`: the document says that it checks
 * code challenges.
 */
static enum err find_endpoint(struct request *req, const struct provider *provider, const char **endpoint, bool *pkce,
                              struct error *error)
{
    const char *url = provider_url(req->arena, provider, req->config, provider->issuer);
    struct oidc_issuer issuer;
    enum err err;

    *endpoint = provider_url(req->arena, provider, req->config, provider->authorize);
    if (provider->kind == PROVIDER_OAUTH)
        return *endpoint ? OK : ERR_MEMORY;
    if (!url)
        return ERR_MEMORY;
    err = oidc_find(req->arena, url, true, false, req->deadline_us - FAILED_US, &issuer, error);
    *endpoint = err ? NULL : issuer.authorize;
    *pkce = !err && issuer.pkce;
    return err;
}

static enum err authorize_at(struct request *req, const struct provider *provider, const char *redirect)
{
    struct buffer query = buffer_make(req->arena, URL_MAX), verifier = buffer_make(req->arena, 100);
    const char *scopes = provider_scopes(provider, req->config), *endpoint;
    bool apple_key = provider->flags & PROVIDER_FORM_POST; /* its secret is made from a key */
    bool pkce = false;
    struct error error = {0};
    enum err err = find_endpoint(req, provider, &endpoint, &pkce, &error);

    if (err == ERR_MEMORY)
        return err;
    if (err)
        return report(req, provider, &error);
    social_add_parameter(&query, "client_id", provider_client_id(provider, req->config));
    social_add_parameter(&query, "redirect_uri", redirect);
    social_add_parameter(&query, "response_type", "code");
    if (*scopes)
        social_add_parameter(&query, "scope", scopes);
    if (provider->extra)
        buffer_format(&query, "&%s", provider->extra);
    if (strcmp(provider->id, "google-workspaces") == 0)
        social_add_parameter(&query, "hd", req->config->google_workspaces_hd ? req->config->google_workspaces_hd : "*");
    if (pkce || (provider->flags & PROVIDER_PKCE) || (!provider_client_secret(provider, req->config) && !apple_key))
        add_challenge(req, &query, &verifier);
    return reply_address(req, endpoint, &query, &verifier);
}

enum err social_authorize(struct request *req)
{
    const char *id = query_value(req, "thirdPartyId");
    const char *redirect = query_value(req, "redirectURIOnProviderDashboard");
    const struct provider *provider;

    if (!id)
        return fdi_refuse(req, "Please provide the thirdPartyId as a GET param");
    if (!redirect)
        return fdi_refuse(req, "Please provide the redirectURIOnProviderDashboard as a GET param");
    provider = provider_find(req->config, id);
    if (!provider)
        return refuse_provider(req, id);
    return is_ours(req, redirect) ? authorize_at(req, provider, redirect) : refuse_redirect(req);
}

/* ---- back from the provider ---- */

/* Reads the body. ERR_INVALID: the reply is filled with the refusal. */
static enum err read_return(struct request *req, const json_t *body, const struct provider **provider,
                            struct social_return *back)
{
    const json_t *redirect = json_object_get(body, "redirectURIInfo"), *tokens = json_object_get(body, "oAuthTokens");
    const json_t *parameters = json_object_get(redirect, "redirectURIQueryParams");
    const char *id = json_member_text(body, "thirdPartyId");

    *back = (struct social_return){.code = json_member_text(parameters, "code"),
                                   .redirect_uri = json_member_text(redirect, "redirectURIOnProviderDashboard"),
                                   .verifier = json_member_text(redirect, "pkceCodeVerifier"),
                                   .id_token = json_member_text(tokens, "id_token")};
    if (!id)
        return fdi_end(fdi_refuse(req, "Please provide the thirdPartyId in request body"));
    if (!json_is_object(redirect) && !json_is_object(tokens))
        return fdi_end(fdi_refuse(req, "Please provide one of redirectURIInfo or oAuthTokens in the request body"));
    if (json_is_object(redirect) && !back->redirect_uri)
        return fdi_end(fdi_refuse(req, "Please provide the redirectURIOnProviderDashboard in request body"));
    *provider = provider_find(req->config, id);
    if (!*provider)
        return fdi_end(refuse_provider(req, id));
    if (back->redirect_uri && !is_ours(req, back->redirect_uri))
        return fdi_end(refuse_redirect(req));
    return OK;
}

/* Adds the login and everything that belongs to it, in one transaction. `user` and `created` are set on OK. */
static enum err sign_in(struct request *req, const struct provider *provider, const struct social_profile *profile,
                        struct fdi_user *user, bool *created)
{
    const char *identity = talloc_asprintf(req->arena, "social:%s", provider->id);
    struct login_key key = {
        .method = "thirdparty", .email = profile->email, .provider = provider->id, .subject = profile->subject};
    struct login login;
    bool new_account;

    if (!identity)
        return ERR_MEMORY;
    TRY(login_ensure(req, &key, &login, created));
    *user = (struct fdi_user){.id = login.id,
                              .method = key.method,
                              .email = profile->email,
                              .provider = provider->id,
                              .subject = profile->subject,
                              .joined_ms = login.joined_ms,
                              .verified = profile->email_verified};
    return account_sign_in(req,
                           &(struct account_login){.email = profile->email,
                                                   .login_id = login.id,
                                                   .identity = identity,
                                                   .subject = profile->subject,
                                                   .proof = profile->email_verified ? PROOF_ADDRESS
                                                            : *created              ? PROOF_NAMED
                                                                                    : PROOF_LOGIN},
                           &new_account);
}

/* A token that the client brought opens one session only, on any server and for any client. */
static enum err use_brought(struct request *req, const struct social_profile *profile)
{
    if (!profile->brought_hash)
        return OK;
    return RUN_QUERY(req, ERR_UNAUTHORIZED, id_token_use, param_text(profile->brought_hash),
                     param_int(profile->brought_until));
}

static enum err finish(struct request *req, const struct provider *provider, const struct social_profile *profile)
{
    static const struct error used = {ERR_UNAUTHORIZED, "the ID token that the client brought was used before"};
    struct fdi_user user;
    bool created;
    enum err err = db_begin(req->db);

    if (!err)
        err = use_brought(req, profile);
    if (!err)
        err = sign_in(req, provider, profile, &user, &created);
    err = account_finish(req, err);
    if (err == ERR_ACCESS_DENIED || err == ERR_CONFLICT)
        audit_sign_in_failed(req, err == ERR_CONFLICT ? "address not proven" : "access rule", profile->email, NULL);
    if (err == ERR_UNAUTHORIZED)
        return report(req, provider, &used);
    if (err == ERR_ACCESS_DENIED)
        return fdi_status_text(req, "SIGN_IN_UP_NOT_ALLOWED", "reason", "Access Denied.");
    if (err == ERR_CONFLICT)
        return fdi_status_text(req, "SIGN_IN_UP_NOT_ALLOWED", "reason",
                               "This address has an account already, and your identity provider does not say that it "
                               "is yours. Please sign in as you did before.");
    return err ? err : fdi_user(req, &user, &created);
}

enum err social_sign_in(struct request *req)
{
    const json_t *body = fdi_body(req);
    const struct provider *provider = NULL;
    struct social_return back;
    struct social_profile profile;
    struct error error = {0};
    enum err err;

    if (!body)
        return ERR_MEMORY;
    TRY(read_return(req, body, &provider, &back));
    if (!back.code && (provider->kind == PROVIDER_OAUTH || !back.id_token)) {
        (void)error_set(&error, ERR_UNAUTHORIZED, "it sent no code (%.60s)", "refused or given up");
        return report(req, provider, &error);
    }
    err = limit_take_client(req, LIMIT_SOCIAL_CLIENT);
    if (err)
        return fdi_pass(req, err);
    err =
        social_profile_fetch(req->arena, req->config, provider, &back, req->deadline_us - FAILED_US, &profile, &error);
    if (err == ERR_MEMORY)
        return err;
    if (err)
        return report(req, provider, &error);
    profile.email = email_fold(req->arena, profile.email);
    if (!profile.email || !email_valid_known(profile.email))
        return fdi_status(req, "NO_EMAIL_GIVEN_BY_PROVIDER");
    if (profile.email_disputed)
        audit_sign_in_failed(req, "address not proven", profile.email, NULL);
    if (profile.email_disputed) /* accounts are found by their address: it has to be the user's own */
        return fdi_status_text(req, "SIGN_IN_UP_NOT_ALLOWED", "reason",
                               "Your identity provider has not verified your e-mail address.");
    return finish(req, provider, &profile);
}

/* ---- Apple ---- */

/* The console's URL that the browser library put into the state: base64 of {"frontendRedirectURI":...}. */
static const char *redirect_of(struct request *req, const char *state)
{
    unsigned char bytes[URL_MAX];
    size_t len;
    json_t *json = NULL;
    const char *url = NULL;

    if (state && base64_read(BASE64, state, strlen(state), bytes, sizeof bytes, &len))
        json = json_loadb((const char *)bytes, len, 0, NULL);
    if (json_member_text(json, "frontendRedirectURI"))
        url = talloc_strdup(req->arena, json_member_text(json, "frontendRedirectURI"));
    json_decref(json);
    return url && fetch_same_origin(url, req->config->web_url) ? url : NULL;
}

/* The decoded value of a form field; NULL if it is absent. */
static char *form_value(struct request *req, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = req->body; at && at < req->body + req->body_len;) {
        const char *end = memchr(at, '&', (size_t)(req->body + req->body_len - at));
        size_t size = (size_t)((end ? end : req->body + req->body_len) - at);

        if (size > len && at[len] == '=' && strncmp(at, name, len) == 0)
            return text_percent_decode(req->arena, at + len + 1, size - len - 1, true);
        at = end ? end + 1 : NULL;
    }
    return NULL;
}

/* Apple posts a form to us. The browser is then redirected to the console with the same members in its query. */
enum err social_apple_callback(struct request *req)
{
    static const char *const members[] = {"code", "state", "error", "user"};
    const char *url = redirect_of(req, form_value(req, "state"));
    struct buffer query = buffer_make(req->arena, URL_MAX);
    const char *location;

    if (!url)
        return fdi_refuse(req, "The state holds no address of this deployment");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *value = form_value(req, members[i]);

        if (value)
            social_add_parameter(&query, members[i], value);
    }
    if (!buffer_string(&query))
        return fdi_refuse(req, "The form is too long");
    location = talloc_asprintf(req->arena, "%s%c%s", url, strchr(url, '?') ? '&' : '?', buffer_string(&query));
    TRY(reply_header(req, "Location", location));
    return reply_json(req, 303, "");
}
