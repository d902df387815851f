/* Creates, verifies, refreshes and ends sessions, and issues their tokens. */
#include "auth/sessions.h"

#include <stdatomic.h>
#include <string.h>
#include <talloc.h>

#include "auth/identity.h"
#include "auth/refresh_tokens.h"
#include "auth/signing_keys.h"
#include "auth/statements.h"
#include "base/log.h"
#include "base/platform.h"
#include "base/utf8.h"

enum { CLIENT_MAX = 256, PAYLOAD_MAX = 6 << 10, SWEEP_US = 600 * 1000000, CLOCK_SKEW_S = 10 };

/* ---- tokens of the reply ---- */

/* The input for the tokens of an answer. */
struct issue {
    const struct session *session;
    const char *refresh;       /* NULL: unchanged */
    const char *refresh_hash;  /* hash of the new refresh token, or of the client's current one */
    int64_t refresh_expires_s; /* the time at which the session ends */
};

static enum err send_tokens(struct request *req, enum session_transport transport, const struct issue *issue)
{
    const struct session *session = issue->session;
    struct buffer payload = buffer_make(req->arena, PAYLOAD_MAX);
    struct buffer token = buffer_make(req->arena, ACCESS_TOKEN_MAX);
    struct access_claims claims = {
        .login_id = session->login_id,
        .session = session->id,
        .issued_s = platform.realtime_us() / 1000000,
        .issuer = talloc_asprintf(req->arena, "%s/auth", req->config->api_url),
        .user_identities = session->user_identities,
        .session_identities = session->session_identities,
        .is_new_user = session->is_new_user,
        .has_parent = config_auth_core(req->config) && req->config->auth_core_verify,
    };
    char *login = talloc_array(req->arena, char, UUID_TEXT_SIZE);
    struct signing_key key;

    TRY(signing_key_current(req, &key));
    if (!login || !claims.issuer)
        return ERR_MEMORY;
    claims.expires_s = claims.issued_s + req->config->access_token_lifetime;
    if (config_auth_core(req->config)) /* its verifiers accept no date that their clock has not reached */
        claims.issued_s -= CLOCK_SKEW_S;
    if (claims.expires_s > issue->refresh_expires_s) /* other services accept the token until then, without asking */
        claims.expires_s = issue->refresh_expires_s;
    memcpy(claims.refresh_hash, issue->refresh_hash, sizeof claims.refresh_hash);
    access_token_payload(&claims, &payload);
    if (!access_token_sign(buffer_string(&payload), key.id, key.key, &token))
        return error_set(&req->error, ERR_INTERNAL, "an access token could not be signed");
    return session_send(req, transport,
                        &(struct session_tokens){
                            .access = buffer_string(&token),
                            .access_expires_s = claims.expires_s,
                            .login_id = uuid_format(&session->login_id, login),
                            .payload = buffer_string(&payload),
                            .refresh = issue->refresh,
                            .refresh_expires_s = issue->refresh_expires_s,
                        });
}

/* ---- creating ---- */

/* The User-Agent in a form that can be stored and shown. */
static const char *client_of(struct request *req)
{
    struct buffer text = buffer_make(req->arena, 2 * CLIENT_MAX);

    if (req->user_agent)
        utf8_show(&text, req->user_agent, CLIENT_MAX);
    return req->user_agent ? buffer_string(&text) : NULL;
}

/* Every lookup refuses expired sessions. Deleting them is housekeeping, done occasionally. */
static enum err sweep(struct request *req)
{
    static _Atomic int64_t last_us;
    int64_t now = platform.monotonic_us();
    int64_t last = atomic_load(&last_us);

    if ((last != 0 && now - last < SWEEP_US) || !atomic_compare_exchange_strong(&last_us, &last, now))
        return OK;
    return DB_RUN(req->db, sessions_sweep, NULL);
}

enum err session_begin(struct request *req, const struct session_begin *begin)
{
    struct session session = {.id = uuid_v4(), .login_id = begin->login_id, .is_new_user = begin->is_new_user};
    struct secret installation = secret_of(req->config->crypt_key);
    struct refresh_token refresh;
    struct issue issue = {.session = &session};
    struct result row;

    TRY(sweep(req));
    if (!refresh_token_first(req->arena, installation, &session.id, &refresh))
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, session_create, &row, param_uuid(&session.id), param_uuid(&begin->login_id),
               param_uuid(&begin->user_id), param_text(begin->identity), param_bool(begin->is_new_user),
               param_text(refresh.stored_hash), param_text(client_of(req)), param_text(req->client),
               param_int(req->config->session_lifetime)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    session.user_identities = result_text(&row, 0, SESSION_CREATE_USER_IDENTITIES);
    session.session_identities = result_text(&row, 0, SESSION_CREATE_SESSION_IDENTITIES);
    issue.refresh = refresh.text;
    issue.refresh_hash = refresh.hash;
    issue.refresh_expires_s = result_int(&row, 0, SESSION_CREATE_EXPIRES_S);
    return send_tokens(req, session_transport_wanted(req), &issue);
}

/* ---- verifying ---- */

/* Whether the signature is valid: ERR_SESSION_EXPIRED if only the time is over. */
static enum err verify(struct request *req, const struct access_token *token)
{
    struct signing_key key;
    enum err err = signing_key_find(req, token->key_id, &key);

    if (err == ERR_UNAUTHORIZED || (!err && !access_token_verify(token, key.key)))
        return ERR_SESSION_NONE;
    if (err)
        return err;
    if (token->claims.expires_s <= platform.realtime_us() / 1000000)
        return ERR_SESSION_EXPIRED;
    return OK;
}

enum err session_token_check(struct request *req, const char *text, struct access_token *token)
{
    return access_token_read(text, token) ? verify(req, token) : ERR_SESSION_NONE;
}

enum err session_token_verify(struct request *req, struct access_token *token)
{
    struct session_carriers carriers;
    struct access_token cookie;
    bool by_header, by_cookie;
    enum err err;

    if (session_carriers_find(req, &carriers) != OK)
        return ERR_SESSION_NONE;
    by_header = carriers.header && access_token_read(carriers.header, token);
    by_cookie = carriers.cookie && access_token_read(carriers.cookie, &cookie);
    if (by_cookie && session_maybe_forged(req))
        by_cookie = false;
    err = by_header ? verify(req, token) : ERR_SESSION_NONE;
    if (!by_cookie || (by_header && err != ERR_SESSION_EXPIRED))
        return err;
    /* after a refresh a page may still send its old token in the header, together with the renewed cookie */
    if (by_header && !uuid_equal(&cookie.claims.session, &token->claims.session))
        return err;
    *token = cookie;
    return verify(req, token);
}

/* The first columns of session_get and session_lock. ERR_SESSION_NONE if the address is blocked. */
static enum err read_session(struct request *req, const struct result *row, struct session *session)
{
    session->email = result_text(row, 0, SESSION_LOCK_EMAIL);
    session->user_identities = result_text(row, 0, SESSION_LOCK_USER_IDENTITIES);
    session->session_identities = result_text(row, 0, SESSION_LOCK_SESSION_IDENTITIES);
    session->is_new_user = result_bool(row, 0, SESSION_LOCK_IS_NEW_USER);
    (void)result_uuid(row, 0, SESSION_LOCK_USER_ID, &session->user_id);
    return identity_admit(req, session->email) ? ERR_SESSION_NONE : OK;
}

enum err session_of(struct request *req, struct access_token *token, struct session *session)
{
    struct result row;

    TRY(session_token_verify(req, token));
    TRY(DB_RUN(req->db, session_get, &row, param_uuid(&token->claims.session), param_uuid(&token->claims.login_id),
               param_text(token->key_id)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) != 1)
        return ERR_SESSION_NONE;
    *session = (struct session){.id = token->claims.session, .login_id = token->claims.login_id};
    return read_session(req, &row, session);
}

/* ---- refreshing ---- */

static bool same_hash(const char *a, const char *b)
{
    return a && b && secret_equal(secret_of(a), secret_of(b));
}

/* The position of the token in its session's sequence of tokens. */
enum standing { CURRENT, JUST_RENEWED, SUPERSEDED };

static enum standing standing_of(const struct result *row, const struct refresh_token *presented,
                                 const struct refresh_token *next)
{
    const char *current = result_text(row, 0, SESSION_LOCK_REFRESH_HASH);

    if (same_hash(presented->stored_hash, current))
        return CURRENT;
    if (same_hash(presented->stored_hash, result_text(row, 0, SESSION_LOCK_PREVIOUS_HASH)) &&
        same_hash(next->stored_hash, current) && result_bool(row, 0, SESSION_LOCK_JUST_ROTATED))
        return JUST_RENEWED;
    return SUPERSEDED;
}

/*
 * The successor of a token, and the position of the presented one. While keys are being rotated, another server may
 * have just renewed the token with the other key; then this server gives the same answer.
 */
static enum err follow(struct request *req, const struct result *row, const struct refresh_token *presented,
                       struct refresh_token *next, enum standing *standing)
{
    struct secret other = secret_of_optional(req->config->crypt_key_accepted);
    struct refresh_token others;

    if (!refresh_token_next(req->arena, secret_of(req->config->crypt_key), presented, next))
        return ERR_MEMORY;
    *standing = standing_of(row, presented, next);
    if (*standing != SUPERSEDED || other.len == 0)
        return OK;
    if (!refresh_token_next(req->arena, other, presented, &others))
        return ERR_MEMORY;
    if (standing_of(row, presented, &others) == JUST_RENEWED) {
        *next = others;
        *standing = JUST_RENEWED;
    }
    return OK;
}

static enum err renew(struct request *req, const struct uuid *session, const struct refresh_token *next,
                      struct session_refresh *refresh)
{
    struct result row;

    TRY(DB_RUN(req->db, session_rotate_to, &row, param_uuid(session), param_text(next->stored_hash),
               param_text(client_of(req)), param_text(req->client), param_int(req->config->session_lifetime)));
    refresh->refresh_expires_s = result_int(&row, 0, SESSION_ROTATE_TO_EXPIRES_S);
    refresh->rotated = true;
    result_clear(&row);
    return OK;
}

bool session_read_refresh(const struct request *req, const char *token, struct refresh_token *presented)
{
    struct secret other = secret_of_optional(req->config->crypt_key_accepted);

    return refresh_token_read(secret_of(req->config->crypt_key), token, presented) ||
           (other.len > 0 && refresh_token_read(other, token, presented));
}

enum err session_rotate(struct request *req, const char *token, struct session_refresh *refresh)
{
    struct session *session = &refresh->session;
    struct refresh_token presented, next;
    enum standing standing;
    char handle[UUID_TEXT_SIZE];
    struct result row;

    *refresh = (struct session_refresh){.rotated = false};
    if (!session_read_refresh(req, token, &presented))
        return ERR_SESSION_NONE;
    TRY(sweep(req));
    TRY(DB_RUN(req->db, session_lock, &row, param_uuid(&presented.session), param_int(req->config->session_lifetime)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) != 1)
        return ERR_SESSION_NONE;
    session->id = presented.session;
    if (read_session(req, &row, session)) { /* blocked: the session ends */
        TRY(session_end_because(req, &session->user_id, &session->id, "access rule"));
        return ERR_SESSION_NONE;
    }
    (void)result_uuid(&row, 0, SESSION_LOCK_LOGIN_ID, &session->login_id);
    TRY(follow(req, &row, &presented, &next, &standing));
    refresh->refresh = next.text;
    refresh->refresh_hash = talloc_strdup(req->arena, next.hash);
    refresh->refresh_expires_s = result_int(&row, 0, SESSION_LOCK_EXPIRES_S);
    switch (standing) {
    case CURRENT:
        return refresh->refresh_hash ? renew(req, &session->id, &next, refresh) : ERR_MEMORY;
    case JUST_RENEWED:
        return refresh->refresh_hash ? OK : ERR_MEMORY;
    case SUPERSEDED:
        break;
    }
    log_message(LOG_WARNING, "session %s ends: a replaced refresh token was used again, from %s",
                uuid_format(&session->id, handle), req->client);
    TRY(session_end_because(req, &session->user_id, &session->id, "stolen refresh token"));
    return ERR_SESSION_STOLEN;
}

enum err session_send_refreshed(struct request *req, enum session_transport transport,
                                const struct session_refresh *refresh)
{
    return send_tokens(req, transport,
                       &(struct issue){.session = &refresh->session,
                                       .refresh = refresh->refresh,
                                       .refresh_hash = refresh->refresh_hash,
                                       .refresh_expires_s = refresh->refresh_expires_s});
}

/* A client with both transports keeps its tokens in cookies, and reads the header for convenience. */
static enum session_transport transport_of(struct request *req, const struct access_token *token)
{
    struct session_carriers carriers;
    struct access_token cookie;

    if (session_carriers_find(req, &carriers) == OK && carriers.cookie && access_token_read(carriers.cookie, &cookie) &&
        uuid_equal(&cookie.claims.session, &token->claims.session))
        return TRANSPORT_COOKIE;
    return TRANSPORT_HEADER;
}

enum err session_merge(struct request *req, const struct access_token *token, const struct session *session,
                       const char *wanted, const char **merged)
{
    struct session after = *session;
    struct result row;

    TRY(DB_RUN(req->db, session_merge_identities, &row, param_uuid(&session->id), param_text(wanted)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) != 1) /* ended at this moment */
        return ERR_SESSION_NONE;
    *merged = after.session_identities = result_text(&row, 0, SESSION_MERGE_IDENTITIES_SESSION_IDENTITIES);
    return send_tokens(req, transport_of(req, token),
                       &(struct issue){.session = &after,
                                       .refresh_hash = token->claims.refresh_hash,
                                       .refresh_expires_s = result_int(&row, 0, SESSION_MERGE_IDENTITIES_EXPIRES_S)});
}

/* ---- ending ---- */

enum err session_end(struct request *req, const struct uuid *user_id, const struct uuid *session)
{
    return RUN_QUERY(req, ERR_SESSION_NOT_FOUND, session_end_one, param_uuid(session), param_uuid(user_id));
}

enum err session_end_because(struct request *req, const struct uuid *user_id, const struct uuid *session,
                             const char *reason)
{
    TRY(DB_RUN(req->db, session_end_reason, NULL, param_text(reason)));
    return session_end(req, user_id, session);
}
