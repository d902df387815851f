/* The account behind a login: found by its address, or created with an organization of its own (API-ACCOUNTS.md 3.8).
 */
#ifndef ORGD_SIGNIN_ACCOUNT_H
#define ORGD_SIGNIN_ACCOUNT_H

#include <stdbool.h>

#include "http/http.h"

/* What is known of an address before anybody signs in. */
struct account_answer {
    bool has_account;
    bool may_sign_in;
};

/* Finds the account of a folded address, whatever its case, and asks the access rules. Errors: those of db_run. */
enum err account_ask(struct request *req, const char *email, struct account_answer *answer) MUST_CHECK;

struct account_login {
    const char *email; /* folded */
    struct uuid login_id;
    const char *identity; /* method of the user_identities row: "email:password", "email:otp", "social:<id>" */
    const char *subject;  /* of the same: the address, or the provider's subject */
    bool unproven;        /* nothing shows that the address is theirs: an account that exists is not theirs to have */
};

/*
 * Signs a login in, within the open transaction of req->db: access rules, account (created with organization,
 * workspace, project, memberships when it is missing; repaired when an organization of theirs lacks them), link of
 * login and account, user_identities row, session with its tokens in the reply. Concurrent first sign-ins of one
 * address give one account. The caller ends with account_finish. `created` tells whether the account is new.
 * ERR_ACCESS_DENIED when the rules say no, ERR_CONFLICT when the login is unproven and the account exists (nothing was
 * done in either case); otherwise those of db_run and session_begin.
 */
enum err account_sign_in(struct request *req, const struct account_login *login, bool *created) MUST_CHECK;

/*
 * Ends the transaction: commits when `code` is OK, otherwise rolls back. Tokens of a session that is not stored do not
 * stay in the reply. Returns `code`, or the failure of the commit.
 */
enum err account_finish(struct request *req, enum err code) MUST_CHECK;

#endif
