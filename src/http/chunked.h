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

/* Zeroed before each body. */
struct chunked {
    enum chunk_state state;
    uint64_t left;   /* of the chunk under way: its size while that is read, then the bytes still to come */
    unsigned digits; /* of the size read */
    size_t extra;    /* bytes of extensions and trailers, which are read over */
};

/*
 * Takes bytes from `data`, `*used` of them, and adds the content to `body`, whose maximum is that of the content. OK:
 * the body is complete. ERR_AGAIN: all of `data` was used and more is needed. ERR_CHUNK_INVALID or ERR_BODY_TOO_LARGE:
 * the connection cannot be trusted any more.
 */
enum err chunked_feed(struct chunked *chunked, const char *data, size_t len, size_t *used,
                      struct buffer *body) MUST_CHECK;

#endif
