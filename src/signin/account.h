/* The account behind a login: found by its address, or created with an organization of its own (API-ACCOUNTS.md 3.8).
 */
#ifndef ORGD_SIGNIN_ACCOUNT_H
#define ORGD_SIGNIN_ACCOUNT_H

#include <stdbool.h>

#include "http/http.h"

struct account_login {
    const char *email; /* normalized */
    struct uuid login_id;
    const char *identity; /* method of the user_identities row: "email:password", "email:otp", "social:<id>" */
    const char *subject;  /* of the same: the address, or the provider's subject */
};

/*
 * Signs a login in, within the open transaction of req->db: access rules, account (created with organization,
 * workspace, project, memberships when it is missing; repaired when an organization of theirs lacks them), link of
 * login and account, user_identities row, session with its tokens in the reply. Concurrent first sign-ins of one
 * address give one account. The caller commits. `created` tells whether the account is new. ERR_ACCESS_DENIED when the
 * rules say no (nothing was done); otherwise those of db_run and session_begin.
 */
enum err account_sign_in(struct request *req, const struct account_login *login, bool *created) MUST_CHECK;

#endif
