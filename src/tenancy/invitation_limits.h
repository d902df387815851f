/* How often somebody may invite: by person, by organization, and by what they have shown of their address. */
#ifndef ORGD_TENANCY_INVITATION_LIMITS_H
#define ORGD_TENANCY_INVITATION_LIMITS_H

#include "policy/limits.h"

/* What inviting took. */
struct invitation_tries {
    struct limit_try all[LIMIT_TRIES_MAX];
    size_t count;
    bool proven; /* the inviter has shown that their address is theirs, so that mail may carry what they wrote */
};

/*
 * Takes tries for `count` addresses from the limits of the caller and of the organization, outside of a transaction and
 * before the work; invitation_settle gives them back, also after a failure of this. Asking itself has a limit too,
 * whose tries do not come back when nobody is invited, as answering takes work all the same. The caller must manage the
 * workspace `named`, or the oldest of the organization when that is NULL: else ERR_INVITATION_NOT_ALLOWED, and nobody
 * uses up the tries of other organizations. ERR_TOO_MANY_REQUESTS, with Retry-After; errors of db_run; ERR_MEMORY.
 */
enum err invitation_take(struct request *req, const struct uuid *organization, const struct uuid *named,
                         const char *const *emails, size_t count, struct invitation_tries *tries) MUST_CHECK;

/*
 * Ends an invitation: gives the tries back, after rolling back, when it is certain that nobody was invited. Returns
 * `code`.
 */
enum err invitation_settle(struct request *req, const struct invitation_tries *tries, enum err code);

#endif
