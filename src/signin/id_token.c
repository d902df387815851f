/* Verifies the ID tokens of identity providers by their keys (RFC 7517), and signs the client secrets of one. */
#include "signin/id_token.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "auth/jwt.h"
#include "base/base64.h"
#include "base/json.h"

enum { CLOCK_LEEWAY_S = 60, RSA_BITS_MIN = 2048, INTEGER_MAX = 1024, COORDINATE = 32 };

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_member_text(object, name);

    return text ? text : "";
}

/* The header of a token that could be verified; NULL if it is malformed, or requires an extension. */
static json_t *read_header(const char *token, struct jwt *jwt)
{
    json_t *header = jwt_split(token, ID_TOKEN_MAX, jwt) ? jwt_header(jwt) : NULL;

    if (!json_object_get(header, "crit"))
        return header;
    json_decref(header);
    return NULL;
}

const char *id_token_key_id(void *arena, const char *token)
{
    struct jwt jwt;
    json_t *header = read_header(token, &jwt);
    const char *id = header ? talloc_strdup(arena, text_of(header, "kid")) : NULL;

    json_decref(header);
    return id;
}

/* ---- keys ---- */

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *builder)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (!params || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static BIGNUM *read_integer(const json_t *jwk, const char *name)
{
    const char *text = text_of(jwk, name);
    unsigned char bytes[INTEGER_MAX];
    size_t len;

    if (!base64_read(BASE64_URL, text, strlen(text), bytes, sizeof bytes, &len))
        return NULL;
    return BN_bin2bn(bytes, (int)len, NULL);
}

static EVP_PKEY *rsa_key(const json_t *jwk)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *n = read_integer(jwk, "n"), *e = read_integer(jwk, "e");
    EVP_PKEY *key = NULL;

    if (builder && n && e && BN_num_bits(n) >= RSA_BITS_MIN &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
        key = key_from("RSA", builder);
    BN_free(n);
    BN_free(e);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static bool read_coordinate(const json_t *jwk, const char *name, unsigned char *to)
{
    const char *text = text_of(jwk, name);
    size_t len;

    return base64_read(BASE64_URL, text, strlen(text), to, COORDINATE, &len) && len == COORDINATE;
}

static EVP_PKEY *p256_key(const json_t *jwk)
{
    unsigned char point[1 + 2 * COORDINATE] = {POINT_CONVERSION_UNCOMPRESSED};
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;

    if (builder && strcmp(text_of(jwk, "crv"), "P-256") == 0 && read_coordinate(jwk, "x", point + 1) &&
        read_coordinate(jwk, "y", point + 1 + COORDINATE) &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point))
        key = key_from("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

/* The algorithms, and the keys that go with them: a token cannot choose another use of a key. */
static const struct algorithm {
    enum jwt_algorithm algorithm;
    const char *name, *key_type;
    EVP_PKEY *(*key)(const json_t *jwk);
} algorithms[] = {{JWT_RS256, "RS256", "RSA", rsa_key}, {JWT_ES256, "ES256", "EC", p256_key}};

static const struct algorithm *algorithm_of(const json_t *header)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (algorithms[i].algorithm == jwt_algorithm_of(header))
            return &algorithms[i];
    return NULL;
}

/* A key of the set matches if its type, use and algorithm match, and its id, if the token names one. */
static const json_t *find_jwk(const json_t *keys, const struct algorithm *algorithm, const char *key_id)
{
    const json_t *jwk;
    size_t i;

    json_array_foreach(json_object_get(keys, "keys"), i, jwk) {
        const char *use = text_of(jwk, "use"), *alg = text_of(jwk, "alg");

        if (strcmp(text_of(jwk, "kty"), algorithm->key_type) == 0 && (!*use || strcmp(use, "sig") == 0) &&
            (!*alg || strcmp(alg, algorithm->name) == 0) && (!*key_id || strcmp(text_of(jwk, "kid"), key_id) == 0))
            return jwk;
    }
    return NULL;
}

/* ---- tokens ---- */

static enum err check_signature(const struct jwt *jwt, const json_t *header, const json_t *keys, struct error *error)
{
    const struct algorithm *algorithm = algorithm_of(header);
    const json_t *jwk;
    EVP_PKEY *key;
    bool good;

    if (!algorithm)
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is not signed with RS256 or ES256");
    jwk = find_jwk(keys, algorithm, text_of(header, "kid"));
    if (!jwk)
        return error_set(error, ERR_NOT_FOUND, "the issuer publishes no key that the ID token names");
    key = algorithm->key(jwk);
    if (!key)
        return error_set(error, ERR_UNAUTHORIZED, "the issuer's key cannot be used");
    good = jwt_verify(jwt, &(struct jwt_key){.algorithm = algorithm->algorithm, .pair = key});
    EVP_PKEY_free(key);
    return good ? OK : error_set(error, ERR_UNAUTHORIZED, "the signature of the ID token is wrong");
}

/* ---- claims ---- */

static bool audience_is(const json_t *claims, const char *client_id)
{
    const json_t *audience = json_object_get(claims, "aud");
    const char *party = json_member_text(claims, "azp");
    const json_t *one;
    size_t i;
    bool found = json_is_string(audience) && strcmp(json_string_value(audience), client_id) == 0;

    json_array_foreach(audience, i, one) {
        if (json_is_string(one) && strcmp(json_string_value(one), client_id) == 0)
            found = true;
    }
    if (json_array_size(audience) > 1 && !party)
        return false;
    return found && (!party || strcmp(party, client_id) == 0);
}

/* Google documents that its tokens may name the issuer without the scheme. */
static bool issuer_is(const json_t *claims, const char *issuer)
{
    const char *found = text_of(claims, "iss");

    return strcmp(found, issuer) == 0 ||
           (strcmp(issuer, "https://accounts.google.com") == 0 && strcmp(found, "accounts.google.com") == 0);
}

static enum err check_claims(const json_t *claims, const struct id_token_wanted *wanted, struct error *error)
{
    const json_t *expires = json_object_get(claims, "exp"), *issued = json_object_get(claims, "iat");
    const json_t *early = json_object_get(claims, "nbf"); /* need not be there */

    if (!issuer_is(claims, wanted->issuer))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is from another issuer");
    if (!audience_is(claims, wanted->client_id))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is for another client");
    if (!json_is_number(expires) || json_number_value(expires) <= (double)(wanted->now - CLOCK_LEEWAY_S))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token has expired");
    if (!json_is_number(issued) || json_number_value(issued) > (double)(wanted->now + CLOCK_LEEWAY_S))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token was issued in the future");
    if (early && (!json_is_number(early) || json_number_value(early) > (double)(wanted->now + CLOCK_LEEWAY_S)))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is not valid yet");
    if (!*text_of(claims, "sub"))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token has no subject");
    return OK;
}

enum err id_token_verify(const char *token, const json_t *keys, const struct id_token_wanted *wanted, json_t **claims,
                         struct error *error)
{
    struct jwt jwt;
    json_t *header = read_header(token, &jwt), *payload;
    enum err err;

    if (!header)
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is not well-formed");
    err = check_signature(&jwt, header, keys, error);
    json_decref(header);
    if (err)
        return err;
    payload = jwt_payload(&jwt);
    if (!payload)
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is not well-formed");
    err = check_claims(payload, wanted, error);
    if (!err)
        *claims = payload;
    else
        json_decref(payload);
    return err;
}

/* ---- signing ---- */

/* A PEM key; its line ends may be written as \n, as is usual in environment variables. */
static EVP_PKEY *read_pem(void *arena, const char *pem)
{
    struct buffer text = buffer_make(arena, ID_TOKEN_MAX);
    EVP_PKEY *key;
    BIO *bio;

    for (; *pem; pem++) {
        bool end = pem[0] == '\\' && pem[1] == 'n';

        buffer_char(&text, end ? '\n' : *pem);
        pem += end;
    }
    if (!buffer_string(&text))
        return NULL;
    bio = BIO_new_mem_buf(text.data, (int)text.len);
    key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return key;
}

const char *es256_token_sign(void *arena, const char *pem, const char *key_id, const json_t *claims)
{
    struct buffer token = buffer_make(arena, ID_TOKEN_MAX);
    struct jwt_key key = {.algorithm = JWT_ES256, .pair = read_pem(arena, pem)};
    struct buffer header = buffer_make(arena, ID_TOKEN_MAX), payload = header;

    JSON_OBJECT(&header, member_text("alg", "ES256"), member_text("kid", key_id));
    if (json_dump_to(&payload, claims, 0) && buffer_string(&payload) && buffer_string(&header) && key.pair &&
        EVP_PKEY_is_a(key.pair, "EC"))
        jwt_sign(&token, header.data, payload.data, &key);
    EVP_PKEY_free(key.pair);
    return token.len > 0 ? buffer_string(&token) : NULL;
}
