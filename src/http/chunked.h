/* Decodes a chunked request body piece by piece. */
#ifndef ORGD_HTTP_CHUNKED_H
#define ORGD_HTTP_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

enum chunk_state {
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_END,
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_END,
    CHUNK_TRAILER_START,
    CHUNK_TRAILER,
    CHUNK_TRAILER_END,
    CHUNK_LAST_END,
};

/* The state of the decoder. Zero it before each body. */
struct chunked {
    enum chunk_state state;
    uint64_t left;   /* of the current chunk: its size while the size line is read, then the bytes still to come */
    unsigned digits; /* hexadecimal digits of the size read so far */
    size_t extra;    /* bytes of extensions and trailers, which are ignored */
};

/*
 * Consumes `*used` bytes of `data` and appends the decoded content to `body`, whose maximum limits the content. OK: the
 * body is complete. ERR_AGAIN: all of `data` was consumed and more is needed. ERR_CHUNK_INVALID and ERR_BODY_TOO_LARGE:
 * the connection must be closed.
 */
enum err chunked_feed(struct chunked *chunked, const char *data, size_t len, size_t *used,
                      struct buffer *body) MUST_CHECK;

#endif
