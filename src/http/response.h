/* Turns a filled reply into the bytes that are sent. */
#ifndef ORGD_HTTP_RESPONSE_H
#define ORGD_HTTP_RESPONSE_H

#include <stdbool.h>

#include "http/compress.h"
#include "http/exchange.h"

enum { GZIP_LEAST = 1000 };

/* Whether the reply has to be compressed: big enough, and the client takes it. */
bool answer_wants_gzip(const struct exchange *exchange, bool gzip);

/*
 * Adds the CORS headers and writes head and body of the answer; `compressor` NULL sends the body as it is. A reply
 * header that would break the framing becomes a 500. False without memory: then there is nothing to send.
 */
bool answer_build(struct exchange *exchange, struct compressor *compressor) MUST_CHECK;

#endif
