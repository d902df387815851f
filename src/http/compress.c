/* Compresses answers with gzip. */
#include "http/compress.h"

#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>
#include <zlib.h>

/* Higher levels cost more time than they save in bytes for JSON of a few kilobytes. */
enum { LEVEL = 4, WINDOW_BITS = 15, GZIP_WRAPPER = 16, MEMORY_LEVEL = 8, INPUT_MAX = 1 << 30 };

struct compressor {
    z_stream stream;
    bool ready;
};

static int compressor_end(struct compressor *compressor)
{
    if (compressor->ready)
        (void)deflateEnd(&compressor->stream);
    return 0;
}

struct compressor *compressor_create(void *arena)
{
    struct compressor *compressor = talloc_zero(arena, struct compressor);

    if (compressor)
        talloc_set_destructor(compressor, compressor_end);
    return compressor;
}

static bool make_ready(struct compressor *compressor)
{
    if (compressor->ready)
        return deflateReset(&compressor->stream) == Z_OK;
    compressor->ready = deflateInit2(&compressor->stream, LEVEL, Z_DEFLATED, WINDOW_BITS + GZIP_WRAPPER, MEMORY_LEVEL,
                                     Z_DEFAULT_STRATEGY) == Z_OK;
    return compressor->ready;
}

char *compress_gzip(struct compressor *compressor, void *arena, const char *data, size_t len, size_t *compressed)
{
    z_stream *stream = &compressor->stream;
    unsigned bound;
    char *out;

    if (len > INPUT_MAX || !make_ready(compressor))
        return NULL;
    bound = (unsigned)deflateBound(stream, len);
    out = talloc_array(arena, char, bound);
    if (!out)
        return NULL;
    stream->next_in = (unsigned char *)(uintptr_t)data;
    stream->avail_in = (unsigned)len;
    stream->next_out = (unsigned char *)out;
    stream->avail_out = bound;
    if (deflate(stream, Z_FINISH) != Z_STREAM_END) {
        talloc_free(out);
        return NULL;
    }
    *compressed = bound - stream->avail_out;
    return out;
}
