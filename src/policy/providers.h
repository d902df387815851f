/* Defines the identity providers that users may sign in with, in one table. */
#ifndef ORGD_POLICY_PROVIDERS_H
#define ORGD_POLICY_PROVIDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

enum provider_kind {
    PROVIDER_OIDC,  /* discovers its endpoints at the issuer; the id token identifies the user */
    PROVIDER_OAUTH, /* has fixed endpoints; a request with the access token identifies the user */
};

enum provider_flag {
    PROVIDER_PKCE = 1,      /* always sends a PKCE code challenge, also with a client secret */
    PROVIDER_BASIC = 2,     /* sends the client secret in an Authorization header */
    PROVIDER_FORM_POST = 4, /* posts its answer as a form to the callback */
    PROVIDER_VOUCHES =
        8, /* the operator's own directory, which assigns the addresses: they count as verified without a claim */
};

/* One provider. URLs may contain `{base}`, which is replaced by a setting of the deployment. */
struct provider {
    const char *id, *name;
    enum provider_kind kind;
    unsigned flags;
    size_t client_id, client_secret; /* settings: offsets of their texts in struct config */
    size_t base;                     /* likewise; 0: no such setting */
    bool needs_secret, needs_base;
    const char *issuer;                       /* with OIDC */
    const char *authorize, *token, *userinfo; /* with OAUTH */
    const char *emails;       /* with OAUTH: requested when the first answer has no address; NULL: none */
    const char *scopes;       /* NULL: the setting oidc_scopes */
    const char *extra;        /* further parameters of the authorization request, as a query */
    const char *subject;      /* with OAUTH: the path of members at which the answer has the user's id */
    const char *email_suffix; /* appended to the subject to make an address when the provider has none; NULL: none */
};

/* Ends with a row without id. */
extern const struct provider providers[];

/* Whether all required settings are set. */
bool provider_is_configured(const struct provider *provider, const struct config *config);

/* The configured provider with that id, or NULL. */
const struct provider *provider_find(const struct config *config, const char *id);

/* Whether any provider is configured. */
bool provider_any(const struct config *config);

/* The client id and secret; NULL when unset. */
const char *provider_client_id(const struct provider *provider, const struct config *config);
const char *provider_client_secret(const struct provider *provider, const struct config *config);

/* One of the provider's URLs with its base filled in, in `arena`. NULL for NULL, and without memory. */
const char *provider_url(void *arena, const struct provider *provider, const struct config *config, const char *url);

/* The scopes to request. */
const char *provider_scopes(const struct provider *provider, const struct config *config);

#endif
