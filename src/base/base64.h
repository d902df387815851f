/* Strict Base64 (RFC 4648): each content has exactly one encoding. */
#ifndef ORGD_BASE_BASE64_H
#define ORGD_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

enum base64 {
    BASE64,     /* section 4, with padding */
    BASE64_URL, /* section 5, without padding */
};

/* Appends the text of `len` bytes. */
void base64_write(struct buffer *out, enum base64 alphabet, const void *data, size_t len);

/*
 * Decodes `len` characters into `to`, which has room for `room` bytes; `len` bytes are always enough. False for a text
 * that base64_write does not produce, and when the content does not fit.
 */
bool base64_read(enum base64 alphabet, const char *text, size_t len, void *to, size_t room, size_t *written);

#endif
