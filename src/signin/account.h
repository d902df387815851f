/* The account behind a login: found by its address, or created with an organization of its own.
 */
#ifndef ORGD_SIGNIN_ACCOUNT_H
#define ORGD_SIGNIN_ACCOUNT_H

#include <stdbool.h>

#include "http/http.h"

/* What is known of an address before anybody signs in. */
struct account_answer {
    bool has_account;
    bool may_sign_in;
    bool lacks_invitation; /* which is all that keeps it out: an account would let it in */
};

/* Finds the account of a folded address, whatever its case, and asks the access rules. Errors: those of db_run. */
enum err account_ask(struct request *req, const char *email, struct account_answer *answer) MUST_CHECK;

/* What a sign-in shows about the address. */
enum account_proof {
    PROOF_NAMED,   /* nothing: a new login named it, so that an account that exists is not theirs to have */
    PROOF_LOGIN,   /* nothing, but the login was there before */
    PROOF_ADDRESS, /* that it is theirs: they read mail to it, or a provider vouches for it */
};

struct account_login {
    const char *email; /* folded */
    struct uuid login_id;
    const char *identity; /* method of the user_identities row: "email:password", "email:otp", "social:<id>" */
    const char *subject;  /* of the same: the address, or the provider's subject */
    enum account_proof proof;
};

/*
 * Signs a login in, within the open transaction of req->db: access rules, account (created with organization,
 * workspace, project, memberships when it is missing; repaired when an organization of theirs lacks them), link of
 * login and account, user_identities row, session with its tokens in the reply. Concurrent first sign-ins of one
 * address give one account. The first proof of an address is also an account_prove. The caller ends with
 * account_finish. `created` tells whether the account is new. ERR_ACCESS_DENIED when the rules say no, ERR_CONFLICT
 * when the address is only named and has an account (nothing was done in either case); otherwise those of db_run and
 * session_begin.
 */
enum err account_sign_in(struct request *req, const struct account_login *login, bool *created) MUST_CHECK;

struct account_proof_effect {
    bool first; /* nobody had proven the address of the account before: it has a new generation */
    int ended;  /* logins and keys */
};

/*
 * Within the open transaction: the login shows that an address is theirs. When it is the address of the account, and
 * the login the first of the account that does, all others end with their sessions and with the API keys that
 * were made in sessions, as whoever made them only named the address: passwords are taken away and wait to be reset,
 * logins of providers go. The proof of another address proves nothing for the account. `user_id` is NULL where there is
 * no account yet. Errors: those of db_run.
 */
enum err account_prove(struct request *req, const struct uuid *login_id, const struct uuid *user_id, const char *email,
                       struct account_proof_effect *effect) MUST_CHECK;

/*
 * Ends the transaction: commits when `code` is OK, otherwise rolls back. Tokens of a session that is not stored do not
 * stay in the reply. Returns `code`, or the failure of the commit.
 */
enum err account_finish(struct request *req, enum err code) MUST_CHECK;

#endif
