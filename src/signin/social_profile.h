/* Who a provider says somebody is: the code of a redirect becomes a subject and an address. */
#ifndef ORGD_SIGNIN_SOCIAL_PROFILE_H
#define ORGD_SIGNIN_SOCIAL_PROFILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "policy/providers.h"

/* What the browser brought back from the provider. Texts are borrowed; NULL when absent. */
struct social_return {
    const char *code;
    const char *redirect_uri;
    const char *verifier; /* PKCE (RFC 7636) */
    const char *id_token; /* instead of a code: tokens that the browser has already */
};

/* Texts in the arena. */
struct social_profile {
    const char *subject;
    const char *email;   /* NULL: the provider gives none */
    bool email_disputed; /* the provider says that the address is not verified */
    bool email_verified; /* it vouches for it: it says so, or gives its addresses out itself */
    /* of an ID token that the client brought, which is good once: hex SHA-256 of what was signed (NULL: none), and
     * until when a copy would pass, in Unix seconds */
    const char *brought_hash;
    int64_t brought_until;
};

/*
 * Asks the provider, until `deadline_us` (platform.monotonic_us). ERR_UNAUTHORIZED when it does not vouch for anybody
 * (a wrong code, a token that is not good), ERR_UNAVAILABLE, ERR_REFUSED when it cannot be asked: the sentence is in
 * `error`, for the log. ERR_MEMORY.
 */
enum err social_profile_fetch(void *arena, const struct config *config, const struct provider *provider,
                              const struct social_return *back, int64_t deadline_us, struct social_profile *profile,
                              struct error *error) MUST_CHECK;

/* Reads a profile from the claims of an ID token and those about the user, which may be the same. Pure. */
void social_claims_read(void *arena, const struct provider *provider, const json_t *claims, const json_t *user,
                        struct social_profile *profile);

/* Reads a profile from what an OAUTH provider answered: the user, and its addresses (NULL: not asked). Pure. */
void social_profile_read(void *arena, const struct provider *provider, const json_t *user, const json_t *addresses,
                         struct social_profile *profile);

/* Appends name=value to a query or form, percent-encoded. */
void social_add_parameter(struct buffer *query, const char *name, const char *value);

#endif
