/* The account of a login: found by its address, or created with an organization of its own. */
#ifndef ORGD_SIGNIN_ACCOUNT_H
#define ORGD_SIGNIN_ACCOUNT_H

#include <stdbool.h>

#include "http/http.h"

/* The state of an address before anybody signs in. */
struct account_answer {
    bool has_account;
    bool may_sign_in;
    bool lacks_invitation; /* the only reason for a refusal: with an account the user could sign in */
};

/* Finds the account of a folded address, whatever its case, and applies the sign-in rules. Errors: those of db_run. */
enum err account_ask(struct request *req, const char *email, struct account_answer *answer) MUST_CHECK;

/* What a sign-in proves about the address. */
enum account_proof {
    PROOF_NAMED,   /* nothing: a new login claims it, so an existing account must not be opened */
    PROOF_LOGIN,   /* nothing, but the login existed before */
    PROOF_ADDRESS, /* ownership: the user has read mail to it, or a provider vouches for it */
};

struct account_login {
    const char *email; /* folded */
    struct uuid login_id;
    const char *identity; /* method of the user_identities row: "email:password", "email:otp", "social:<id>" */
    const char *subject;  /* of the same: the address, or the provider's subject */
    enum account_proof proof;
    const int64_t *generation; /* of the account when the proof was checked; NULL: the login is locked since then */
};

/*
 * Signs a login in, within the open transaction of req->db: applies the sign-in rules, creates the account with
 * organization, workspace, project and memberships if it does not exist, repairs an organization of the account that
 * lacks some of them, links the login to the account, adds the user_identities row, and adds a session with its tokens
 * to the reply. Concurrent first sign-ins of one address give one account. The first proof of an address also does what
 * account_prove does. The caller ends with account_finish. `created` is whether the account is new. ERR_ACCESS_DENIED
 * if the rules refuse; ERR_CONFLICT if the address is only claimed and has an account. Neither changes anything.
 * ERR_AGAIN if the account was reset after the proof was checked. Otherwise errors of db_run and session_begin.
 */
enum err account_sign_in(struct request *req, const struct account_login *login, bool *created) MUST_CHECK;

struct account_proof_effect {
    bool first; /* nobody had proven the address of the account before: a new generation has begun */
    int ended;  /* logins and keys that were deleted */
};

/*
 * Records that a login has proven an address, in the open transaction. If it is the address of the account, and no
 * login of the account had proven it before, all other logins end, with their sessions and the API keys made in
 * sessions, because their makers only claimed the address. Passwords are removed and have to be reset; provider logins
 * are deleted. A proof of another address proves nothing for the account. `user_id` is NULL if there is no account yet.
 * Errors: those of db_run.
 */
enum err account_prove(struct request *req, const struct uuid *login_id, const struct uuid *user_id, const char *email,
                       struct account_proof_effect *effect) MUST_CHECK;

/*
 * Ends the transaction: commits if `err` is OK, otherwise rolls back. The tokens of a session that was not stored are
 * removed from the reply. Returns `err`, or the failure of the commit.
 */
enum err account_finish(struct request *req, enum err err) MUST_CHECK;

#endif
