/* Counts connections for each peer address. */
#include "http/addresses.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"

enum { BUCKETS = 1024, KEY_SIZE = 8 };

struct address {
    struct address *next;
    unsigned char key[KEY_SIZE];
    unsigned count;
};

struct addresses {
    uint64_t seed; /* random, so that clients cannot choose addresses that share a bucket */
    struct address *buckets[BUCKETS];
};

struct addresses *addresses_create(void *arena)
{
    struct addresses *addresses = talloc_zero(arena, struct addresses);

    if (addresses)
        platform.random_bytes(&addresses->seed, sizeof addresses->seed);
    return addresses;
}

/* The key of a peer: its IPv4 address (also when mapped to IPv6), or the first half of its IPv6 address. */
static void make_key(const struct sockaddr *peer, unsigned char key[KEY_SIZE])
{
    memset(key, 0, KEY_SIZE);
    if (peer->sa_family == AF_INET) {
        memcpy(key + 4, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, 4);
    } else if (peer->sa_family == AF_INET6) {
        const struct in6_addr *ip = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(ip))
            memcpy(key + 4, ip->s6_addr + 12, 4);
        else
            memcpy(key, ip->s6_addr, KEY_SIZE);
    }
}

static struct address **bucket_of(struct addresses *addresses, const unsigned char key[KEY_SIZE])
{
    uint64_t hash;

    memcpy(&hash, key, sizeof hash);
    hash = (hash ^ addresses->seed) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return &addresses->buckets[(hash >> 32) % BUCKETS];
}

struct address *address_enter(struct addresses *addresses, const struct sockaddr *peer, unsigned limit)
{
    unsigned char key[KEY_SIZE];
    struct address **bucket, *address;

    make_key(peer, key);
    bucket = bucket_of(addresses, key);
    for (address = *bucket; address; address = address->next)
        if (memcmp(address->key, key, KEY_SIZE) == 0)
            break;
    if (!address) {
        address = talloc_zero(addresses, struct address);
        if (!address)
            return NULL;
        memcpy(address->key, key, KEY_SIZE);
        address->next = *bucket;
        *bucket = address;
    }
    if (limit > 0 && address->count >= limit)
        return NULL;
    address->count++;
    return address;
}

unsigned address_count(const struct address *address)
{
    return address->count;
}

void address_leave(struct addresses *addresses, struct address *address)
{
    struct address **at;

    if (!address || --address->count > 0)
        return;
    for (at = bucket_of(addresses, address->key); *at != address; at = &(*at)->next)
        ;
    *at = address->next;
    talloc_free(address);
}
