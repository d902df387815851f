/* Counts rate-limited attempts in the memory of this process, with a fixed size for each limit. */
#ifndef ORGD_POLICY_LIMITS_MEMORY_H
#define ORGD_POLICY_LIMITS_MEMORY_H

#include <stdint.h>

#include "policy/limits.h"

enum { LIMIT_KEY = 16 };

/* The cost of one or several attempts at one counter. */
struct limit_charge {
    enum limit limit;
    unsigned char key[LIMIT_KEY]; /* hash of limit and subject, unpredictable for clients */
    int64_t cost_us;              /* the time in which the attempts come back */
    int64_t seconds;              /* the time in which an empty counter is full again */
};

/*
 * Takes the attempts. Returns 0, or the microseconds to wait; then nothing was taken. A counter keeps its place until
 * it is full again. Subjects without a place share one counter with others of the same limit. Callable from any thread.
 */
int64_t limits_memory_take(const struct limit_charge *charge);

/* Refunds attempts. */
void limits_memory_give(const struct limit_charge *charge);

#endif
