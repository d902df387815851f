/* Verifies and signs JSON web tokens of identity providers (RFC 7515, RFC 7517, RFC 7518). */
#include "signin/id_token.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <string.h>
#include <talloc.h>

#include "base/base64.h"
#include "base/json.h"

enum { CLOCK_LEEWAY_S = 60, RSA_BITS_MIN = 2048, INTEGER_MAX = 1024, COORDINATE = 32 };

/* The three parts of a compact JWS (RFC 7515 7.1). */
struct jws {
    const char *signed_text; /* header and payload, including the dot between them */
    size_t signed_len;
    const char *payload;
    size_t payload_len;
    unsigned char signature[INTEGER_MAX];
    size_t signature_len;
    json_t *header;
};

static json_t *read_object(const char *text, size_t len)
{
    unsigned char bytes[ID_TOKEN_MAX];
    size_t size;
    json_t *json = NULL;

    if (base64_read(BASE64_URL, text, len, bytes, sizeof bytes, &size))
        json = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

static bool read_jws(const char *token, struct jws *jws)
{
    const char *payload = strchr(token, '.');
    const char *signature = payload ? strchr(payload + 1, '.') : NULL;

    if (!signature || strlen(token) > ID_TOKEN_MAX)
        return false;
    *jws = (struct jws){.signed_text = token,
                        .signed_len = (size_t)(signature - token),
                        .payload = payload + 1,
                        .payload_len = (size_t)(signature - payload - 1)};
    if (!base64_read(BASE64_URL, signature + 1, strlen(signature + 1), jws->signature, sizeof jws->signature,
                     &jws->signature_len))
        return false;
    jws->header = read_object(token, (size_t)(payload - token));
    if (json_object_get(jws->header, "crit")) {
        json_decref(jws->header);
        jws->header = NULL;
    }
    return jws->header != NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_member_text(object, name);

    return text ? text : "";
}

const char *id_token_key_id(void *arena, const char *token)
{
    struct jws jws;
    const char *id;

    if (!read_jws(token, &jws))
        return NULL;
    id = talloc_strdup(arena, text_of(jws.header, "kid"));
    json_decref(jws.header);
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

/* The supported algorithms and their key types: a token cannot make a key be used in another way. */
static const struct algorithm {
    const char *name, *key_type;
    EVP_PKEY *(*key)(const json_t *jwk);
    bool raw; /* the signature is two integers in sequence (RFC 7518 3.4) */
} algorithms[] = {{"RS256", "RSA", rsa_key, false}, {"ES256", "EC", p256_key, true}};

static const struct algorithm *algorithm_of(const json_t *header)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (strcmp(algorithms[i].name, text_of(header, "alg")) == 0)
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

/* ---- signatures ---- */

/* The two integers in OpenSSL's form. */
static int der_of(const unsigned char *raw, unsigned char **der)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, COORDINATE, NULL), *s = BN_bin2bn(raw + COORDINATE, COORDINATE, NULL);
    int len = -1;

    if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL;
        len = i2d_ECDSA_SIG(pair, der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len;
}

static bool signature_is_good(const struct jws *jws, const struct algorithm *algorithm, EVP_PKEY *key)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char *der = NULL;
    const unsigned char *signature = jws->signature;
    size_t len = jws->signature_len;
    bool good = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1;

    if (good && algorithm->raw) {
        int der_len = len == 2 * COORDINATE ? der_of(signature, &der) : -1;

        good = der_len > 0;
        signature = der;
        len = good ? (size_t)der_len : 0;
    }
    good = good &&
           EVP_DigestVerify(context, signature, len, (const unsigned char *)jws->signed_text, jws->signed_len) == 1;
    OPENSSL_free(der);
    EVP_MD_CTX_free(context);
    return good;
}

static enum err check_signature(const struct jws *jws, const json_t *keys, struct error *error)
{
    const struct algorithm *algorithm = algorithm_of(jws->header);
    const json_t *jwk;
    EVP_PKEY *key;
    bool good;

    if (!algorithm)
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is not signed with RS256 or ES256");
    jwk = find_jwk(keys, algorithm, text_of(jws->header, "kid"));
    if (!jwk)
        return error_set(error, ERR_NOT_FOUND, "the issuer publishes no key that the ID token names");
    key = algorithm->key(jwk);
    if (!key)
        return error_set(error, ERR_UNAUTHORIZED, "the issuer's key cannot be used");
    good = signature_is_good(jws, algorithm, key);
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

    if (!issuer_is(claims, wanted->issuer))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is from another issuer");
    if (!audience_is(claims, wanted->client_id))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is for another client");
    if (!json_is_number(expires) || json_number_value(expires) <= (double)(wanted->now - CLOCK_LEEWAY_S))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token has expired");
    if (!json_is_number(issued) || json_number_value(issued) > (double)(wanted->now + CLOCK_LEEWAY_S))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token was issued in the future");
    if (!*text_of(claims, "sub"))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token has no subject");
    return OK;
}

enum err id_token_verify(const char *token, const json_t *keys, const struct id_token_wanted *wanted, json_t **claims,
                         struct error *error)
{
    struct jws jws;
    json_t *payload;
    enum err err;

    if (!read_jws(token, &jws))
        return error_set(error, ERR_UNAUTHORIZED, "the ID token is not well-formed");
    err = check_signature(&jws, keys, error);
    json_decref(jws.header);
    if (err)
        return err;
    payload = read_object(jws.payload, jws.payload_len);
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

/* The two integers in sequence, from OpenSSL's form. */
static bool raw_of(const unsigned char *der, size_t len, unsigned char raw[2 * COORDINATE])
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool good = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, COORDINATE) == COORDINATE &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + COORDINATE, COORDINATE) == COORDINATE;

    ECDSA_SIG_free(pair);
    return good;
}

static bool sign(EVP_PKEY *key, const struct buffer *text, unsigned char raw[2 * COORDINATE])
{
    unsigned char der[2 * COORDINATE + 16];
    size_t len = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, der, &len, (const unsigned char *)text->data, text->len) == 1 &&
                raw_of(der, len, raw);

    EVP_MD_CTX_free(context);
    return good;
}

static void write_part(struct buffer *out, const json_t *object)
{
    char text[ID_TOKEN_MAX];
    size_t len = json_dumpb(object, text, sizeof text, JSON_COMPACT);

    if (len == 0 || len > sizeof text)
        out->failed = true;
    else
        base64_write(out, BASE64_URL, text, len);
}

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
    json_t *header = json_pack("{s:s,s:s}", "alg", "ES256", "kid", key_id);
    EVP_PKEY *key = read_pem(arena, pem);
    unsigned char signature[2 * COORDINATE];
    bool good = header && key && EVP_PKEY_is_a(key, "EC");

    if (good) {
        write_part(&token, header);
        buffer_char(&token, '.');
        write_part(&token, claims);
        good = buffer_string(&token) && sign(key, &token, signature);
    }
    if (good) {
        buffer_char(&token, '.');
        base64_write(&token, BASE64_URL, signature, sizeof signature);
    }
    EVP_PKEY_free(key);
    json_decref(header);
    return good ? buffer_string(&token) : NULL;
}
