/* Limits on invitations: per user, per organization, and lower ones for users without a proven address. */
#ifndef ORGD_TENANCY_INVITATION_LIMITS_H
#define ORGD_TENANCY_INVITATION_LIMITS_H

#include "policy/limits.h"

/* The attempts that an invitation took. */
struct invitation_attempts {
    struct limit_attempt all[LIMIT_ATTEMPTS_MAX];
    size_t count;
    bool proven; /* the inviter has proven their address, so the mail may contain text of theirs */
};

/*
 * Takes attempts for `count` addresses from the limits of the caller and of the organization, outside of a transaction
 * and before the work. invitation_settle refunds them, also after a failure of this function. Requests are limited too,
 * and their attempts are not refunded if nobody is invited, because the answer costs work all the same. The caller must
 * manage the workspace `named`, or the oldest of the organization if that is NULL; otherwise
 * ERR_INVITATION_NOT_ALLOWED, so that nobody uses up the attempts of other organizations. ERR_TOO_MANY_REQUESTS with
 * Retry-After; errors of db_run; ERR_MEMORY.
 */
enum err invitation_take(struct request *req, const struct uuid *organization, const struct uuid *named,
                         const char *const *emails, size_t count, struct invitation_attempts *attempts) MUST_CHECK;

/*
 * Ends an invitation: after a rollback it refunds the attempts if it is certain that nobody was invited. Returns
 * `err`.
 */
enum err invitation_settle(struct request *req, const struct invitation_attempts *attempts, enum err err);

#endif
