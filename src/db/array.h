/* Reads one-dimensional arrays as PostgreSQL prints them: {one,"t,w\"o",NULL}. */
#ifndef ORGD_DB_ARRAY_H
#define ORGD_DB_ARRAY_H

#include <stdbool.h>

#include "base/buffer.h"

/* The cursor; begins at the array's text. */
struct array_cursor {
    const char *at;
};

struct array_cursor array_begin(const char *text);
/* Replaces `item` by the next element. False at the end, and for a malformed array. A NULL element is the text NULL. */
bool array_next(struct array_cursor *cursor, struct buffer *item);

#endif
