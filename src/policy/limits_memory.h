/* Counters of tries in the memory of this process: a fixed room for each limit. */
#ifndef ORGD_POLICY_LIMITS_MEMORY_H
#define ORGD_POLICY_LIMITS_MEMORY_H

#include <stdint.h>

#include "policy/limits.h"

enum { LIMIT_KEY = 16 };

/* What one try, or several at once, takes from a counter. */
struct limit_charge {
    enum limit limit;
    unsigned char key[LIMIT_KEY]; /* of limit and subject; random to those who choose subjects */
    int64_t cost_us;              /* how long the tries take to come back */
    int64_t seconds;              /* in how many an empty counter is full again */
};

/*
 * Takes the tries: 0, or how many microseconds to wait for them, and then nothing was taken. A counter that is not full
 * keeps its place until it is; subjects that find no place share one counter with others of the same limit. Any thread.
 */
int64_t limits_memory_take(const struct limit_charge *charge);

/* Gives tries back. */
void limits_memory_give(const struct limit_charge *charge);

#endif
