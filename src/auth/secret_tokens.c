/* Writes and verifies the tokens of first-party services. */
#include "auth/secret_tokens.h"

#include <jansson.h>
#include <string.h>
#include <talloc.h>

#include "auth/jwt.h"
#include "base/json.h"
#include "base/platform.h"

enum { TOKEN_MAX = 8192, CLOCK_LEEWAY_S = 60 };

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
    struct jwt jwt;
    json_t *header, *payload;
    enum err err = ERR_UNAUTHORIZED;

    if (!jwt_split(token, TOKEN_MAX, &jwt))
        return ERR_UNAUTHORIZED;
    header = jwt_header(&jwt);
    payload = jwt_payload(&jwt);
    if (jwt_algorithm_of(header) == JWT_HS256 &&
        jwt_verify(&jwt, &(struct jwt_key){.algorithm = JWT_HS256, .secret = key}) && payload)
        err = read_claims(payload, claims);
    json_decref(header);
    json_decref(payload);
    return err;
}

static void write_claims(const struct secret_grant *grant, struct buffer *out)
{
    int64_t expires_s = platform.realtime_us() / 1000000 + SECRET_TOKEN_LIFETIME_S;

    json_open(out, '{');
    JSON_MEMBERS(out, member_uuid("user_id", &grant->user_id), member_text("user_email", grant->user_email),
                 member_uuid("project_id", &grant->project_id), member_uuid("workspace_id", &grant->workspace_id),
                 member_uuid("organization_id", &grant->organization_id),
                 member_text("organization_name", grant->organization_name));
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
    struct buffer claims = buffer_make(out->arena, TOKEN_MAX);

    write_claims(grant, &claims);
    out->failed = out->failed || !buffer_string(&claims);
    if (!out->failed)
        jwt_sign(out, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims.data,
                 &(struct jwt_key){.algorithm = JWT_HS256, .secret = key});
}
