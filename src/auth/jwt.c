/* JSON web tokens, over OpenSSL and jansson. */
#include "auth/jwt.h"

#include <openssl/ec.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"

enum { SIGNATURE_MAX = 1024, DIGEST = 32, COORDINATE = 32 };

/* ---- reading ---- */

bool jwt_split(const char *token, size_t max, struct jwt *jwt)
{
    const char *first = strchr(token, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;

    if (!second || strchr(second + 1, '.') || strlen(token) > max)
        return false;
    *jwt = (struct jwt){token, first + 1, second + 1};
    return true;
}

static json_t *read_object(const char *text, const char *next)
{
    char bytes[JWT_MAX];
    size_t size;
    json_t *json = NULL;

    if (base64_read(BASE64_URL, text, (size_t)(next - text) - 1, bytes, sizeof bytes, &size))
        json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

json_t *jwt_header(const struct jwt *jwt)
{
    return read_object(jwt->header, jwt->payload);
}

json_t *jwt_payload(const struct jwt *jwt)
{
    return read_object(jwt->payload, jwt->signature);
}

enum jwt_algorithm jwt_algorithm_of(const json_t *header)
{
    static const char *const names[] = {[JWT_HS256] = "HS256", [JWT_RS256] = "RS256", [JWT_ES256] = "ES256"};
    const char *name = json_member_text(header, "alg");

    for (size_t i = JWT_HS256; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0 && !json_object_get(header, "crit"))
            return (enum jwt_algorithm)i;
    return JWT_OTHER;
}

/* ---- signatures ---- */

/* ES256 has the two integers next to each other (RFC 7518 3.4); this is OpenSSL's form of them. */
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

/* The two integers next to each other, from OpenSSL's form, in place. */
static bool raw_of(unsigned char *signature, size_t *len)
{
    const unsigned char *der = signature;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)*len);
    bool good = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, COORDINATE) == COORDINATE &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + COORDINATE, COORDINATE) == COORDINATE;

    ECDSA_SIG_free(pair);
    *len = 2 * COORDINATE;
    return good;
}

static bool verify_digest(EVP_PKEY *key, const char *text, size_t text_len, const unsigned char *signature, size_t len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, signature, len, (const unsigned char *)text, text_len) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

bool jwt_verify(const struct jwt *jwt, const struct jwt_key *key)
{
    size_t signed_len = (size_t)(jwt->signature - jwt->header) - 1, len;
    unsigned char signature[SIGNATURE_MAX], wanted[DIGEST], *der = NULL;
    int der_len;
    bool good;

    if (!base64_read(BASE64_URL, jwt->signature, strlen(jwt->signature), signature, sizeof signature, &len))
        return false;
    switch (key->algorithm) {
    case JWT_HS256:
        digest_hmac_sha256(key->secret, jwt->header, signed_len, wanted);
        return secret_equal((struct secret){wanted, sizeof wanted}, (struct secret){signature, len});
    case JWT_RS256:
        return verify_digest(key->pair, jwt->header, signed_len, signature, len);
    case JWT_ES256:
        der_len = len == 2 * COORDINATE ? der_of(signature, &der) : -1;
        good = der_len > 0 && verify_digest(key->pair, jwt->header, signed_len, der, (size_t)der_len);
        OPENSSL_free(der);
        return good;
    case JWT_OTHER:
        break;
    }
    return false;
}

static bool make_signature(const struct jwt_key *key, const char *text, size_t text_len, unsigned char *signature,
                           size_t *len)
{
    EVP_MD_CTX *context;
    bool good;

    if (key->algorithm == JWT_HS256) {
        digest_hmac_sha256(key->secret, text, text_len, signature);
        *len = DIGEST;
        return true;
    }
    context = EVP_MD_CTX_new();
    good = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->pair) == 1 &&
           EVP_DigestSign(context, signature, len, (const unsigned char *)text, text_len) == 1;
    EVP_MD_CTX_free(context);
    return good && (key->algorithm != JWT_ES256 || raw_of(signature, len));
}

void jwt_sign(struct buffer *out, const char *header, const char *payload, const struct jwt_key *key)
{
    size_t start = out->len, len = SIGNATURE_MAX;
    unsigned char signature[SIGNATURE_MAX];

    base64_write(out, BASE64_URL, header, strlen(header));
    buffer_char(out, '.');
    base64_write(out, BASE64_URL, payload, strlen(payload));
    if (out->failed || !make_signature(key, out->data + start, out->len - start, signature, &len)) {
        out->failed = true;
        return;
    }
    buffer_char(out, '.');
    base64_write(out, BASE64_URL, signature, len);
}
