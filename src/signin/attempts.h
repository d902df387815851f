/* The counters that limit the attempts on an address, chosen so that nobody can lock its owner out. */
#ifndef ORGD_SIGNIN_ATTEMPTS_H
#define ORGD_SIGNIN_ATTEMPTS_H

#include "policy/limits.h"

/* The counters that an attempt was taken from. */
struct attempt_counters {
    struct limit_attempt attempts[LIMIT_ATTEMPTS_MAX];
    size_t count;
};

/*
 * Counts one password attempt on an address, outside of a transaction. A network that uses up its attempts is refused,
 * not the address. While others use up the counter of the address, each network has one attempt every five minutes.
 * Known devices (devices.h) have counters of their own. ERR_TOO_MANY_REQUESTS with Retry-After; otherwise errors of
 * db_run.
 */
enum err attempt_password(struct request *req, const char *email, struct attempt_counters *counters) MUST_CHECK;

/* Counts one attempt of an action that sends a mail to an address. The errors are the same. */
enum err attempt_code(struct request *req, const char *email) MUST_CHECK;
enum err attempt_reset_link(struct request *req, const char *email) MUST_CHECK;

/* Refunds an attempt that was correct. Outside of a transaction. */
void attempt_give(struct request *req, const struct attempt_counters *counters);

#endif
