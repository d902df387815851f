/* Counts rate-limited attempts in the memory of this process. */
#include "policy/limits_memory.h"

#include <pthread.h>
#include <string.h>

#include "base/platform.h"

/* A subject belongs to one set. When all places of the set are in use, further subjects share the last one. */
enum { SETS = 1024, PLACES = 8 };

/* Full again at `full_us` (platform.monotonic_us). Until then, the used attempts are proportional to the time left. */
struct counter {
    unsigned char key[LIMIT_KEY];
    int64_t full_us;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct counter counters[LIMIT_COUNT][SETS][PLACES + 1];

static struct counter *find(const struct limit_charge *charge, int64_t now)
{
    struct counter *set = counters[charge->limit][(charge->key[0] << 8 | charge->key[1]) % SETS];
    struct counter *place = &set[PLACES];

    for (size_t i = 0; i < PLACES; i++) {
        if (memcmp(set[i].key, charge->key, LIMIT_KEY) == 0)
            return &set[i];
        if (set[i].full_us <= now)
            place = &set[i];
    }
    if (place != &set[PLACES])
        memcpy(place->key, charge->key, LIMIT_KEY);
    return place;
}

int64_t limits_memory_take(const struct limit_charge *charge)
{
    int64_t now = platform.monotonic_us(), wait;
    struct counter *counter;

    (void)pthread_mutex_lock(&lock);
    counter = find(charge, now);
    if (counter->full_us < now)
        counter->full_us = now;
    wait = counter->full_us + charge->cost_us - now - charge->seconds * 1000000;
    if (wait <= 0)
        counter->full_us += charge->cost_us;
    (void)pthread_mutex_unlock(&lock);
    return wait > 0 ? wait : 0;
}

void limits_memory_give(const struct limit_charge *charge)
{
    (void)pthread_mutex_lock(&lock);
    find(charge, platform.monotonic_us())->full_us -= charge->cost_us;
    (void)pthread_mutex_unlock(&lock);
}
