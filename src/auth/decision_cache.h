/*
 * The decision cache: remembers who a credential belongs to, for as long as nothing that the answer rests on has
 * changed.
 *
 * Every change that can take access away begins a new generation: at once in this process (a committed `revokes`
 * statement), and in the others when PostgreSQL notifies them. An entry counts only in the generation in which the
 * database was asked. The cache is used under a lease only, which auth/cache_lease.h holds; without one nothing is
 * remembered and nothing is found. Refusals are never remembered. Credentials are kept as their SHA-256.
 */
#ifndef ORGD_AUTH_DECISION_CACHE_H
#define ORGD_AUTH_DECISION_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/identity.h"

/* Read before asking the database; what it answers is kept under this generation only. */
uint64_t decisions_generation(void);

/* Any thread. False when the credential is not known in this generation, when it has expired, and without a lease. */
bool decisions_find(const char *credential, struct identity *identity);

/* Any thread. Does nothing when the generation has moved on, or without a lease. */
void decisions_keep(const char *credential, const struct identity *identity, uint64_t generation);

/* Any thread: what was decided so far no longer counts. This is db_options.on_revoke. */
void decisions_revoke(void);

enum lease_change { LEASE_WENT_ON, LEASE_BEGAN };

/*
 * Gives the cache a lease until a moment of platform.boottime_us. Where the one before has ended, what was decided so
 * far no longer counts. The two happen at once for every other thread.
 */
enum lease_change decisions_lease(int64_t until_us);
/* Takes the lease away. */
void decisions_end_lease(void);
/* Whether there is one at this moment. */
bool decisions_have_lease(void);

/* How often credentials were found and not found, and how often a generation began. */
struct decision_counts {
    uint64_t found, missed, generations;
};
struct decision_counts decisions_counts(void);

#endif
