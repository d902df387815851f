/* ID tokens: checks what an OpenID Connect issuer says about who signed in (OpenID Connect Core 3.1.3.7). */
#ifndef ORGD_SIGNIN_ID_TOKEN_H
#define ORGD_SIGNIN_ID_TOKEN_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"

enum { ID_TOKEN_MAX = 16 << 10 };

struct id_token_wanted {
    const char *issuer;    /* as the issuer calls itself */
    const char *client_id; /* the audience that we are */
    int64_t now;           /* Unix seconds */
};

/* The key id that a token names, in `arena`: "" when none. NULL when it is no token that could be verified. */
const char *id_token_key_id(void *arena, const char *token);

/*
 * Verifies signature (RS256 or ES256, by a key of the JWK set `keys`), issuer, audience, authorized party, expiry and
 * issue time with a minute for clocks. On OK `claims` is the payload, to be released by the caller. ERR_UNAUTHORIZED
 * with the reason in `error`; ERR_NOT_FOUND when no key of the set has the token's id: the set may be out of date.
 */
enum err id_token_verify(const char *token, const json_t *keys, const struct id_token_wanted *wanted, json_t **claims,
                         struct error *error) MUST_CHECK;

/* A token of our own, signed with ES256 by a PEM key: {"alg":"ES256","kid":key_id} and the claims. In `arena`; NULL
 * when the key is none. It is how Apple wants client secrets. */
const char *es256_token_sign(void *arena, const char *pem, const char *key_id, const json_t *claims);

#endif
