/* A new generation of an account, and the mails to its owner about changes to it. */
#ifndef ORGD_AUTH_ACCOUNT_RESET_H
#define ORGD_AUTH_ACCOUNT_RESET_H

#include "http/http.h"

/*
 * Starts a new generation of an account in the open transaction of req->db. Every session, reset link and code made
 * before is refused after the commit. That includes those whose transactions commit at the same moment, because each
 * carries the generation in which it was made. The caller has locked the login that it resets. Errors: those of db_run.
 */
enum err account_reset(struct request *req, const struct uuid *user_id) MUST_CHECK;

/*
 * Deletes the API keys of an account that were made in sessions, in the open transaction; `count` is their number.
 * After an account_reset in the same transaction no such key can still be in the making. Errors: those of db_run.
 */
enum err account_end_session_keys(struct request *req, const struct uuid *user_id, int *count) MUST_CHECK;

/*
 * Counts one attempt of a change about which its author gets a mail. Anybody can create an account with the address of
 * another person, so without a limit such changes would be a way to send mail there. Call it outside of a transaction,
 * before the change. OK if mail is not configured; ERR_TOO_MANY_REQUESTS with Retry-After; errors of db_run;
 * ERR_MEMORY.
 */
enum err account_take_notice(struct request *req) MUST_CHECK;

/*
 * Deletes the provider logins that only claimed the account's address, as long as nobody has proven the address:
 * another person may have planted them. For a user who sets a new password without such a proof. `keep` is a login that
 * stays, NULL for none. `said` receives a sentence for the mail. Errors: those of db_run.
 */
enum err account_end_planted(struct request *req, const struct uuid *user_id, const struct uuid *keep,
                             const char **said) MUST_CHECK;

/* A sentence for the mail about the API keys of the account. */
enum account_keys {
    KEYS_UNSAID,
    KEYS_LISTED,
    KEYS_REQUIRED, /* the sentence lists the keys; no mail is sent if there are none */
};

/*
 * Adds a mail to the owner of an account to the open transaction: `title` and `what` describe the event. Does nothing
 * if mail is not configured. Errors: those of db_run; ERR_MEMORY.
 */
enum err account_notify(struct request *req, const struct uuid *user_id, const char *title, const char *what,
                        enum account_keys keys) MUST_CHECK;

/* A change of an object that a user has named. */
struct account_change {
    const char *kind, *name, *done; /* "project", "Tests", "deleted" */
};

/*
 * Adds a mail about such a change. It includes the object's name only if the account has proven its address: a person
 * who signs up with a stranger's address must not be able to send text of their own there.
 */
enum err account_notify_change(struct request *req, const struct uuid *user_id, const char *title,
                               const struct account_change *change) MUST_CHECK;

#endif
