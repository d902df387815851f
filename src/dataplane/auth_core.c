/* Answers the data plane's questions about logins and sessions. */
#include "dataplane/auth_core.h"

#include <string.h>
#include <talloc.h>

#include "auth/identity.h"
#include "auth/session_identity.h"
#include "auth/signing_keys.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/secret.h"
#include "config/config.h"
#include "dataplane/statements.h"

enum { KEYS_MAX = 64 << 10, SESSION_MAX = 32 << 10 };

const struct field core_user_parameters[] = {{.name = "userId", .type = FIELD_STRING, .required = true}, {0}};

static const struct field verify_fields[] = {
    {.name = "accessToken", .type = FIELD_STRING, .required = true, .max = ACCESS_TOKEN_MAX},
    {.name = "doAntiCsrfCheck", .type = FIELD_BOOL},
    {.name = "enableAntiCsrf", .type = FIELD_BOOL},
    {.name = "checkDatabase", .type = FIELD_BOOL},
    {.name = "antiCsrfToken", .type = FIELD_STRING, .nullable = true},
};
const struct model core_verify_body = MODEL("CoreSessionVerify", verify_fields, NULL);

enum err core_versions(struct request *req)
{
    return reply_json(req, 200, "{\"versions\":[\"5.4\"]}");
}

enum err core_keys(struct request *req)
{
    struct buffer body = buffer_make(req->arena, KEYS_MAX);

    TRY(signing_keys_publish(req, &body));
    return reply_buffer(req, 200, &body);
}

/* Checks the key of the interface. Requests for one login share the workers as one caller. */
static enum err admit(struct request *req, const struct uuid *login)
{
    const char *key = request_header(req, "api-key");

    if (!key || !secret_equal(secret_of(key), secret_of(req->config->auth_core_key)))
        return ERR_UNAUTHORIZED;
    return identity_accept_service(req, login);
}

enum err core_user(struct request *req)
{
    struct uuid login = {0};
    bool known = uuid_parse_canonical(query_value(req, "userId"), &login);
    struct result row;
    enum err err = admit(req, &login);

    if (err)
        return err;
    if (!known)
        return reply_json(req, 200, "{\"status\":\"UNKNOWN_USER_ID_ERROR\"}");
    if (!req->db)
        return ERR_AGAIN;
    err = DB_RUN(req->db, core_user_get, &row, param_uuid(&login));
    if (err)
        return err;
    if (result_rows(&row) == 1 && !identity_admit(req, result_text(&row, 0, CORE_USER_GET_EMAIL)))
        return reply_result(req, 200, &row);
    result_clear(&row);
    return reply_json(req, 200, "{\"status\":\"UNKNOWN_USER_ID_ERROR\"}");
}

static enum err refuse_session(struct request *req, const char *status, const char *message)
{
    struct buffer body = buffer_make(req->arena, 1024);

    JSON_OBJECT(&body, member_text("status", status), member_text("message", message));
    return reply_buffer(req, 200, &body);
}

/* The payload of a token, which is JSON. NULL without memory. */
static const char *payload_of(struct request *req, const char *token)
{
    const char *start = strchr(token, '.') + 1;
    size_t len = strcspn(start, "."), size;
    char *bytes = talloc_size(req->arena, len + 1);

    if (!bytes || !base64_read(BASE64_URL, start, len, bytes, len, &size))
        return NULL;
    bytes[size] = '\0';
    return bytes;
}

static enum err accept_session(struct request *req, const struct access_token *token)
{
    struct buffer body = buffer_make(req->arena, SESSION_MAX);
    const char *payload = payload_of(req, token->text);

    if (!payload)
        return ERR_MEMORY;
    json_open(&body, '{');
    json_key(&body, "status");
    json_text(&body, "OK");
    json_key(&body, "session");
    JSON_OBJECT(&body, member_uuid("handle", &token->claims.session), member_uuid("userId", &token->claims.login_id),
                member_uuid("recipeUserId", &token->claims.login_id), member_raw("userDataInJWT", payload),
                member_text("tenantId", "public"));
    json_close(&body, '}');
    return reply_buffer(req, 200, &body);
}

enum err core_verify_session(struct request *req)
{
    const char *text = body_text(req, "accessToken");
    struct identity identity;
    struct access_token token;
    bool readable = access_token_read(text, &token);
    enum err err = admit(req, &token.claims.login_id);

    if (err)
        return err;
    if (!readable)
        return refuse_session(req, "UNAUTHORISED", "The access token is malformed");
    if (body_bool(req, "doAntiCsrfCheck", false) && body_bool(req, "enableAntiCsrf", false))
        return refuse_session(req, "TRY_REFRESH_TOKEN", "Anti-CSRF tokens are not issued");
    err = req->db ? session_authenticate_token(req, text, &identity)
                  : session_authenticate_token_cached(req, text, &identity);
    if (err == ERR_SESSION_EXPIRED)
        return refuse_session(req, "TRY_REFRESH_TOKEN", "The access token has expired");
    if (err == ERR_SESSION_NONE || err == ERR_UNAUTHORIZED)
        return refuse_session(req, "UNAUTHORISED", "The session does not exist or has ended");
    return err ? err : accept_session(req, &token);
}
