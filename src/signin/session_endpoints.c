/* The endpoints of sessions. */
#include "signin/session_endpoints.h"

#include <string.h>
#include <talloc.h>

#include "auth/sessions.h"
#include "auth/signing_keys.h"
#include "auth/statements.h"
#include "base/json.h"
#include "policy/limits.h"
#include "signin/frontend_api.h"
#include "tenancy/edition.h"

enum { KEYS_MAX = 64 << 10, DOCUMENT_MAX = 64 << 10 };

const struct field session_access_parameters[] = {
    {.name = "organization_id", .type = FIELD_STRING, .required = true},
    {0},
};
const struct field session_parameters[] = {
    {.name = "session_id", .type = FIELD_STRING, .required = true},
    {0},
};
static const struct field identities_fields[] = {
    {.name = "session_identities", .type = FIELD_STRING_LIST, .required = true},
};
const struct model session_identities_body = MODEL("SessionIdentitiesUpdate", identities_fields, NULL);
static const struct field answer_fields[] = {
    {.name = "handle", .type = FIELD_UUID, .required = true},
    {.name = "client", .type = FIELD_STRING, .nullable = true},
    {.name = "address", .type = FIELD_STRING, .nullable = true},
    {.name = "identities", .type = FIELD_STRING_LIST, .required = true},
    {.name = "created_at", .type = FIELD_STRING, .required = true},
    {.name = "seen_at", .type = FIELD_STRING, .required = true},
    {.name = "expires_at", .type = FIELD_STRING, .required = true},
    {.name = "current", .type = FIELD_BOOL, .required = true},
};
const struct model session_answer = MODEL("Session", answer_fields, NULL);

/* ---- refreshing and signing out ---- */

static bool is_session_failure(enum err err)
{
    return err == ERR_SESSION_NONE || err == ERR_SESSION_EXPIRED || err == ERR_SESSION_STOLEN;
}

/*
 * In a transaction that the caller ends: it is committed for session errors too, because they may have ended a session.
 */
static enum err exchange(struct request *req, const char *token, enum session_transport transport)
{
    struct session_refresh refresh;

    TRY(session_rotate(req, token, &refresh));
    return session_send_refreshed(req, transport, &refresh);
}

/*
 * Only tokens that were not issued here count for the client's address, so that nobody keeps others of their network
 * from refreshing. Both counters are in memory: they save work, and asking the database would be most of that work.
 */
static enum err take_attempt(struct request *req, const char *token)
{
    struct refresh_token presented;
    char session[UUID_TEXT_SIZE];

    if (!token || !session_read_refresh(req, token, &presented))
        return limit_take_client(req, LIMIT_REFRESH_CLIENT);
    return limit_take(req, LIMIT_REFRESH_SESSION, uuid_format(&presented.session, session));
}

enum err session_refresh(struct request *req)
{
    enum session_transport transport;
    const char *token = session_refresh_find(req, &transport);
    bool forged = transport == TRANSPORT_COOKIE && session_maybe_forged(req);
    enum err outcome = ERR_SESSION_NONE;
    enum err err = take_attempt(req, token);

    if (!err && token && !forged) {
        err = db_begin(req->db);
        outcome = err ? err : exchange(req, token, transport);
        if (!outcome || is_session_failure(outcome))
            err = db_commit(req->db);
    }
    if (err || (outcome && !is_session_failure(outcome)))
        return err ? err : outcome;
    if (!outcome)
        return fdi_nothing(req);
    if (!forged) /* another site must not be able to sign a user out */
        TRY(session_clear(req, transport | session_transports_of(req)));
    return fdi_session_failure(req, outcome);
}

enum err session_sign_out(struct request *req)
{
    struct access_token token;
    struct session session;
    enum err err = session_of(req, &token, &session);

    if (is_session_failure(err))
        return fdi_session_failure(req, err);
    if (!err)
        err = session_end(req, &session.user_id, &session.id);
    if (!err || err == ERR_SESSION_NOT_FOUND) /* another request was faster */
        err = session_clear(req, session_transports_of(req));
    return err ? err : fdi_status(req, "OK");
}

/* ---- for services that verify tokens themselves ---- */

/* Public documents: any origin may read them, and keep them for a minute. */
static enum err answer_public(struct request *req, const struct buffer *body)
{
    req->reply.no_cors = true;
    TRY(reply_header(req, "Access-Control-Allow-Origin", "*"));
    TRY(reply_header(req, "Cache-Control", "max-age=60, must-revalidate"));
    return fdi_answer(req, 200, body);
}

enum err session_keys(struct request *req)
{
    struct buffer body = buffer_make(req->arena, KEYS_MAX);

    TRY(signing_keys_publish(req, &body));
    return answer_public(req, &body);
}

static void write_address(struct buffer *out, const char *name, const char *issuer, const char *path)
{
    struct buffer text = buffer_make(out->arena, DOCUMENT_MAX);

    buffer_format(&text, "%s%s", issuer, path);
    json_key(out, name);
    json_text(out, buffer_string(&text));
}

/* OpenID Connect Discovery 1.0, 3. Only issuer and keys are meaningful: there is no authorization server here. */
enum err session_discovery(struct request *req)
{
    static const struct {
        const char *name, *path;
    } addresses[] = {
        {"issuer", ""},
        {"authorization_endpoint", "/oauth/auth"},
        {"token_endpoint", "/oauth/token"},
        {"userinfo_endpoint", "/oauth/userinfo"},
        {"revocation_endpoint", "/oauth/revoke"},
        {"token_introspection_endpoint", "/oauth/introspect"},
        {"end_session_endpoint", "/oauth/end_session"},
        {"jwks_uri", "/jwt/jwks.json"},
    };
    struct buffer body = buffer_make(req->arena, DOCUMENT_MAX);
    const char *issuer = talloc_asprintf(req->arena, "%s/auth", req->config->api_url);

    if (!issuer)
        return ERR_MEMORY;
    json_open(&body, '{');
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        write_address(&body, addresses[i].name, issuer, addresses[i].path);
    JSON_MEMBERS(&body, member_raw("subject_types_supported", "[\"public\"]"),
                 member_raw("id_token_signing_alg_values_supported", "[\"RS256\"]"),
                 member_raw("response_types_supported", "[\"code\",\"id_token\",\"id_token token\"]"));
    json_close(&body, '}');
    return answer_public(req, &body);
}

/* ---- for the user of a session ---- */

static enum err caller(struct request *req, struct access_token *token, struct session *session)
{
    enum err err = session_of(req, token, session);

    return is_session_failure(err) ? ERR_NOT_IN_SCOPE : err;
}

/* Whether the session may be used for an organization, by the policy of this edition. */
enum err session_access(struct request *req)
{
    struct access_token token;
    struct session session;
    struct uuid organization;

    TRY(caller(req, &token, &session));
    if (!uuid_parse(query_value(req, "organization_id"), &organization))
        return ERR_ORGANIZATION_ID_INVALID;
    if (edition_now()->check_session)
        TRY(edition_now()->check_session(req, &session.user_id, &organization));
    return reply_json(req, 200, "{\"ok\":true}");
}

/* The body's list as JSON text in the arena, or NULL. */
static const char *wanted_identities(struct request *req)
{
    struct buffer list = buffer_make(req->arena, HTTP_BODY_MAX);
    const json_t *item;
    size_t i;

    json_open(&list, '[');
    json_array_foreach(json_object_get(req->json, "session_identities"), i, item)
        json_text(&list, json_string_value(item));
    json_close(&list, ']');
    return buffer_string(&list);
}

enum err session_identities(struct request *req)
{
    struct buffer body = buffer_make(req->arena, DOCUMENT_MAX);
    struct access_token token;
    struct session session;
    const char *merged;
    const char *wanted = wanted_identities(req);
    enum err err;

    if (!wanted)
        return ERR_MEMORY;
    TRY(caller(req, &token, &session));
    TRY(db_begin(req->db));
    err = session_merge(req, &token, &session, wanted, &merged);
    if (err)
        return is_session_failure(err) ? ERR_NOT_IN_SCOPE : err;
    TRY(db_commit(req->db));
    JSON_OBJECT(&body, member_raw("session_identities", merged), member_raw("previous", session.session_identities));
    return reply_buffer(req, 200, &body);
}

enum err session_list(struct request *req)
{
    struct access_token token;
    struct session session;

    TRY(caller(req, &token, &session));
    return REPLY_QUERY(req, 200, ERR_INTERNAL, sessions_list, param_uuid(&session.user_id), param_uuid(&session.id));
}

enum err session_revoke(struct request *req)
{
    struct access_token token;
    struct session session;
    struct uuid handle;

    TRY(caller(req, &token, &session));
    if (!uuid_parse(path_value(req, "session_id"), &handle))
        return ERR_SESSION_NOT_FOUND;
    TRY(session_end(req, &session.user_id, &handle));
    if (uuid_equal(&handle, &session.id))
        TRY(session_clear(req, session_transports_of(req)));
    return reply_json(req, 200, "{\"message\":\"Session ended\"}");
}

enum err session_revoke_others(struct request *req)
{
    struct buffer body = buffer_make(req->arena, 100);
    struct access_token token;
    struct session session;
    struct result rows;

    TRY(caller(req, &token, &session));
    TRY(DB_RUN(req->db, sessions_end_others, &rows, param_uuid(&session.user_id), param_uuid(&session.id)));
    JSON_OBJECT(&body, member_int("ended", result_rows(&rows)));
    result_clear(&rows);
    return reply_buffer(req, 200, &body);
}
