/*
 * The thread that holds this process's lease on the decision cache.
 *
 * It listens for changes of access. About every second it renews the lease over the same connection, together with a
 * proof that notifications arrive there. db/leases.h has the other side: transactions that wait for the leases of other
 * processes.
 */
#ifndef ORGD_AUTH_CACHE_LEASE_H
#define ORGD_AUTH_CACHE_LEASE_H

#include "db/db.h"

/* Starts the thread and registers the cache's metrics. ERR_SYSTEM when it cannot be started. */
enum err cache_lease_start(const struct db_options *options, struct error *error) MUST_CHECK;
/* Ends the lease, removes it from the database if that can be reached, and stops the thread. */
void cache_lease_stop(void);

#endif
