/* The console's files as the build leaves them: the table that tools/console2c.mjs writes. */
#ifndef ORGD_CONSOLE_FILES_H
#define ORGD_CONSOLE_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Ways to send one file. */
enum console_coding { CONSOLE_PLAIN, CONSOLE_GZIP, CONSOLE_BROTLI, CONSOLE_CODINGS };

/* NULL where the file does not get smaller. */
struct console_bytes {
    const char *data;
    size_t len;
};

struct console_file {
    const char *path; /* "/assets/index-B1gxT4aQ.js" */
    const char *type; /* of the Content-Type header */
    const char *hash; /* of the content */
    bool immutable;   /* the name has a hash of the content in it */
    struct console_bytes bytes[CONSOLE_CODINGS];
};

/* Sorted by path. Does not hold the page itself. */
extern const struct console_file console_files[];
extern const size_t console_file_count; /* 0: the program was built without the console */

/* index.html, and the places in it that get the nonce of each answer. */
extern const char console_index[];
extern const size_t console_index_len;
extern const size_t console_nonces[];
extern const size_t console_nonce_count;

/* Characters of a nonce: those of the placeholder in index.html, and of 16 bytes in Base64. */
enum { CONSOLE_NONCE_LEN = 22 };

#endif
