/* Reads one-dimensional arrays as PostgreSQL prints them: {one,"t,w\"o",NULL}. */
#ifndef ORGD_DB_ARRAY_H
#define ORGD_DB_ARRAY_H

#include <stdbool.h>

#include "base/buffer.h"

/* Where reading has got to: the array's text at first. */
struct array_cursor {
    const char *at;
};

struct array_cursor array_begin(const char *text);
/* Puts the next element into `item`, which is emptied first; false at the end, and where the text is no such array. A
 * NULL is the text NULL. */
bool array_next(struct array_cursor *cursor, struct buffer *item);

#endif
