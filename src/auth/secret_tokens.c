/* Writes and verifies HS256 tokens (RFC 7515, RFC 7519). */
#include "auth/secret_tokens.h"

#include <jansson.h>
#include <string.h>
#include <talloc.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/platform.h"

enum { TOKEN_MAX = 8192, CLOCK_LEEWAY_S = 60 };

static json_t *decode_object(const char *text, size_t len)
{
    unsigned char bytes[TOKEN_MAX];
    size_t size;
    bool good = base64_read(BASE64_URL, text, len, bytes, sizeof bytes, &size);
    json_t *json = good ? json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (json && !json_is_object(json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static bool header_is_hs256(const char *text, size_t len)
{
    json_t *header = decode_object(text, len);
    const char *algorithm = json_member_text(header, "alg");
    bool good = algorithm && strcmp(algorithm, "HS256") == 0 && !json_object_get(header, "crit");

    json_decref(header);
    return good;
}

static bool signature_is_good(struct secret key, const char *token, size_t signed_len, const char *signature)
{
    unsigned char wanted[32];
    unsigned char got[sizeof wanted];
    size_t size;
    bool good = base64_read(BASE64_URL, signature, strlen(signature), got, sizeof got, &size);

    digest_hmac_sha256(key, token, signed_len, wanted);
    return good && size == sizeof wanted &&
           secret_equal((struct secret){wanted, sizeof wanted}, (struct secret){got, sizeof got});
}

static bool read_id(const json_t *payload, const char *name, struct uuid *id)
{
    const char *text = json_member_text(payload, name);

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
    claims->has_session = read_id(payload, "session", &claims->session);
    claims->has_key = read_id(payload, "key", &claims->key);
    claims->expires_us = at * 1000000;
    if ((!claims->has_session && json_object_get(payload, "session")) ||
        (!claims->has_key && json_object_get(payload, "key")))
        return ERR_UNAUTHORIZED;
    if (!claims->has_project && json_is_string(json_object_get(payload, "project_id")))
        return ERR_UNAUTHORIZED;
    return OK;
}

enum err secret_token_verify(struct secret key, const char *token, struct secret_claims *claims)
{
    const char *payload = strchr(token, '.');
    const char *signature = payload ? strchr(payload + 1, '.') : NULL;
    json_t *json;
    enum err err;

    if (!signature || strlen(token) > TOKEN_MAX)
        return ERR_UNAUTHORIZED;
    if (!header_is_hs256(token, (size_t)(payload - token)) ||
        !signature_is_good(key, token, (size_t)(signature - token), signature + 1))
        return ERR_UNAUTHORIZED;
    json = decode_object(payload + 1, (size_t)(signature - payload - 1));
    if (!json)
        return ERR_UNAUTHORIZED;
    err = read_claims(json, claims);
    json_decref(json);
    return err;
}

static void write_claims(const struct secret_grant *grant, struct buffer *out)
{
    int64_t expires_s = platform.realtime_us() / 1000000 + SECRET_TOKEN_LIFETIME_S;

    json_open(out, '{');
    json_key(out, "user_id");
    json_uuid(out, &grant->user_id);
    json_key(out, "user_email");
    json_text(out, grant->user_email);
    json_key(out, "project_id");
    json_uuid(out, &grant->project_id);
    json_key(out, "workspace_id");
    json_uuid(out, &grant->workspace_id);
    json_key(out, "organization_id");
    json_uuid(out, &grant->organization_id);
    json_key(out, "organization_name");
    json_text(out, grant->organization_name);
    if (grant->session) {
        json_key(out, "session");
        json_uuid(out, grant->session);
    }
    if (grant->key) {
        json_key(out, "key");
        json_uuid(out, grant->key);
    }
    json_key(out, "exp");
    json_int(out,
             grant->expires_us && grant->expires_us / 1000000 < expires_s ? grant->expires_us / 1000000 : expires_s);
    json_close(out, '}');
}

void secret_token_write(struct secret key, const struct secret_grant *grant, struct buffer *out)
{
    static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    struct buffer claims = buffer_make(out->arena, TOKEN_MAX);
    size_t start = out->len;
    unsigned char signature[32];

    write_claims(grant, &claims);
    base64_write(out, BASE64_URL, header, sizeof header - 1);
    buffer_char(out, '.');
    base64_write(out, BASE64_URL, claims.data, claims.len);
    out->failed = out->failed || claims.failed;
    if (out->failed)
        return;
    digest_hmac_sha256(key, out->data + start, out->len - start, signature);
    buffer_char(out, '.');
    base64_write(out, BASE64_URL, signature, sizeof signature);
}
