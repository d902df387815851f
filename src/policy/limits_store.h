/* Counters of tries in the database, which all its servers share. */
#ifndef ORGD_POLICY_LIMITS_STORE_H
#define ORGD_POLICY_LIMITS_STORE_H

#include "policy/limits_memory.h"

/* Beyond so many counters that are not full, new subjects of a limit share LIMITS_SHARED counters. */
enum { LIMITS_OWN_MAX = 65536, LIMITS_SHARED = 256, LIMITS_SWEEP_US = 5000000 };

/*
 * Takes from all counters in one statement, outside of a transaction: `waits` says for each 0, or how many microseconds
 * to wait, and then nothing was taken from this one. Errors: those of db_run.
 */
enum err limits_store_take(struct request *req, const struct limit_charge *charges, size_t count,
                           int64_t *waits) MUST_CHECK;

/* Gives tries back to the counters. */
enum err limits_store_give(struct request *req, const struct limit_charge *charges, size_t count) MUST_CHECK;

#endif
