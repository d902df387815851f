/*
 * Waits after a removal until no process uses older entries of its decision cache.
 *
 * A process may use its decision cache under a lease only (auth/cache_lease.h). Leases are rows of orgd.leases. A
 * removal takes the next generation, which its commit sends to all processes. Then it waits until each has confirmed
 * it, or until every lease that was renewed before the commit has run out on this process's own clock.
 * docs/architecture.md has the argument.
 */
#ifndef ORGD_DB_LEASES_H
#define ORGD_DB_LEASES_H

#include <stdbool.h>

#include "db/db.h"

/* LEASE_US: how long a lease lasts for its holder, from before the renewal was sent. LEASE_OVER_US: after so long a
 * lease that another process has seen is over, however differently the two clocks run. */
enum { LEASE_US = 3000000, LEASE_OVER_US = LEASE_US + 100000 };

/* The id of this process, made at random at the first call. Any thread. */
const struct uuid *leases_process(void);

/*
 * Returns when no process uses what it remembered before the commit that was just answered, at most LEASE_OVER_US and a
 * tenth of a second later. `self`: this process, when it has emptied its cache already; NULL otherwise. `taken` is the
 * answer to lease_generation in the transaction, `look` that to lease_look after the commit; without a result when it
 * failed. The connection is outside a transaction; it may be closed afterwards. Called after each commit that ran a
 * `revokes` statement.
 */
void leases_await(struct db *db, const struct uuid *self, const struct result *taken, const struct result *look);

/* Since the program began: removals, those that had to wait, those that waited until leases had run out, and the time
 * that waiting took. Any thread. */
struct leases_counts {
    uint64_t removals, waits, expired, wait_us;
};
struct leases_counts leases_counts(void);

#endif
