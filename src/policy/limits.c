/* Enforces rate limits with token buckets. */
#include "policy/limits.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/platform.h"
#include "base/secret.h"
#include "http/metrics.h"
#include "policy/limits_memory.h"
#include "policy/limits_store.h"

enum place { SHARED, OWN };

static const struct limit_row {
    const char *name;
    enum place place;
    const char *whose;
    int64_t attempts, seconds;
    const char *what;
} rows[] = {
#define LIMIT(name, place, whose, attempts, seconds, what) {#name, place, whose, attempts, seconds, what},
#include "policy/limits.def"
#undef LIMIT
};

static _Atomic(uint64_t) refused[LIMIT_COUNT];
static _Atomic(uint64_t) fallbacks;
static _Atomic(bool) degraded;

const char *limit_name(enum limit limit)
{
    return rows[limit].name;
}

/* ---- subjects ---- */

/* The client's address cut after `reach` bits, in `text`; a malformed address is used as it is. */
static const char *cut_address(const char *client, size_t bytes4, size_t bytes6, char text[INET6_ADDRSTRLEN])
{
    struct in6_addr address = {0};
    int family = AF_INET6;

    if (inet_pton(AF_INET, client, &address) == 1) {
        family = AF_INET;
    } else if (inet_pton(AF_INET6, client, &address) != 1) {
        return client;
    } else if (IN6_IS_ADDR_V4MAPPED(&address)) {
        memmove(address.s6_addr, address.s6_addr + 12, 4);
        family = AF_INET;
    }
    if (family == AF_INET)
        memset(address.s6_addr + bytes4, 0, sizeof address - bytes4);
    else
        memset(address.s6_addr + bytes6, 0, sizeof address - bytes6);
    return inet_ntop(family, &address, text, INET6_ADDRSTRLEN) ? text : client;
}

const char *limit_subject(struct request *req, const char *subject, enum limit_reach reach)
{
    static const size_t bytes[][2] = {[REACH_CLIENT] = {4, 8}, [REACH_NETWORK] = {3, 6}, [REACH_REGION] = {2, 4}};
    char text[INET6_ADDRSTRLEN];
    const char *part = cut_address(req->client, bytes[reach][0], bytes[reach][1], text);

    return subject ? talloc_asprintf(req->arena, "%s %s", part, subject) : talloc_strdup(req->arena, part);
}

/* ---- charges ---- */

/* Hashes with the installation's key, so that nobody can choose subjects whose counters collide with another's. */
static void make_key(const struct request *req, const struct limit_attempt *attempt, unsigned char key[LIMIT_KEY])
{
    const char *name = rows[attempt->limit].name;
    const char *installation = req->config->crypt_key ? req->config->crypt_key : "";
    unsigned char purpose[32], digest[32];

    digest_hmac_sha256(secret_of(installation), name, strlen(name) + 1, purpose);
    digest_hmac_sha256((struct secret){purpose, sizeof purpose}, attempt->subject, strlen(attempt->subject), digest);
    memcpy(key, digest, LIMIT_KEY);
}

static void make_charges(const struct request *req, const struct limit_attempt *attempts, size_t count,
                         struct limit_charge *charges)
{
    for (size_t i = 0; i < count; i++) {
        const struct limit_row *row = &rows[attempts[i].limit];
        int64_t times = attempts[i].count > 1 ? (int64_t)attempts[i].count : 1;

        charges[i] = (struct limit_charge){.limit = attempts[i].limit,
                                           .cost_us = row->seconds * 1000000 / row->attempts * times,
                                           .seconds = row->seconds};
        make_key(req, &attempts[i], charges[i].key);
    }
}

/* ---- cache of refusals by the database: further attempts cost no statement ---- */

enum { REMEMBERED = 1024, REMEMBERED_US = 500000 };

static pthread_mutex_t remembered_lock = PTHREAD_MUTEX_INITIALIZER;
static struct remembered {
    unsigned char key[LIMIT_KEY];
    int64_t until_us, spent_us; /* when the entry expires; when enough attempts come back, less their cost */
} remembered[REMEMBERED];

static struct remembered *remembered_place(const struct limit_charge *charge)
{
    return &remembered[(charge->key[2] << 8 | charge->key[3]) % REMEMBERED];
}

/* Returns 0, or the time to wait according to the cache. */
static int64_t remembered_wait(const struct limit_charge *charge)
{
    int64_t now = platform.monotonic_us(), wait = 0;
    const struct remembered *place = remembered_place(charge);

    (void)pthread_mutex_lock(&remembered_lock);
    if (memcmp(place->key, charge->key, LIMIT_KEY) == 0 && place->until_us > now)
        wait = place->spent_us + charge->cost_us - now; /* this charge may need fewer attempts than the refused one */
    (void)pthread_mutex_unlock(&remembered_lock);
    return wait > 0 ? wait : 0;
}

static void remember(const struct limit_charge *charge, int64_t wait)
{
    int64_t now = platform.monotonic_us();
    struct remembered *place = remembered_place(charge);

    (void)pthread_mutex_lock(&remembered_lock);
    memcpy(place->key, charge->key, LIMIT_KEY);
    place->until_us = now + REMEMBERED_US;
    place->spent_us = now + wait - charge->cost_us;
    (void)pthread_mutex_unlock(&remembered_lock);
}

static void forget(const struct limit_charge *charge)
{
    struct remembered *place = remembered_place(charge);

    (void)pthread_mutex_lock(&remembered_lock);
    place->until_us = 0;
    (void)pthread_mutex_unlock(&remembered_lock);
}

/* ---- taking and refunding ---- */

static bool is_shared(const struct request *req, const struct limit_charge *charge)
{
    return req->db && rows[charge->limit].place == SHARED;
}

/* Logs a change between counting in the database and counting in memory. Metrics show which one is in use. */
static void note_store(const struct request *req, enum err err)
{
    bool failed = err;

    if (failed)
        atomic_fetch_add(&fallbacks, 1);
    if (atomic_exchange(&degraded, failed) == failed)
        return;
    if (failed)
        log_message(LOG_WARNING, "the database cannot count attempts, so this process counts them in memory: %s",
                    db_error(req->db)->cause);
    else
        log_message(LOG_INFO, "the database counts attempts again");
}

static void take_in_memory(const struct limit_charge *charges, size_t count, int64_t *waits)
{
    for (size_t i = 0; i < count; i++)
        waits[i] = limits_memory_take(&charges[i]);
}

/* Refunds the charges of a give_all, or those taken before another limit refused. */
static void give_charges(struct request *req, const struct limit_charge *charges, size_t count)
{
    struct limit_charge shared[LIMIT_ATTEMPTS_MAX];
    size_t shared_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_shared(req, &charges[i])) {
            forget(&charges[i]);
            shared[shared_count++] = charges[i];
        } else {
            limits_memory_give(&charges[i]);
        }
    }
    if (shared_count == 0)
        return;
    if (atomic_load(&degraded) || limits_store_give(req, shared, shared_count) != OK)
        for (size_t i = 0; i < shared_count; i++)
            limits_memory_give(&shared[i]);
}

static void note_refusal(struct limit_refusal *refusal, enum limit limit, int64_t wait)
{
    atomic_fetch_add(&refused[limit], 1);
    refusal->limits |= UINT64_C(1) << limit;
    if (wait > refusal->wait_us)
        refusal->wait_us = wait;
}

/* Refunds the other charges when one limit refuses. */
static void settle(struct request *req, const struct limit_charge *charges, const int64_t *waits, size_t count,
                   struct limit_refusal *refusal)
{
    struct limit_charge taken[LIMIT_ATTEMPTS_MAX];
    size_t taken_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (waits[i] == 0)
            taken[taken_count++] = charges[i];
        else
            note_refusal(refusal, charges[i].limit, waits[i]);
    }
    if (refusal->wait_us > 0)
        give_charges(req, taken, taken_count);
}

/* Takes charges that are all counted in one place. */
static enum err take_charges(struct request *req, const struct limit_charge *charges, size_t count,
                             struct limit_refusal *refusal)
{
    int64_t waits[LIMIT_ATTEMPTS_MAX];
    enum err err;

    if (!is_shared(req, &charges[0])) {
        take_in_memory(charges, count, waits);
        settle(req, charges, waits, count, refusal);
        return OK;
    }
    for (size_t i = 0; i < count; i++)
        if ((waits[i] = remembered_wait(&charges[i])) > 0)
            note_refusal(refusal, charges[i].limit, waits[i]);
    if (refusal->wait_us > 0)
        return OK;
    err = limits_store_take(req, charges, count, waits);
    if (err == ERR_INTERNAL || err == ERR_MEMORY)
        return err;
    note_store(req, err);
    if (err)
        take_in_memory(charges, count, waits);
    for (size_t i = 0; !err && i < count; i++)
        if (waits[i] > 0)
            remember(&charges[i], waits[i]);
    settle(req, charges, waits, count, refusal);
    return OK;
}

/* Sorts charges that are counted in memory to the front, and returns their number. */
static size_t split(const struct request *req, struct limit_charge *charges, size_t count)
{
    struct limit_charge shared[LIMIT_ATTEMPTS_MAX];
    size_t own = 0, shared_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_shared(req, &charges[i]))
            shared[shared_count++] = charges[i];
        else
            charges[own++] = charges[i];
    }
    memcpy(charges + own, shared, shared_count * sizeof *shared);
    return own;
}

enum err limit_ask(struct request *req, const struct limit_attempt *attempts, size_t count,
                   struct limit_refusal *refusal)
{
    struct limit_charge charges[LIMIT_ATTEMPTS_MAX];
    enum err err = OK;
    size_t own;

    *refusal = (struct limit_refusal){.wait_us = 0};
    if (!req->config->rate_limits)
        return OK;
    for (size_t i = 0; i < count; i++)
        if (!attempts[i].subject)
            return ERR_MEMORY;
    make_charges(req, attempts, count, charges);
    own = split(req, charges, count);
    if (own > 0)
        err = take_charges(req, charges, own, refusal);
    if (err || refusal->wait_us > 0 || own == count)
        return err;
    err = take_charges(req, charges + own, count - own, refusal);
    if (own > 0 && (err || refusal->wait_us > 0))
        give_charges(req, charges, own);
    return err;
}

enum err limit_refuse(struct request *req, const struct limit_refusal *refusal)
{
    const char *seconds = talloc_asprintf(req->arena, "%lld", (long long)(refusal->wait_us + 999999) / 1000000);

    if (!seconds || reply_header(req, "Retry-After", seconds) != OK)
        return ERR_MEMORY;
    return ERR_TOO_MANY_REQUESTS;
}

void limit_give_all(struct request *req, const struct limit_attempt *attempts, size_t count)
{
    struct limit_charge charges[LIMIT_ATTEMPTS_MAX];

    for (size_t i = 0; i < count; i++)
        if (!attempts[i].subject)
            return;
    if (!req->config->rate_limits || count == 0)
        return;
    make_charges(req, attempts, count, charges);
    give_charges(req, charges, count);
}

/* ---- one limit ---- */

enum err limit_take_many(struct request *req, enum limit limit, const char *subject, size_t count)
{
    struct limit_refusal refusal;

    TRY(limit_ask(req, &(struct limit_attempt){limit, subject, count}, 1, &refusal));
    return refusal.wait_us > 0 ? limit_refuse(req, &refusal) : OK;
}

enum err limit_take(struct request *req, enum limit limit, const char *subject)
{
    return limit_take_many(req, limit, subject, 1);
}

enum err limit_take_client(struct request *req, enum limit limit)
{
    return limit_take(req, limit, limit_subject(req, NULL, REACH_CLIENT));
}

void limit_give(struct request *req, enum limit limit, const char *subject)
{
    limit_give_all(req, &(struct limit_attempt){limit, subject, 1}, 1);
}

void limit_give_client(struct request *req, enum limit limit)
{
    limit_give(req, limit, limit_subject(req, NULL, REACH_CLIENT));
}

/* ---- names, metrics and documentation ---- */

static double read_count(void *context)
{
    return (double)atomic_load((_Atomic(uint64_t) *)context);
}

static double read_flag(void *context)
{
    return atomic_load((_Atomic(bool) *)context) ? 1 : 0;
}

void limits_register(void)
{
    static const char *const labels[] = {
#define LIMIT(name, place, whose, attempts, seconds, what) "limit=\"" #name "\"",
#include "policy/limits.def"
#undef LIMIT
    };

    for (size_t i = 0; i < LIMIT_COUNT; i++)
        metrics_register(METRIC_COUNTER, "orgd_limits_refused_total", labels[i], "Attempts refused by a limit.",
                         read_count, &refused[i]);
    metrics_register(METRIC_COUNTER, "orgd_limits_fallback_total", NULL,
                     "Attempts of shared limits that were counted in memory because the database could not count them.",
                     read_count, &fallbacks);
    metrics_register(METRIC_GAUGE, "orgd_limits_in_memory", NULL,
                     "1 while shared limits are counted in memory because the database cannot count them.", read_flag,
                     &degraded);
}

void limits_document(struct buffer *out)
{
    buffer_text(out, "| Limit | Attempts | Per | Full again within | Action | Counted by |\n"
                     "| --- | ---: | --- | ---: | --- | --- |\n");
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        buffer_format(out, "| `%s` | %lld | %s | %lld s | %s | %s |\n", rows[i].name, (long long)rows[i].attempts,
                      rows[i].whose, (long long)rows[i].seconds, rows[i].what,
                      rows[i].place == SHARED ? "all servers" : "each server");
}
