/* Enforces rate limits (limits.def). */
#ifndef ORGD_POLICY_LIMITS_H
#define ORGD_POLICY_LIMITS_H

#include "http/http.h"

enum limit {
#define LIMIT(name, place, whose, attempts, seconds, what) LIMIT_##name,
#include "policy/limits.def"
#undef LIMIT
    LIMIT_COUNT
};

/*
 * Takes one attempt of `subject` (an address, an id; any text). ERR_TOO_MANY_REQUESTS when no attempt is left, with a
 * Retry-After in the reply. Always OK when ORGD_RATE_LIMITS is off. Callable from any thread. A shared limit is counted
 * in the database of `req`, or in memory when the request has no database or it cannot be written. Call it outside a
 * transaction: a rollback must not refund attempts.
 */
enum err limit_take(struct request *req, enum limit limit, const char *subject) MUST_CHECK;

/* Takes `count` attempts, all or none. */
enum err limit_take_many(struct request *req, enum limit limit, const char *subject, size_t count) MUST_CHECK;

/* Takes one attempt of the client that sent the request: of its address, of which the first 64 bits count with IPv6. */
enum err limit_take_client(struct request *req, enum limit limit) MUST_CHECK;

/* Refunds one attempt that must not count. Call it outside a transaction. */
void limit_give(struct request *req, enum limit limit, const char *subject);
void limit_give_client(struct request *req, enum limit limit);

/* ---- several limits at once ---- */

/* Attempts of one subject. Texts must live as long as the request. */
struct limit_attempt {
    enum limit limit;
    const char *subject;
    size_t count; /* 0 counts as 1 */
};

enum { LIMIT_ATTEMPTS_MAX = 8 };

/* The limits that refused, and the time to wait until all of them allow the attempts. */
struct limit_refusal {
    int64_t wait_us; /* 0: no limit refused */
    uint64_t limits; /* one bit for each limit */
};
_Static_assert(LIMIT_COUNT <= 64, "a bit for each limit");

static inline bool limit_refused(const struct limit_refusal *refusal, enum limit limit)
{
    return refusal->limits >> limit & 1;
}

/*
 * Takes attempts of up to LIMIT_ATTEMPTS_MAX limits in one statement: all, or none when one limit refuses, which
 * `refusal` reports. Adds nothing to the reply. The attempts must be in the order of limits.def. Errors: ERR_MEMORY;
 * ERR_INTERNAL within a transaction.
 */
enum err limit_ask(struct request *req, const struct limit_attempt *attempts, size_t count,
                   struct limit_refusal *refusal) MUST_CHECK;
/* Answers a refusal: ERR_TOO_MANY_REQUESTS, with a Retry-After in the reply. Errors: ERR_MEMORY. */
enum err limit_refuse(struct request *req, const struct limit_refusal *refusal) MUST_CHECK;
/* Refunds the attempts that limit_ask has taken. */
void limit_give_all(struct request *req, const struct limit_attempt *attempts, size_t count);

/* The number of leading bits of a client's address that count: IPv4 32, 24, 16; IPv6 64, 48, 32. */
enum limit_reach { REACH_CLIENT, REACH_NETWORK, REACH_REGION };

/* The subject made of `subject` and that part of the client's address; of the address part alone when `subject` is
 * NULL. NULL without memory. */
const char *limit_subject(struct request *req, const char *subject, enum limit_reach reach);

/* ---- for the program ---- */

/* "SIGN_IN_CLIENT" */
const char *limit_name(enum limit limit);
/* Registers the metrics. Call it before the server runs. */
void limits_register(void);
/* Appends the table of limits as Markdown, for docs/security.md. */
void limits_document(struct buffer *out);

#endif
