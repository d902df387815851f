/* The published data of OpenID Connect issuers: endpoints and keys, cached (OpenID Connect Discovery 1.0). */
#ifndef ORGD_SIGNIN_OIDC_H
#define ORGD_SIGNIN_OIDC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Texts live in the given arena. */
struct oidc_issuer {
    const char *issuer;                                  /* the issuer's own name */
    const char *authorize, *token, *userinfo, *keys_url; /* userinfo may be NULL */
    const char *keys;                                    /* JWK set as JSON */
    bool pkce;                                           /* checks code challenges by S256 */
};

/*
 * Asks the issuer at `url`, or returns its answer of the last ten minutes; `fresh` requests the keys again, at most
 * once in 30 seconds. `deadline_us` and `trusted` as in struct fetch. Endpoints of another origin have to be public and
 * use https. ERR_UNAVAILABLE and ERR_REFUSED as fetch_run, with the sentence in `error`; ERR_MEMORY. Any thread.
 */
enum err oidc_find(void *arena, const char *url, bool trusted, bool fresh, int64_t deadline_us,
                   struct oidc_issuer *issuer, struct error *error) MUST_CHECK;

/* Whether an endpoint that `issuer` names may be contacted under the same rules as the issuer itself. */
bool oidc_endpoint_is_trusted(const char *url, const char *endpoint, bool trusted);

#endif
