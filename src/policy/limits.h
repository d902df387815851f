/* How often something may be tried (limits.def), counted in memory. */
#ifndef ORGD_POLICY_LIMITS_H
#define ORGD_POLICY_LIMITS_H

#include "http/http.h"

enum limit {
#define LIMIT(name, whose, tries, seconds, what) LIMIT_##name,
#include "policy/limits.def"
#undef LIMIT
    LIMIT_COUNT
};

/*
 * Takes one try of `subject` (an address, an id; any text). ERR_TOO_MANY_REQUESTS when there is none left, with a
 * Retry-After in the reply. Always OK where ORGD_RATE_LIMITS is off. Any thread.
 */
enum err limit_take(struct request *req, enum limit limit, const char *subject) MUST_CHECK;

/* The same for the client that sent the request: its address, of IPv6 the first 64 bits. */
enum err limit_take_client(struct request *req, enum limit limit) MUST_CHECK;

/* Gives a try back: it was none that should count. */
void limit_give(struct request *req, enum limit limit, const char *subject);
void limit_give_client(struct request *req, enum limit limit);

/* The table as Markdown, for docs/security.md. */
void limits_document(struct buffer *out);

#endif
