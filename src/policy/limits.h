/* How often something may be tried (limits.def). */
#ifndef ORGD_POLICY_LIMITS_H
#define ORGD_POLICY_LIMITS_H

#include "http/http.h"

enum limit {
#define LIMIT(name, place, whose, tries, seconds, what) LIMIT_##name,
#include "policy/limits.def"
#undef LIMIT
    LIMIT_COUNT
};

/*
 * Takes one try of `subject` (an address, an id; any text). ERR_TOO_MANY_REQUESTS when there is none left, with a
 * Retry-After in the reply. Always OK where ORGD_RATE_LIMITS is off. Any thread; a limit that servers share is counted
 * in the database of `req`, and in memory where the request has none or it cannot be written. Outside of a transaction:
 * a rollback must not give tries back.
 */
enum err limit_take(struct request *req, enum limit limit, const char *subject) MUST_CHECK;

/* The same for `count` tries: all of them, or none. */
enum err limit_take_many(struct request *req, enum limit limit, const char *subject, size_t count) MUST_CHECK;

/* The same for the client that sent the request: its address, of IPv6 the first 64 bits. */
enum err limit_take_client(struct request *req, enum limit limit) MUST_CHECK;

/* Gives a try back: it was none that should count. Outside of a transaction. */
void limit_give(struct request *req, enum limit limit, const char *subject);
void limit_give_client(struct request *req, enum limit limit);

/* ---- several limits at once ---- */

/* Tries of one subject. Texts live as long as the request. */
struct limit_try {
    enum limit limit;
    const char *subject;
    size_t count; /* 0 counts as 1 */
};

enum { LIMIT_TRIES_MAX = 8 };

/* Which limits refused, and how long to wait for all of them. */
struct limit_refusal {
    int64_t wait_us; /* 0: none did */
    uint64_t limits; /* a bit for each */
};
_Static_assert(LIMIT_COUNT <= 64, "a bit for each limit");

static inline bool limit_refused(const struct limit_refusal *refusal, enum limit limit)
{
    return refusal->limits >> limit & 1;
}

/*
 * Takes tries of up to LIMIT_TRIES_MAX limits, in one statement: all, or none when `refusal` says that one of them
 * refuses. Adds nothing to the reply. The tries are in the order of limits.def. ERR_MEMORY; ERR_INTERNAL within a
 * transaction.
 */
enum err limit_ask(struct request *req, const struct limit_try *tries, size_t count,
                   struct limit_refusal *refusal) MUST_CHECK;
/* Answers a refusal: ERR_TOO_MANY_REQUESTS, with a Retry-After in the reply. ERR_MEMORY. */
enum err limit_refuse(struct request *req, const struct limit_refusal *refusal) MUST_CHECK;
/* Gives back what limit_ask has taken. */
void limit_give_all(struct request *req, const struct limit_try *tries, size_t count);

/* How much of a client's address counts: IPv4 32, 24, 16 bits; IPv6 64, 48, 32 bits. */
enum limit_reach { REACH_CLIENT, REACH_NETWORK, REACH_REGION };

/* `subject` as tried from that part of the client's address, or the part alone where `subject` is NULL. NULL without
 * memory. */
const char *limit_subject(struct request *req, const char *subject, enum limit_reach reach);

/* ---- for the program ---- */

/* "SIGN_IN_CLIENT" */
const char *limit_name(enum limit limit);
/* Registers the metrics: before the server runs. */
void limits_register(void);
/* The table as Markdown, for docs/security.md. */
void limits_document(struct buffer *out);

#endif
