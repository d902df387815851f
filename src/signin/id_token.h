/* ID tokens: verifies an OpenID Connect issuer's statement about who signed in (OpenID Connect Core 3.1.3.7). */
#ifndef ORGD_SIGNIN_ID_TOKEN_H
#define ORGD_SIGNIN_ID_TOKEN_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"

enum { ID_TOKEN_MAX = 16 << 10 };

struct id_token_wanted {
    const char *issuer;    /* the issuer's own name */
    const char *client_id; /* our client id, the audience */
    int64_t now;           /* Unix seconds */
};

/*
 * The key id that a token names, in `arena`; "" if it names none. NULL if the text is not a token that could be
 * verified.
 */
const char *id_token_key_id(void *arena, const char *token);

/*
 * Verifies the signature (RS256 or ES256, by a key of the JWK set `keys`), issuer, audience, authorized party, expiry
 * and issue time, with a minute for clock differences. On OK `claims` is the payload, which the caller releases.
 * ERR_UNAUTHORIZED with the reason in `error`; ERR_NOT_FOUND if no key of the set has the token's id: the set may be
 * out of date.
 */
enum err id_token_verify(const char *token, const json_t *keys, const struct id_token_wanted *wanted, json_t **claims,
                         struct error *error) MUST_CHECK;

/*
 * Signs a token with ES256 and a PEM key: the header {"alg":"ES256","kid":key_id} and the claims. In `arena`; NULL if
 * the key is malformed. Apple requires client secrets in this form.
 */
const char *es256_token_sign(void *arena, const char *pem, const char *key_id, const json_t *claims);

#endif
