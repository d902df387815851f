/* Turns a filled reply into the bytes of an answer. */
#ifndef ORGD_HTTP_RESPONSE_H
#define ORGD_HTTP_RESPONSE_H

#include <stdbool.h>

#include "http/compress.h"
#include "http/exchange.h"

enum { GZIP_LEAST = 1000 };

/* Whether the reply is to be compressed: it is big enough, and the client accepts gzip. */
bool answer_wants_gzip(const struct exchange *exchange, bool gzip);

/*
 * Adds the CORS headers and writes head and body of the answer. Without a `compressor` (NULL) the body is not
 * compressed. A reply header that would break the framing turns the answer into a 500. False without memory: no answer
 * was written.
 */
bool answer_build(struct exchange *exchange, struct compressor *compressor) MUST_CHECK;

#endif
