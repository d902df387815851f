/* Compresses answers with gzip. */
#ifndef ORGD_HTTP_COMPRESS_H
#define ORGD_HTTP_COMPRESS_H

#include <stddef.h>

/* Reused from answer to answer by one thread. */
struct compressor;

/* Creates a compressor as a talloc child of `arena`. It allocates about 256 KiB on first use. NULL without memory. */
struct compressor *compressor_create(void *arena);

/* Returns `data` as a gzip stream of `*compressed` bytes in `arena`; NULL without memory. */
char *compress_gzip(struct compressor *compressor, void *arena, const char *data, size_t len, size_t *compressed);

#endif
