/* The user as a provider reports them: the code of a redirect becomes a subject and an address. */
#ifndef ORGD_SIGNIN_SOCIAL_PROFILE_H
#define ORGD_SIGNIN_SOCIAL_PROFILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "policy/providers.h"

/* The data that the browser brought back from the provider. Texts are borrowed; NULL if absent. */
struct social_return {
    const char *code;
    const char *redirect_uri;
    const char *verifier; /* PKCE (RFC 7636) */
    const char *id_token; /* instead of a code: tokens that the browser has already */
};

/* Texts in the arena. */
struct social_profile {
    const char *subject;
    const char *email;   /* NULL: the provider reports none */
    bool email_disputed; /* the provider says that the address is not verified */
    bool email_verified; /* it vouches for the address: it says so, or assigns addresses itself */
    /*
     * of an ID token that the client brought, which is accepted once: hex SHA-256 of the signed part (NULL: none), and
     * until when a copy would be accepted, in Unix seconds
     */
    const char *brought_hash;
    int64_t brought_until;
};

/*
 * Asks the provider, until `deadline_us` (platform.monotonic_us). ERR_UNAUTHORIZED if it does not confirm a user (a
 * wrong code, an invalid token); ERR_UNAVAILABLE or ERR_REFUSED if it cannot be asked: the sentence is in `error`, for
 * the log. ERR_MEMORY.
 */
enum err social_profile_fetch(void *arena, const struct config *config, const struct provider *provider,
                              const struct social_return *back, int64_t deadline_us, struct social_profile *profile,
                              struct error *error) MUST_CHECK;

/* Reads a profile from the claims of an ID token and from the user's claims, which may be the same. Pure. */
void social_claims_read(void *arena, const struct provider *provider, const json_t *claims, const json_t *user,
                        struct social_profile *profile);

/* Reads a profile from the answers of an OAUTH provider: the user, and its addresses (NULL: not requested). Pure. */
void social_profile_read(void *arena, const struct provider *provider, const json_t *user, const json_t *addresses,
                         struct social_profile *profile);

/* Appends name=value to a query or form, percent-encoded. */
void social_add_parameter(struct buffer *query, const char *name, const char *value);

#endif
