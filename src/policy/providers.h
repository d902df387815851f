/* The identity providers that people may sign in with, in one table. */
#ifndef ORGD_POLICY_PROVIDERS_H
#define ORGD_POLICY_PROVIDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

enum provider_kind {
    PROVIDER_OIDC,  /* everything is found at the issuer; the id token says who it is */
    PROVIDER_OAUTH, /* addresses are fixed; a request with the access token says who it is */
};

enum provider_flag {
    PROVIDER_PKCE = 1,      /* always with a code challenge, also when there is a client secret */
    PROVIDER_BASIC = 2,     /* the client secret goes into an Authorization header */
    PROVIDER_FORM_POST = 4, /* answers by posting a form to our callback */
    PROVIDER_VOUCHES = 8, /* the operator's own directory: it gives the addresses out, and says nothing more of them */
};

/* URLs may hold `{base}`, which stands for the deployment's own setting. */
struct provider {
    const char *id, *name;
    enum provider_kind kind;
    unsigned flags;
    size_t client_id, client_secret; /* settings: where in struct config their text is */
    size_t base;                     /* the same; 0: none */
    bool needs_secret, needs_base;
    const char *issuer;                       /* of OIDC */
    const char *authorize, *token, *userinfo; /* of OAUTH */
    const char *emails;                       /* of OAUTH: asked when the first answer has no address; NULL: none */
    const char *scopes;                       /* NULL: the setting oidc_scopes */
    const char *extra;                        /* further parameters of the authorization request, as a query */
    const char *subject;                      /* of OAUTH: where in the answer the id is, as a path of members */
    const char *email_suffix;                 /* made from the subject when the provider has no addresses; NULL: none */
};

/* Ended by a row without id. */
extern const struct provider providers[];

/* Whether all that it needs is set. */
bool provider_is_configured(const struct provider *provider, const struct config *config);

/* The configured provider of that id, or NULL. */
const struct provider *provider_find(const struct config *config, const char *id);

/* Whether any is configured. */
bool provider_any(const struct config *config);

/* Their settings; NULL when unset. */
const char *provider_client_id(const struct provider *provider, const struct config *config);
const char *provider_client_secret(const struct provider *provider, const struct config *config);

/* One of the URLs of `provider` with its base filled in, in `arena`. NULL for NULL and without memory. */
const char *provider_url(void *arena, const struct provider *provider, const struct config *config, const char *url);

/* The scopes that are asked for. */
const char *provider_scopes(const struct provider *provider, const struct config *config);

#endif
