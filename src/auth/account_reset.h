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

#endif
