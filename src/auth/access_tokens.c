/* Writes, reads and verifies RS256 tokens, over OpenSSL and jansson. */
#include "auth/access_tokens.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"

enum { HEADER_MAX = 1024, SIGNATURE_MAX = 1024, LEAST_VERSION = 3 };

void access_token_payload(const struct access_claims *claims, struct buffer *out)
{
    json_open(out, '{');
    json_key(out, "antiCsrfToken");
    json_nil(out);
    json_key(out, "exp");
    json_int(out, claims->expires_s);
    json_key(out, "iat");
    json_int(out, claims->issued_s);
    json_key(out, "is_new_user");
    json_bool(out, claims->is_new_user);
    json_key(out, "iss");
    json_text(out, claims->issuer);
    json_key(out, "parentRefreshTokenHash1");
    json_text(out, claims->has_parent ? claims->refresh_hash : NULL);
    json_key(out, "refreshTokenHash1");
    json_text(out, claims->refresh_hash);
    json_key(out, "rsub");
    json_uuid(out, &claims->login_id);
    json_key(out, "sessionHandle");
    json_uuid(out, &claims->session);
    json_key(out, "session_identities");
    json_raw(out, claims->session_identities);
    json_key(out, "sub");
    json_uuid(out, &claims->login_id);
    json_key(out, "tId");
    json_text(out, "public");
    json_key(out, "user_identities");
    json_raw(out, claims->user_identities);
    json_close(out, '}');
}

static bool sign(EVP_PKEY *key, const void *data, size_t len, unsigned char *signature, size_t *size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, signature, size, data, len) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

bool access_token_sign(const char *payload, const char *key_id, EVP_PKEY *key, struct buffer *out)
{
    struct buffer header = buffer_make(out->arena, HEADER_MAX);
    unsigned char signature[SIGNATURE_MAX];
    size_t size = sizeof signature;

    buffer_format(&header, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%s\",\"version\":\"5\"}", key_id);
    if (header.failed || !payload)
        return false;
    base64_write(out, BASE64_URL, header.data, header.len);
    buffer_char(out, '.');
    base64_write(out, BASE64_URL, payload, strlen(payload));
    if (out->failed || !sign(key, out->data, out->len, signature, &size))
        return false;
    buffer_char(out, '.');
    base64_write(out, BASE64_URL, signature, size);
    return !out->failed;
}

/* ---- reading ---- */

/* NULL if it is not an object. */
static json_t *decode_object(const char *text, size_t len, char *bytes, size_t room)
{
    size_t size;
    bool good = base64_read(BASE64_URL, text, len, bytes, room, &size);
    json_t *json = good ? json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (json && !json_is_object(json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static const char *member(const json_t *object, const char *name)
{
    return json_member_text(object, name);
}

static bool equals(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

static bool copy_bounded(char *to, size_t size, const char *text)
{
    size_t len = text ? strlen(text) : size;

    if (len >= size)
        return false;
    memcpy(to, text, len + 1);
    return true;
}

static bool read_header(const char *text, size_t len, struct access_token *token)
{
    char bytes[HEADER_MAX];
    json_t *header = decode_object(text, len, bytes, sizeof bytes);
    const char *version = member(header, "version");
    bool good = header && equals(member(header, "typ"), "JWT") && version && strspn(version, "0123456789") > 0 &&
                strtol(version, NULL, 10) >= LEAST_VERSION &&
                copy_bounded(token->key_id, sizeof token->key_id, member(header, "kid"));

    token->is_rs256 = equals(member(header, "alg"), "RS256") && !json_object_get(header, "crit");
    json_decref(header);
    return good;
}

static bool read_payload(const char *text, size_t len, struct access_claims *claims)
{
    char bytes[ACCESS_TOKEN_MAX];
    json_t *payload = decode_object(text, len, bytes, sizeof bytes);
    const char *login = member(payload, "sub");
    const char *session = member(payload, "sessionHandle");
    const json_t *issued = json_object_get(payload, "iat");
    const json_t *expires = json_object_get(payload, "exp");
    bool good = login && session && uuid_parse_canonical(login, &claims->login_id) &&
                uuid_parse_canonical(session, &claims->session) && json_is_integer(issued) &&
                json_is_integer(expires) && json_integer_value(expires) >= 0 &&
                json_integer_value(expires) < INT64_MAX / 1000000 && equals(member(payload, "tId"), "public") &&
                copy_bounded(claims->refresh_hash, sizeof claims->refresh_hash, member(payload, "refreshTokenHash1"));

    claims->issued_s = json_integer_value(issued);
    claims->expires_s = json_integer_value(expires);
    json_decref(payload);
    return good;
}

bool access_token_read(const char *text, struct access_token *token)
{
    const char *payload = strchr(text, '.');
    const char *signature = payload ? strchr(payload + 1, '.') : NULL;

    *token = (struct access_token){.text = text};
    if (!signature || strchr(signature + 1, '.') || strlen(text) > ACCESS_TOKEN_MAX)
        return false;
    token->signed_len = (size_t)(signature - text);
    return read_header(text, (size_t)(payload - text), token) &&
           read_payload(payload + 1, (size_t)(signature - payload - 1), &token->claims);
}

bool access_token_verify(const struct access_token *token, EVP_PKEY *key)
{
    const char *text = token->text + token->signed_len + 1;
    unsigned char signature[SIGNATURE_MAX];
    EVP_MD_CTX *context;
    size_t size;
    bool good;

    if (!token->is_rs256 || !base64_read(BASE64_URL, text, strlen(text), signature, sizeof signature, &size))
        return false;
    context = EVP_MD_CTX_new();
    good = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestVerify(context, signature, size, (const unsigned char *)token->text, token->signed_len) == 1;
    EVP_MD_CTX_free(context);
    return good;
}
