/* Sessions: begun at sign-in, carried on by refreshing, over at once when they are ended.
 */
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
    const char *identity; /* how it was proven: "email:password", "email:otp", "social:google" */
    bool is_new_user;     /* this sign-in created the account */
};

/*
 * Adds a session to the open transaction of req->db, and its tokens to the reply in the transport that the request asks
 * for (st-auth-mode). The caller commits. Errors: those of db_run, ERR_MEMORY, ERR_INTERNAL when there is no signing
 * key.
 */
enum err session_begin(struct request *req, const struct session_begin *begin) MUST_CHECK;

/* A session as it is stored. Texts live in the arena. */
struct session {
    struct uuid id; /* its handle */
    struct uuid login_id, user_id;
    const char *email;                                /* of the account */
    const char *user_identities, *session_identities; /* JSON arrays */
    bool is_new_user;
};

/*
 * The access token of a request, verified but for its session: ERR_SESSION_EXPIRED when it was
 * good until it expired, ERR_SESSION_NONE when there is none that can be believed. Errors of db_run when its signing
 * key has to be looked up.
 */
enum err session_token_verify(struct request *req, struct access_token *token) MUST_CHECK;

/* The session that a request proves to be in. Errors: those of session_token_verify, ERR_SESSION_NONE when it has
 * ended.
 */
enum err session_of(struct request *req, struct access_token *token, struct session *session) MUST_CHECK;

/* A refresh token as it was presented, and what became of it. */
struct session_refresh {
    struct session session;
    bool rotated;              /* false: another request had renewed it already, a moment ago */
    const char *refresh;       /* the token that follows */
    const char *refresh_hash;  /* hex SHA-256 of it */
    int64_t refresh_expires_s; /* of the session */
};

/* Whether a refresh token was made here, with the key of the installation or the other one that is accepted. */
bool session_read_refresh(const struct request *req, const char *token, struct refresh_token *presented);

/*
 * Exchanges a refresh token in the open transaction of req->db. ERR_SESSION_NONE when it is none of ours or its session
 * has ended, as that of a blocked address does here; ERR_SESSION_STOLEN when it was superseded longer ago than a
 * browser's other tabs take: then the session has been ended, and the caller commits that.
 */
enum err session_rotate(struct request *req, const char *token, struct session_refresh *refresh) MUST_CHECK;

/* Puts a new access token, and the refresh token of a rotation, into the reply. */
enum err session_send_refreshed(struct request *req, enum session_transport transport,
                                const struct session_refresh *refresh) MUST_CHECK;

/*
 * Adds those of `wanted` (JSON array of texts) that are identities of the account to what the session has proven, and
 * puts a new access token into the reply. `session` is as it was before; `merged` what it has now, a JSON array.
 */
enum err session_merge(struct request *req, const struct access_token *token, const struct session *session,
                       const char *wanted, const char **merged) MUST_CHECK;

/* Ends one session of an account; ERR_SESSION_NOT_FOUND when it is none of theirs. */
enum err session_end(struct request *req, const struct uuid *user_id, const struct uuid *session) MUST_CHECK;
/* The same, with the reason for the audit; in the open transaction of req->db. */
enum err session_end_because(struct request *req, const struct uuid *user_id, const struct uuid *session,
                             const char *reason) MUST_CHECK;

#endif
