/* Which counters the tries of one address take from, so that nobody can keep its owner out. */
#ifndef ORGD_SIGNIN_ATTEMPTS_H
#define ORGD_SIGNIN_ATTEMPTS_H

#include "policy/limits.h"

/* The counters that a try was taken from. */
struct attempt_counters {
    struct limit_try tries[LIMIT_TRIES_MAX];
    size_t count;
};

/*
 * Takes a try of a password of an address, outside of a transaction. Networks that use up their tries are refused, not
 * the address: while others keep the counter of the address empty, each network has a try every five minutes. Known
 * devices (devices.h) have counters of their own. ERR_TOO_MANY_REQUESTS, with Retry-After; otherwise those of db_run.
 */
enum err attempt_password(struct request *req, const char *email, struct attempt_counters *counters) MUST_CHECK;

/* Takes a try of something that sends a mail to an address. Errors are the same. */
enum err attempt_code(struct request *req, const char *email) MUST_CHECK;
enum err attempt_reset_link(struct request *req, const char *email) MUST_CHECK;

/* Gives a try back that was right. Outside of a transaction. */
void attempt_give(struct request *req, const struct attempt_counters *counters);

#endif
