/*
 * The decision cache: remembers who a credential belongs to, until something that the answer depends on changes.
 *
 * Every change that can take access away begins a new generation: immediately in this process (a committed `revokes`
 * statement), and in other processes when PostgreSQL notifies them. An entry is valid only in the generation in which
 * the database was asked. The cache works only under a lease, which auth/cache_lease.h holds: without one nothing is
 * stored and nothing is found. An entry counts for DECISION_KEEP_S at most, which bounds the effect of changes that
 * notify nobody: of a restored backup, and of triggers that were switched off. Refusals are never stored. Credentials
 * are stored as their SHA-256.
 */
#ifndef ORGD_AUTH_DECISION_CACHE_H
#define ORGD_AUTH_DECISION_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/identity.h"

enum { DECISION_KEEP_S = 10 };

/* Read this before asking the database: the answer is stored under this generation only. */
uint64_t decision_cache_generation(void);

/* Any thread. False if the credential is unknown in this generation, if it has expired, or without a lease. */
bool decision_cache_find(const char *credential, struct identity *identity);

/* Any thread. Does nothing if a newer generation has begun, or without a lease. */
void decision_cache_keep(const char *credential, const struct identity *identity, uint64_t generation);

/* Any thread. Begins a new generation, so that all earlier entries are invalid. This is db_options.on_revoke. */
void decision_cache_revoke(void);

enum lease_change { LEASE_WENT_ON, LEASE_BEGAN };

/*
 * Gives the cache a lease until the given time of platform.boottime_us. If the previous lease has ended, all earlier
 * entries become invalid. For other threads the two happen at once.
 */
enum lease_change decision_cache_lease(int64_t until_us);
/* Ends the lease. */
void decision_cache_end_lease(void);
/* Whether there is a lease now. */
bool decision_cache_have_lease(void);

/* How many credentials were found and not found, and how many generations have begun. */
struct decision_cache_counts {
    uint64_t found, missed, generations;
};
struct decision_cache_counts decision_cache_counts(void);

#endif
