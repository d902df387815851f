/* Exchanges a provider's codes for tokens, and reads the user's profile from them or with them. */
#include "signin/social_profile.h"

#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/platform.h"
#include "base/secret.h"
#include "base/text.h"
#include "outbound/fetch.h"
#include "signin/id_token.h"
#include "signin/oidc.h"

enum { FORM_MAX = 32 << 10, APPLE_SECRET_S = 300, BROUGHT_AGE_S = 3600, BROUGHT_LEEWAY_S = 60 };

/* The state of one exchange. */
struct asking {
    void *arena;
    const struct config *config;
    const struct provider *provider;
    const struct social_return *back;
    int64_t deadline_us;
    const char *url; /* URL of the issuer, as configured */
    struct oidc_issuer issuer;
    struct error *error;
};

void social_add_parameter(struct buffer *query, const char *name, const char *value)
{
    if (query->len > 0)
        buffer_char(query, '&');
    buffer_text(query, name);
    buffer_char(query, '=');
    text_percent_encode(query, value);
}

/* ---- answers ---- */

/* The answer of a provider, which must be a JSON object or list. */
static enum err read_answer(struct asking *asking, const struct fetched *fetched, const char *what, const json_t **json)
{
    const json_t *read = json_keep(asking->arena, json_loadb(fetched->body, fetched->len, 0, NULL));
    const char *error = json_member_text(read, "error");

    *json = read;
    if (fetched->status >= 500)
        return error_set(asking->error, ERR_UNAVAILABLE, "%s answered %d to the request for %s", asking->provider->id,
                         fetched->status, what);
    if (fetched->status != 200 || !read || error)
        return error_set(asking->error, ERR_UNAUTHORIZED, "%s answered %d (%.60s) to the request for %s",
                         asking->provider->id, fetched->status, error ? error : "", what);
    return OK;
}

/*
 * Endpoints in the table are chosen by the operator. Those from an issuer's document must share the issuer's origin to
 * be trusted.
 */
static bool is_trusted(const struct asking *asking, const char *url)
{
    return asking->provider->kind == PROVIDER_OAUTH || oidc_endpoint_is_trusted(asking->url, url, true);
}

/* ---- tokens ---- */

/* Apple's client secret is a token that proves possession of a key. */
static const char *apple_secret(const struct asking *asking)
{
    const struct config *config = asking->config;
    json_int_t now = platform.realtime_us() / 1000000;
    json_t *claims =
        json_pack("{s:s,s:I,s:I,s:s,s:s}", "iss", config->apple_team_id, "iat", now, "exp", now + APPLE_SECRET_S, "aud",
                  "https://appleid.apple.com", "sub", provider_client_id(asking->provider, config));
    const char *secret =
        claims ? es256_token_sign(asking->arena, config->apple_private_key, config->apple_key_id, claims) : NULL;

    json_decref(claims);
    return secret;
}

static enum err client_secret(const struct asking *asking, const char **secret)
{
    *secret = provider_client_secret(asking->provider, asking->config);
    if (*secret || strcmp(asking->provider->id, "apple") != 0)
        return OK;
    *secret = apple_secret(asking);
    return *secret ? OK : error_set(asking->error, ERR_UNAVAILABLE, "APPLE_PRIVATE_KEY is not an EC key in PEM format");
}

static enum err fetch_tokens(struct asking *asking, const char *url, const json_t **tokens)
{
    const char *id = provider_client_id(asking->provider, asking->config), *secret;
    struct fetch fetch = {.url = url, .trusted = is_trusted(asking, url), .deadline_us = asking->deadline_us};
    struct buffer form = buffer_make(asking->arena, FORM_MAX);
    struct fetched fetched;

    TRY(client_secret(asking, &secret));
    social_add_parameter(&form, "grant_type", "authorization_code");
    social_add_parameter(&form, "code", asking->back->code);
    social_add_parameter(&form, "redirect_uri", asking->back->redirect_uri);
    social_add_parameter(&form, "client_id", id);
    if (asking->back->verifier)
        social_add_parameter(&form, "code_verifier", asking->back->verifier);
    if (asking->provider->flags & PROVIDER_BASIC) {
        fetch.user = id;
        fetch.password = secret;
    } else if (secret) {
        social_add_parameter(&form, "client_secret", secret);
    }
    fetch.form = buffer_string(&form);
    if (!fetch.form)
        return error_set(asking->error, ERR_UNAUTHORIZED, "the code is too long");
    TRY(fetch_run(asking->arena, &fetch, &fetched, asking->error));
    return read_answer(asking, &fetched, "tokens", tokens);
}

/* ---- OpenID Connect ---- */

static enum err verify(struct asking *asking, const char *token, const json_t **claims)
{
    struct id_token_wanted wanted = {.issuer = asking->issuer.issuer,
                                     .client_id = provider_client_id(asking->provider, asking->config),
                                     .now = platform.realtime_us() / 1000000};
    json_t *keys = json_loads(asking->issuer.keys, 0, NULL), *payload = NULL;
    enum err err = keys ? id_token_verify(token, keys, &wanted, &payload, asking->error)
                        : error_set(asking->error, ERR_UNAVAILABLE, "the issuer's keys are not JSON");

    json_decref(keys);
    *claims = json_keep(asking->arena, payload);
    if (!err && !*claims)
        return error_set(asking->error, ERR_MEMORY, "no memory");
    return err;
}

/* Issuers change their keys: an unknown key is requested again. */
static enum err verify_with_fresh_keys(struct asking *asking, const char *token, const json_t **claims)
{
    enum err err = verify(asking, token, claims);

    if (err != ERR_NOT_FOUND)
        return err;
    err = oidc_find(asking->arena, asking->url, true, true, asking->deadline_us, &asking->issuer, asking->error);
    if (!err)
        err = verify(asking, token, claims);
    return err == ERR_NOT_FOUND ? ERR_UNAUTHORIZED : err;
}

/* Some issuers report the address only in answer to the access token. */
static enum err ask_userinfo(struct asking *asking, const char *token, const json_t *claims, const json_t **user)
{
    struct fetch fetch = {.url = asking->issuer.userinfo, .deadline_us = asking->deadline_us};
    struct fetched fetched;

    *user = claims;
    if (json_member_text(claims, "email") || !fetch.url || !token)
        return OK;
    fetch.trusted = is_trusted(asking, fetch.url);
    fetch.headers[0] = talloc_asprintf(asking->arena, "Authorization: Bearer %s", token);
    if (!fetch.headers[0])
        return ERR_MEMORY;
    TRY(fetch_run(asking->arena, &fetch, &fetched, asking->error));
    TRY(read_answer(asking, &fetched, "the user", user));
    if (!json_member_text(*user, "sub") || strcmp(json_member_text(*user, "sub"), json_member_text(claims, "sub")) != 0)
        return error_set(asking->error, ERR_UNAUTHORIZED, "%s answered for another subject than its ID token",
                         asking->provider->id);
    return OK;
}

/* Reads what a provider says about the address; if it says nothing, neither flag is set. */
static void read_verdict(const struct provider *provider, const json_t *verified, struct social_profile *profile)
{
    const char *spelled = json_string_value(verified) ? json_string_value(verified) : ""; /* Apple sends it as text */

    profile->email_disputed = json_is_false(verified) || strcmp(spelled, "false") == 0;
    profile->email_verified = !profile->email_disputed && (json_is_true(verified) || strcmp(spelled, "true") == 0 ||
                                                           (provider->flags & PROVIDER_VOUCHES));
}

void social_claims_read(void *arena, const struct provider *provider, const json_t *claims, const json_t *user,
                        struct social_profile *profile)
{
    *profile = (struct social_profile){
        .subject = talloc_strdup(arena, json_member_text(claims, "sub")),
        .email = talloc_strdup(arena, json_member_text(user, "email")),
    };
    read_verdict(provider, json_object_get(user, "email_verified"), profile);
}

/* For Google Workspace, the domain in the token decides; the domain in the request is only a wish. */
static bool domain_is_wanted(const struct asking *asking, const json_t *claims)
{
    const char *wanted = asking->config->google_workspaces_hd, *domain = json_member_text(claims, "hd");

    if (strcmp(asking->provider->id, "google-workspaces") != 0)
        return true;
    if (!domain)
        return false; /* a private account */
    return !wanted || strcmp(wanted, "*") == 0 || strcasecmp(wanted, domain) == 0;
}

/*
 * A token that the client brought comes from an unknown sign-in: no code and no verifier bind it to this one. So it has
 * to be recent, and it is remembered until a copy of it would be too old. The hash covers what the issuer signed,
 * because anybody can make a second valid ECDSA signature from the first.
 */
static enum err note_brought(struct asking *asking, const char *token, const json_t *claims,
                             struct social_profile *profile)
{
    double issued = json_number_value(json_object_get(claims, "iat"));
    double now = (double)platform.realtime_us() / 1e6;
    const char *dot = strrchr(token, '.');
    char *hash = talloc_array(asking->arena, char, 65);

    if (!hash || !dot)
        return error_set(asking->error, ERR_MEMORY, "no memory");
    if (issued < now - BROUGHT_AGE_S)
        return error_set(asking->error, ERR_UNAUTHORIZED, "the ID token that the client brought is older than an hour");
    digest_sha256_hex(token, (size_t)(dot - token), hash);
    profile->brought_hash = hash;
    profile->brought_until = (int64_t)issued + BROUGHT_AGE_S + BROUGHT_LEEWAY_S;
    return OK;
}

static enum err fetch_oidc(struct asking *asking, struct social_profile *profile)
{
    const json_t *tokens = NULL, *claims, *user;
    const char *token = asking->back->id_token;

    TRY(oidc_find(asking->arena, asking->url, true, false, asking->deadline_us, &asking->issuer, asking->error));
    if (asking->back->code) {
        TRY(fetch_tokens(asking, asking->issuer.token, &tokens));
        token = json_member_text(tokens, "id_token");
    }
    if (!token)
        return error_set(asking->error, ERR_UNAUTHORIZED, "%s sent no ID token", asking->provider->id);
    TRY(verify_with_fresh_keys(asking, token, &claims));
    if (!domain_is_wanted(asking, claims))
        return error_set(asking->error, ERR_UNAUTHORIZED, "the account belongs to another Google Workspace domain");
    TRY(ask_userinfo(asking, json_member_text(tokens, "access_token"), claims, &user));
    social_claims_read(asking->arena, asking->provider, claims, user, profile);
    return asking->back->code ? OK : note_brought(asking, token, claims, profile);
}

/* ---- OAuth 2.0 with an endpoint of its own ---- */

/* The value at the end of a path such as "data.id". */
static const json_t *follow(const json_t *object, const char *path)
{
    const char *dot = strchr(path, '.');

    if (!dot)
        return json_object_get(object, path);
    for (const void *at = json_object_iter((json_t *)object); at;
         at = json_object_iter_next((json_t *)object, (void *)at)) {
        const char *name = json_object_iter_key((void *)at);

        if (strlen(name) == (size_t)(dot - path) && strncmp(name, path, (size_t)(dot - path)) == 0)
            return follow(json_object_iter_value((void *)at), dot + 1);
    }
    return NULL;
}

static const json_t *first_of(const json_t *object, const char *name, const char *other)
{
    const json_t *value = json_object_get(object, name);

    return value ? value : json_object_get(object, other);
}

/* The primary address of a list: a list, or an object with the list as `values`. */
static void read_addresses(void *arena, const struct provider *provider, const json_t *addresses,
                           struct social_profile *profile)
{
    const json_t *list = json_is_array(addresses) ? addresses : json_object_get(addresses, "values");
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one) {
        const char *email = json_member_text(one, "email");
        bool primary =
            json_is_true(json_object_get(one, "primary")) || json_is_true(json_object_get(one, "is_primary"));

        if (!primary || !email)
            continue;
        profile->email = talloc_strdup(arena, email);
        read_verdict(provider, first_of(one, "verified", "is_confirmed"), profile);
        return;
    }
}

void social_profile_read(void *arena, const struct provider *provider, const json_t *user, const json_t *addresses,
                         struct social_profile *profile)
{
    const json_t *subject = follow(user, provider->subject);
    const char *email = json_member_text(user, "email");

    *profile = (struct social_profile){0};
    if (json_is_integer(subject))
        profile->subject = talloc_asprintf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(subject));
    else
        profile->subject = talloc_strdup(arena, json_string_value(subject));
    if (addresses)
        read_addresses(arena, provider, addresses, profile);
    else if (email) {
        profile->email = talloc_strdup(arena, email);
        read_verdict(provider, first_of(user, "email_verified", "verified"), profile);
    } else if (provider->email_suffix && profile->subject) {
        profile->email = talloc_asprintf(arena, "%s%s", profile->subject, provider->email_suffix);
        profile->email_verified = true; /* the provider assigns the address, like the subject */
    }
}

static enum err fetch_with_token(struct asking *asking, const char *url, const char *token, const char *what,
                                 const json_t **json)
{
    struct fetch fetch = {.url = url, .trusted = is_trusted(asking, url), .deadline_us = asking->deadline_us};
    struct fetched fetched;

    fetch.headers[0] = talloc_asprintf(asking->arena, "Authorization: Bearer %s", token);
    if (!fetch.headers[0])
        return ERR_MEMORY;
    TRY(fetch_run(asking->arena, &fetch, &fetched, asking->error));
    return read_answer(asking, &fetched, what, json);
}

static enum err fetch_oauth(struct asking *asking, struct social_profile *profile)
{
    const struct provider *provider = asking->provider;
    const json_t *tokens = NULL, *user = NULL, *addresses = NULL;
    const char *token = NULL;

#define URL(member) provider_url(asking->arena, provider, asking->config, provider->member)
    TRY(fetch_tokens(asking, URL(token), &tokens));
    if (!(token = json_member_text(tokens, "access_token")))
        return error_set(asking->error, ERR_UNAUTHORIZED, "%s sent no access token", provider->id);
    TRY(fetch_with_token(asking, URL(userinfo), token, "the user", &user));
    if (provider->emails)
        TRY(fetch_with_token(asking, URL(emails), token, "the addresses", &addresses));
#undef URL
    social_profile_read(asking->arena, provider, user, addresses, profile);
    return OK;
}

enum err social_profile_fetch(void *arena, const struct config *config, const struct provider *provider,
                              const struct social_return *back, int64_t deadline_us, struct social_profile *profile,
                              struct error *error)
{
    struct asking asking = {
        .arena = arena,
        .config = config,
        .provider = provider,
        .back = back,
        .deadline_us = deadline_us,
        .error = error,
        .url = provider_url(arena, provider, config, provider->issuer),
    };

    TRY(provider->kind == PROVIDER_OIDC ? fetch_oidc(&asking, profile) : fetch_oauth(&asking, profile));
    if (!profile->subject || !*profile->subject)
        return error_set(error, ERR_UNAUTHORIZED, "%s sent no subject", provider->id);
    return OK;
}
