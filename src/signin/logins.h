/* Logins: one for each person and way of signing in. */
#ifndef ORGD_SIGNIN_LOGINS_H
#define ORGD_SIGNIN_LOGINS_H

#include <stdbool.h>

#include "auth/password_hash.h"
#include "http/http.h"

struct login {
    struct uuid id;
    int64_t joined_ms; /* since 1970 */
};

/* Which login is meant. */
struct login_key {
    const char *method;             /* "emailpassword", "passwordless", "thirdparty" */
    const char *email;              /* folded */
    const char *provider, *subject; /* of thirdparty, else NULL: what it is found by, instead of the address */
};

/*
 * Adds a login to the open transaction of req->db. ERR_CONFLICT when there is one already; the transaction goes on.
 * `password_hash` may be NULL: no password yet. Otherwise errors of db_run.
 */
enum err login_add(struct request *req, const struct login_key *key, const char *password_hash,
                   struct login *login) MUST_CHECK;

/* Finds the login or adds it, within the open transaction; `added` tells which. */
enum err login_ensure(struct request *req, const struct login_key *key, struct login *login, bool *added) MUST_CHECK;

/* A password login, or, when `found` is false, a stand-in whose hash takes as long to check. */
struct password_login {
    bool found;
    struct login login;
    const char *hash; /* in the arena */
};

/*
 * The password login of an address, outside a transaction. Without one, the hash of somebody else stands in: chosen by
 * the address, so that it is always the same one, and in sum addresses without a login take as long as those with one,
 * whatever hashes were imported. Errors of db_run.
 */
enum err login_by_password(struct request *req, const char *email, struct password_login *login) MUST_CHECK;

/*
 * Checks a password against the login or its stand-in (the slow lane's work, and outside a transaction). When it is
 * right, begins a transaction that holds the login, with a new hash where the stored one is not as new ones are.
 * `*right` is false, and no transaction open, when it is wrong, there is no login, or the password was changed
 * meanwhile. Errors of db_run.
 */
enum err login_check(struct request *req, const struct password_login *login, const char *password,
                     bool *right) MUST_CHECK;

#endif
