/* A new generation of an account, and mail to its owner about what happened to it. */
#ifndef ORGD_AUTH_ACCOUNT_RESET_H
#define ORGD_AUTH_ACCOUNT_RESET_H

#include "http/http.h"

/*
 * Starts a new generation of an account in the open transaction of req->db: every session, reset link and code made
 * before is refused from the commit on, also those whose transactions commit at the same moment, because each carries
 * the generation under which it was made. The caller holds the login that it resets. Errors: those of db_run.
 */
enum err account_reset(struct request *req, const struct uuid *user_id) MUST_CHECK;

/*
 * Ends the API keys of an account that were made in sessions, in the open transaction; `count` is how many. After an
 * account_reset of the same transaction no such key can be on its way. Errors: those of db_run.
 */
enum err account_end_session_keys(struct request *req, const struct uuid *user_id, int *count) MUST_CHECK;

/*
 * Takes a try of a change whose maker is mailed about it: an account is made with anybody's address, and must not be a
 * way to send mail there without end. Outside of a transaction, before the change. OK where mail is not configured;
 * ERR_TOO_MANY_REQUESTS, with Retry-After; errors of db_run; ERR_MEMORY.
 */
enum err account_take_notice(struct request *req) MUST_CHECK;

/*
 * Ends the logins at providers that only named the account's address, while nobody has shown that it is theirs:
 * somebody else may have planted them. For whoever sets a new password without such a proof. `keep` stays, NULL: none.
 * `said` is what the mail about it adds. Errors: those of db_run.
 */
enum err account_end_planted(struct request *req, const struct uuid *user_id, const struct uuid *keep,
                             const char **said) MUST_CHECK;

/* What a mail says of the API keys that the account has. */
enum account_keys {
    KEYS_UNSAID,
    KEYS_LISTED,
    KEYS_REQUIRED, /* listed; without any there is no mail */
};

/*
 * Adds a mail to the owner of an account to the open transaction: `title` and `what` say what happened. Does nothing
 * where mail is not configured. Errors: those of db_run; ERR_MEMORY.
 */
enum err account_notify(struct request *req, const struct uuid *user_id, const char *title, const char *what,
                        enum account_keys keys) MUST_CHECK;

/* What was done to something that somebody has named. */
struct account_change {
    const char *kind, *name, *done; /* "project", "Tests", "deleted" */
};

/*
 * The same about such a change. The mail has the name only when the account has proven its address: whoever signs up
 * with somebody else's address sends them no text of theirs.
 */
enum err account_notify_change(struct request *req, const struct uuid *user_id, const char *title,
                               const struct account_change *change) MUST_CHECK;

#endif
