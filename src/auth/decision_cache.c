/* Remembers successful authentications, under a lease and within one generation. */
#include "auth/decision_cache.h"

#include <pthread.h>
#include <string.h>

#include "base/platform.h"
#include "base/secret.h"

enum { SETS = 16384, WAYS = 4 };
#define KEEP_US (DECISION_KEEP_S * INT64_C(1000000))

struct entry {
    unsigned char digest[32];
    uint64_t generation; /* 0: empty */
    int64_t until_us;    /* platform.boottime_us */
    struct identity identity;
};

/* Pages of this table that were never used take no memory. */
static struct entry table[SETS][WAYS];

/* All of it is read and written under the lock, so that a lease and its generation are always seen together. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t current = 1;
static int64_t lease_until_us; /* platform.boottime_us; 0: no lease */
static struct decision_cache_counts counts;

static void take_lock(void)
{
    (void)pthread_mutex_lock(&lock);
}

static void release_lock(void)
{
    (void)pthread_mutex_unlock(&lock);
}

/* This clock includes the time that the machine slept: a sleeping machine has heard nothing. */
static bool is_live(int64_t now_us)
{
    return lease_until_us != 0 && now_us < lease_until_us;
}

static void begin_generation(void)
{
    current++;
    counts.generations++;
}

uint64_t decision_cache_generation(void)
{
    uint64_t generation;

    take_lock();
    generation = current;
    release_lock();
    return generation;
}

void decision_cache_revoke(void)
{
    take_lock();
    begin_generation();
    release_lock();
}

enum lease_change decision_cache_lease(int64_t until_us)
{
    enum lease_change change;

    take_lock();
    change = is_live(platform.boottime_us()) ? LEASE_WENT_ON : LEASE_BEGAN;
    if (change == LEASE_BEGAN)
        begin_generation();
    lease_until_us = until_us;
    release_lock();
    return change;
}

void decision_cache_end_lease(void)
{
    take_lock();
    lease_until_us = 0;
    release_lock();
}

bool decision_cache_have_lease(void)
{
    bool live;

    take_lock();
    live = is_live(platform.boottime_us());
    release_lock();
    return live;
}

struct decision_cache_counts decision_cache_counts(void)
{
    struct decision_cache_counts now;

    take_lock();
    now = counts;
    release_lock();
    return now;
}

static struct entry *set_of(const unsigned char digest[32])
{
    size_t index;

    memcpy(&index, digest, sizeof index);
    return table[index % SETS];
}

bool decision_cache_find(const char *credential, struct identity *identity)
{
    unsigned char digest[32];
    struct entry *set;
    bool live, hit = false;
    int64_t now_us;

    digest_sha256(credential, strlen(credential), digest);
    set = set_of(digest);
    take_lock();
    now_us = platform.boottime_us();
    live = is_live(now_us);
    for (int i = 0; i < WAYS && live && !hit; i++) {
        hit = set[i].generation == current && now_us < set[i].until_us &&
              memcmp(set[i].digest, digest, sizeof digest) == 0;
        if (hit)
            *identity = set[i].identity;
    }
    hit = hit && (identity->expires_us == 0 || identity->expires_us > platform.realtime_us());
    if (hit)
        counts.found++;
    else
        counts.missed++;
    release_lock();
    return hit;
}

void decision_cache_keep(const char *credential, const struct identity *identity, uint64_t generation)
{
    unsigned char digest[32];
    struct entry *set;
    struct entry *place;
    int64_t now_us;

    digest_sha256(credential, strlen(credential), digest);
    set = set_of(digest);
    place = &set[digest[31] % WAYS]; /* if all entries are valid, one is replaced */
    take_lock();
    for (int i = 0; i < WAYS; i++)
        if (set[i].generation != generation || memcmp(set[i].digest, digest, sizeof digest) == 0)
            place = &set[i];
    now_us = platform.boottime_us();
    if (generation == current && is_live(now_us)) {
        memcpy(place->digest, digest, sizeof digest);
        place->identity = *identity;
        place->generation = generation;
        place->until_us = now_us + KEEP_US;
    }
    release_lock();
}
