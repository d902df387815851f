/* Compresses answers with gzip. */
#ifndef ORGD_HTTP_COMPRESS_H
#define ORGD_HTTP_COMPRESS_H

#include <stddef.h>

/* Reused from answer to answer, by one thread. */
struct compressor;

/* A talloc child of `arena`; takes its memory, about 256 KiB, on first use. NULL without memory. */
struct compressor *compressor_create(void *arena);

/* `data` as a gzip stream in `arena`, of `*compressed` bytes; NULL without memory. */
char *compress_gzip(struct compressor *compressor, void *arena, const char *data, size_t len, size_t *compressed);

#endif
