/* Logins: one for each user and sign-in method. */
#ifndef ORGD_SIGNIN_LOGINS_H
#define ORGD_SIGNIN_LOGINS_H

#include <stdbool.h>

#include "auth/password_hash.h"
#include "http/http.h"

struct login {
    struct uuid id;
    int64_t joined_ms; /* milliseconds since 1970 */
};

/* The key of a login. */
struct login_key {
    const char *method;             /* "emailpassword", "passwordless", "thirdparty" */
    const char *email;              /* folded */
    const char *provider, *subject; /* of a thirdparty login, the key instead of the address; else NULL */
};

/*
 * Adds a login to the open transaction of req->db. ERR_CONFLICT if it exists already; the transaction stays usable.
 * `password_hash` may be NULL: no password yet. Otherwise errors of db_run.
 */
enum err login_add(struct request *req, const struct login_key *key, const char *password_hash,
                   struct login *login) MUST_CHECK;

/* Finds or adds the login, in the open transaction; `added` is whether it is new. */
enum err login_ensure(struct request *req, const struct login_key *key, struct login *login, bool *added) MUST_CHECK;

/* A password login, or, if `found` is false, a dummy whose hash takes as long to verify. */
struct password_login {
    bool found;
    struct login login;
    const char *hash; /* in the arena */
};

/*
 * The password login of an address, outside of a transaction. For an unknown address it returns another user's hash,
 * chosen by the address, so that it is always the same one. So unknown addresses have the same distribution of response
 * times as known ones, whatever hashes were imported. Errors of db_run.
 */
enum err login_by_password(struct request *req, const char *email, struct password_login *login) MUST_CHECK;

/*
 * Verifies a password against the login or its dummy, on the slow worker pool and outside of a transaction. If it is
 * correct, begins a transaction that locks the login, and stores a new hash if the stored one is outdated. `*right` is
 * false, and no transaction is open, if the password is wrong, there is no login, or the password was changed
 * meanwhile. Errors of db_run.
 */
enum err login_check(struct request *req, const struct password_login *login, const char *password,
                     bool *right) MUST_CHECK;

#endif
