/* Verifies HS256 tokens (RFC 7515, RFC 7519). */
#include "identity/secret_tokens.h"

#include <jansson.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"

enum { TOKEN_MAX = 8192, CLOCK_LEEWAY_S = 60 };

static int digit_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* base64url without padding (RFC 4648 5) into `to`, which has room for `len` bytes. The length, or -1. */
static long decode(const char *text, size_t len, unsigned char *to)
{
    unsigned bits = 0;
    int count = 0;
    long written = 0;

    if (len % 4 == 1)
        return -1;
    for (size_t i = 0; i < len; i++) {
        int value = digit_value(text[i]);
        if (value < 0)
            return -1;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[written++] = (unsigned char)(bits >> count);
            bits &= (1u << count) - 1;
        }
    }
    return bits == 0 ? written : -1; /* left-over bits make a second spelling of the same token */
}

static json_t *decode_object(const char *text, size_t len)
{
    unsigned char bytes[TOKEN_MAX];
    long size = decode(text, len, bytes);
    json_t *json = size < 0 ? NULL : json_loadb((const char *)bytes, (size_t)size, JSON_REJECT_DUPLICATES, NULL);

    if (json && !json_is_object(json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static bool header_is_hs256(const char *text, size_t len)
{
    json_t *header = decode_object(text, len);
    const char *algorithm = json_string_value(json_object_get(header, "alg"));
    bool good = algorithm && strcmp(algorithm, "HS256") == 0 && !json_object_get(header, "crit");

    json_decref(header);
    return good;
}

static bool signature_is_good(struct secret key, const char *token, size_t signed_len, const char *signature)
{
    unsigned char wanted[32];
    unsigned char got[TOKEN_MAX];
    size_t len = strlen(signature);
    long size = len > 64 ? -1 : decode(signature, len, got);

    digest_hmac_sha256(key, token, signed_len, wanted);
    return size == sizeof wanted &&
           secret_equal((struct secret){wanted, sizeof wanted}, (struct secret){got, sizeof wanted});
}

static bool read_id(const json_t *payload, const char *name, struct uuid *id)
{
    const char *text = json_string_value(json_object_get(payload, name));

    return text && uuid_parse(text, id);
}

static enum err read_claims(const json_t *payload, struct secret_claims *claims)
{
    int64_t now = platform.realtime_us() / 1000000;
    const json_t *expires = json_object_get(payload, "exp");
    const json_t *not_before = json_object_get(payload, "nbf");
    int64_t at = json_integer_value(expires);

    if (!json_is_integer(expires) || at <= now || at > now + SECRET_TOKEN_LIFETIME_S + CLOCK_LEEWAY_S)
        return ERR_UNAUTHORIZED;
    if (not_before && (!json_is_integer(not_before) || json_integer_value(not_before) > now + CLOCK_LEEWAY_S))
        return ERR_UNAUTHORIZED;
    if (json_object_get(payload, "aud") || !read_id(payload, "user_id", &claims->user_id))
        return ERR_UNAUTHORIZED;
    claims->has_project = read_id(payload, "project_id", &claims->project_id);
    claims->expires_us = at * 1000000;
    if (!claims->has_project && json_is_string(json_object_get(payload, "project_id")))
        return ERR_UNAUTHORIZED;
    return OK;
}

enum err secret_token_verify(struct secret key, const char *token, struct secret_claims *claims)
{
    const char *payload = strchr(token, '.');
    const char *signature = payload ? strchr(payload + 1, '.') : NULL;
    json_t *json;
    enum err code;

    if (!signature || strlen(token) > TOKEN_MAX)
        return ERR_UNAUTHORIZED;
    if (!header_is_hs256(token, (size_t)(payload - token)) ||
        !signature_is_good(key, token, (size_t)(signature - token), signature + 1))
        return ERR_UNAUTHORIZED;
    json = decode_object(payload + 1, (size_t)(signature - payload - 1));
    if (!json)
        return ERR_UNAUTHORIZED;
    code = read_claims(json, claims);
    json_decref(json);
    return code;
}
