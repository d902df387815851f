/* Sessions: begun at sign-in, carried on by refreshing, over at once when they are ended (API-ACCOUNTS.md 3.3 to 3.7).
 */
#ifndef ORGD_IDENTITY_SESSIONS_H
#define ORGD_IDENTITY_SESSIONS_H

#include <stdbool.h>

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

/* Ends every session of an account in the open transaction of req->db. Errors: those of db_run. */
enum err sessions_end_all(struct request *req, const struct uuid *user_id) MUST_CHECK;

#endif
