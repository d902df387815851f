/* Writes, reads and verifies the tokens of sessions. */
#include "auth/access_tokens.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { HEADER_MAX = 1024, HEADER_TEXT_MAX = (HEADER_MAX * 4 + 2) / 3, LEAST_VERSION = 3 };

void access_token_payload(const struct access_claims *claims, struct buffer *out)
{
    JSON_OBJECT(out, member_text("antiCsrfToken", NULL), member_int("exp", claims->expires_s),
                member_int("iat", claims->issued_s), member_bool("is_new_user", claims->is_new_user),
                member_text("iss", claims->issuer),
                member_text("parentRefreshTokenHash1", claims->has_parent ? claims->refresh_hash : NULL),
                member_text("refreshTokenHash1", claims->refresh_hash), member_uuid("rsub", &claims->login_id),
                member_uuid("sessionHandle", &claims->session),
                member_raw("session_identities", claims->session_identities), member_uuid("sub", &claims->login_id),
                member_text("tId", "public"), member_raw("user_identities", claims->user_identities));
}

bool access_token_sign(const char *payload, const char *key_id, EVP_PKEY *key, struct buffer *out)
{
    struct buffer header = buffer_make(out->arena, HEADER_MAX);

    buffer_format(&header, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%s\",\"version\":\"5\"}", key_id);
    if (!buffer_string(&header) || !payload)
        return false;
    jwt_sign(out, header.data, payload, &(struct jwt_key){.algorithm = JWT_RS256, .pair = key});
    return !out->failed;
}

/* ---- reading ---- */

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

static bool read_header(const json_t *header, struct access_token *token)
{
    const char *version = json_member_text(header, "version");

    token->is_rs256 = jwt_algorithm_of(header) == JWT_RS256;
    return equals(json_member_text(header, "typ"), "JWT") && version && strspn(version, "0123456789") > 0 &&
           strtol(version, NULL, 10) >= LEAST_VERSION &&
           copy_bounded(token->key_id, sizeof token->key_id, json_member_text(header, "kid"));
}

static bool read_payload(const json_t *payload, struct access_claims *claims)
{
    const char *login = json_member_text(payload, "sub");
    const char *session = json_member_text(payload, "sessionHandle");
    const json_t *issued = json_object_get(payload, "iat");
    const json_t *expires = json_object_get(payload, "exp");

    claims->issued_s = json_integer_value(issued);
    claims->expires_s = json_integer_value(expires);
    return login && session && uuid_parse_canonical(login, &claims->login_id) &&
           uuid_parse_canonical(session, &claims->session) && json_is_integer(issued) && json_is_integer(expires) &&
           claims->expires_s >= 0 && claims->expires_s < INT64_MAX / 1000000 &&
           equals(json_member_text(payload, "tId"), "public") &&
           copy_bounded(claims->refresh_hash, sizeof claims->refresh_hash,
                        json_member_text(payload, "refreshTokenHash1"));
}

bool access_token_read(const char *text, struct access_token *token)
{
    json_t *header, *payload;
    bool good;

    *token = (struct access_token){.text = text};
    if (!jwt_split(text, ACCESS_TOKEN_MAX, &token->jwt) || token->jwt.payload - text > HEADER_TEXT_MAX + 1)
        return false;
    header = jwt_header(&token->jwt);
    payload = jwt_payload(&token->jwt);
    good = read_header(header, token) && read_payload(payload, &token->claims);
    json_decref(header);
    json_decref(payload);
    return good;
}

bool access_token_verify(const struct access_token *token, EVP_PKEY *key)
{
    return token->is_rs256 && jwt_verify(&token->jwt, &(struct jwt_key){.algorithm = JWT_RS256, .pair = key});
}
