/* Sessions: created at sign-in, extended by refreshing, invalid as soon as they are ended. */
#ifndef ORGD_AUTH_SESSIONS_H
#define ORGD_AUTH_SESSIONS_H

#include <stdbool.h>

#include "auth/access_tokens.h"
#include "auth/refresh_tokens.h"
#include "auth/session_transport.h"
#include "http/http.h"

struct session_begin {
    struct uuid login_id;
    struct uuid user_id;
    const char *identity; /* how the user authenticated: "email:password", "email:otp", "social:google" */
    bool is_new_user;     /* this sign-in created the account */
};

/*
 * Adds a session to the open transaction of req->db, and its tokens to the reply in the transport that the request asks
 * for (st-auth-mode). The caller commits. Errors: those of db_run, ERR_MEMORY, ERR_INTERNAL if there is no signing key.
 */
enum err session_begin(struct request *req, const struct session_begin *begin) MUST_CHECK;

/* A stored session. Texts live in the arena. */
struct session {
    struct uuid id; /* its handle */
    struct uuid login_id, user_id;
    const char *email;                                /* of the account */
    const char *user_identities, *session_identities; /* JSON arrays */
    bool is_new_user;
};

/*
 * The access token of a request, verified except for its session. ERR_SESSION_EXPIRED if the token is valid but
 * expired; ERR_SESSION_NONE without a valid token. Errors of db_run if its signing key has to be looked up.
 */
enum err session_token_verify(struct request *req, struct access_token *token) MUST_CHECK;

/* Reads and verifies the text of an access token, which must outlive `token`. Errors as session_token_verify. */
enum err session_token_check(struct request *req, const char *text, struct access_token *token) MUST_CHECK;

/*
 * The session that a request proves. Errors: those of session_token_verify, and ERR_SESSION_NONE if the session has
 * ended.
 */
enum err session_of(struct request *req, struct access_token *token, struct session *session) MUST_CHECK;

/* A presented refresh token and the result of its exchange. */
struct session_refresh {
    struct session session;
    bool rotated;              /* false: another request renewed it a moment ago */
    const char *refresh;       /* the successor */
    const char *refresh_hash;  /* hex SHA-256 of it */
    int64_t refresh_expires_s; /* end of the session */
};

/* Whether a refresh token was issued here, with the installation's key or the other accepted one. */
bool session_read_refresh(const struct request *req, const char *token, struct refresh_token *presented);

/*
 * Exchanges a refresh token in the open transaction of req->db. ERR_SESSION_NONE if this installation did not issue it,
 * if its session has ended, or if the address is blocked, which ends the session. ERR_SESSION_STOLEN if the token was
 * replaced longer ago than other tabs of the same browser need: then the session has been ended, and the caller commits
 * that.
 */
enum err session_rotate(struct request *req, const char *token, struct session_refresh *refresh) MUST_CHECK;

/* Adds a new access token, and the refresh token of a rotation, to the reply. */
enum err session_send_refreshed(struct request *req, enum session_transport transport,
                                const struct session_refresh *refresh) MUST_CHECK;

/*
 * Adds those of `wanted` (a JSON array of texts) that are identities of the account to the session's proven identities,
 * and adds a new access token to the reply. `session` is the session before; `merged` its identities afterwards, a JSON
 * array.
 */
enum err session_merge(struct request *req, const struct access_token *token, const struct session *session,
                       const char *wanted, const char **merged) MUST_CHECK;

/* Ends one session of an account; ERR_SESSION_NOT_FOUND if the account has no such session. */
enum err session_end(struct request *req, const struct uuid *user_id, const struct uuid *session) MUST_CHECK;
/* Ends it with a reason for the audit, in the open transaction of req->db. */
enum err session_end_because(struct request *req, const struct uuid *user_id, const struct uuid *session,
                             const char *reason) MUST_CHECK;

#endif
