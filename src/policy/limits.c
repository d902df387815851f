/* Token buckets: how often something may be tried. */
#include "policy/limits.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"
#include "base/secret.h"

/* Buckets in sets: a subject has its set, and in a full set the bucket that is least used up makes room. */
enum { SETS = 16384, WAYS = 4, KEY = 16 };

static const struct limit_row {
    const char *name, *whose;
    int64_t tries, seconds;
    const char *what;
} rows[] = {
#define LIMIT(name, whose, tries, seconds, what) {#name, whose, tries, seconds, what},
#include "policy/limits.def"
#undef LIMIT
};

/* Full again at `full_us` (platform.monotonic_us); before that, what is missing is proportional to the time left. */
struct bucket {
    unsigned char key[KEY]; /* of the digest of limit and subject */
    int64_t full_us;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t salted = PTHREAD_ONCE_INIT;
static unsigned char salt[KEY]; /* so that nobody can choose subjects that fall into the set of another's */
static struct bucket buckets[SETS][WAYS];

/* How long one try takes to come back. */
static int64_t step_us(const struct limit_row *row)
{
    return row->seconds * 1000000 / row->tries;
}

static void make_salt(void)
{
    platform.random_bytes(salt, sizeof salt);
}

static struct bucket *find_bucket(enum limit limit, const char *subject)
{
    char text[KEY + 512];
    unsigned char digest[32];
    size_t len = strnlen(subject, sizeof text - KEY - 1);
    struct bucket *set, *place;

    (void)pthread_once(&salted, make_salt);
    memcpy(text, salt, KEY);
    text[KEY] = (char)limit;
    memcpy(text + KEY + 1, subject, len);
    digest_sha256(text, KEY + 1 + len, digest);
    set = buckets[(digest[31] << 8 | digest[30]) % SETS];
    place = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (memcmp(set[i].key, digest, KEY) == 0)
            return &set[i];
        if (set[i].full_us < place->full_us)
            place = &set[i];
    }
    memcpy(place->key, digest, KEY);
    place->full_us = 0;
    return place;
}

/* 0, or how long to wait for the next try. */
static int64_t take(enum limit limit, const char *subject)
{
    const struct limit_row *row = &rows[limit];
    int64_t now = platform.monotonic_us(), wait = 0;
    struct bucket *bucket;

    (void)pthread_mutex_lock(&lock);
    bucket = find_bucket(limit, subject);
    if (bucket->full_us < now)
        bucket->full_us = now;
    if (bucket->full_us + step_us(row) > now + row->seconds * 1000000)
        wait = bucket->full_us + step_us(row) - now - row->seconds * 1000000;
    else
        bucket->full_us += step_us(row);
    (void)pthread_mutex_unlock(&lock);
    return wait;
}

enum err limit_take(struct request *req, enum limit limit, const char *subject)
{
    int64_t wait = req->config->rate_limits ? take(limit, subject) : 0;
    const char *seconds;

    if (wait == 0)
        return OK;
    seconds = talloc_asprintf(req->arena, "%lld", (long long)(wait + 999999) / 1000000);
    if (!seconds || reply_header(req, "Retry-After", seconds) != OK)
        return ERR_MEMORY;
    return ERR_TOO_MANY_REQUESTS;
}

/* The client as a subject, in `text` where it has to be made. */
static const char *client_subject(const struct request *req, char text[INET6_ADDRSTRLEN])
{
    struct in6_addr address;

    if (inet_pton(AF_INET6, req->client, &address) == 1 && !IN6_IS_ADDR_V4MAPPED(&address)) {
        memset(address.s6_addr + 8, 0, 8); /* whoever has one address of a network has all of them */
        if (inet_ntop(AF_INET6, &address, text, INET6_ADDRSTRLEN))
            return text;
    }
    return req->client;
}

enum err limit_take_client(struct request *req, enum limit limit)
{
    char text[INET6_ADDRSTRLEN];

    return limit_take(req, limit, client_subject(req, text));
}

void limit_give(struct request *req, enum limit limit, const char *subject)
{
    if (!req->config->rate_limits)
        return;
    (void)pthread_mutex_lock(&lock);
    find_bucket(limit, subject)->full_us -= step_us(&rows[limit]);
    (void)pthread_mutex_unlock(&lock);
}

void limit_give_client(struct request *req, enum limit limit)
{
    char text[INET6_ADDRSTRLEN];

    limit_give(req, limit, client_subject(req, text));
}

void limits_document(struct buffer *out)
{
    buffer_text(out, "| Tries | Each | Again within | Of what |\n| ---: | --- | ---: | --- |\n");
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        buffer_format(out, "| %lld | %s | %lld s | %s |\n", (long long)rows[i].tries, rows[i].whose,
                      (long long)rows[i].seconds, rows[i].what);
}
