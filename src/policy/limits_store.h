/* Counts rate-limited attempts in the database, shared by all its servers. */
#ifndef ORGD_POLICY_LIMITS_STORE_H
#define ORGD_POLICY_LIMITS_STORE_H

#include "policy/limits_memory.h"

/* When a limit has this many counters that are not full, its new subjects share LIMITS_SHARED counters. */
enum { LIMITS_OWN_MAX = 65536, LIMITS_SHARED = 256, LIMITS_SWEEP_US = 5000000 };

/*
 * Takes from all counters in one statement, outside a transaction. `waits` receives for each counter 0, or the
 * microseconds to wait; then nothing was taken from this one. Errors: those of db_run.
 */
enum err limits_store_take(struct request *req, const struct limit_charge *charges, size_t count,
                           int64_t *waits) MUST_CHECK;

/* Refunds attempts to the counters. */
enum err limits_store_give(struct request *req, const struct limit_charge *charges, size_t count) MUST_CHECK;

#endif
