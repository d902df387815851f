/* A growable byte buffer with an upper bound and a sticky failure: append freely, check once. */
#ifndef ORGD_BASE_BUFFER_H
#define ORGD_BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * `data` is NUL-terminated after the first append; `len` does not count the NUL. An append that exceeds `max` or memory
 * sets `failed`, and later appends do nothing.
 */
struct buffer {
    void *arena; /* talloc parent of `data`, borrowed */
    char *data;
    size_t len;
    size_t size;
    size_t max; /* bytes */
    bool failed;
};

/* An empty buffer of at most `max` bytes; allocates nothing yet. */
struct buffer buffer_make(void *arena, size_t max);

void buffer_add(struct buffer *buffer, const void *data, size_t len);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_char(struct buffer *buffer, char c);
void buffer_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_vformat(struct buffer *buffer, const char *format, va_list arguments) PRINTF_LIKE(2, 0);

/* Drops the content and the failure; keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* The content as a C string ("" when nothing was added), or NULL when the buffer failed. Lives as long as the arena. */
const char *buffer_string(const struct buffer *buffer);

#endif
