/* Reads untrusted UTF-8 by code point. */
#ifndef ORGD_BASE_UTF8_H
#define ORGD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 * Reads the character at `at`, which is before `end`: its bytes (1 to 4) are answered, its code point stored. 0 when no
 * well-formed sequence (RFC 3629) begins there; `*point` is then left alone.
 */
size_t utf8_read(const char *at, const char *end, uint32_t *point);

/* Controls, line separators and the marks that reorder text: what could make one text look like another. */
bool utf8_deceptive(uint32_t point);

/*
 * Control characters, line and paragraph separators, and what is not shown: direction marks, joiners, fillers,
 * variation selectors, tags. No name needs them to be read, and they can make it look like another.
 */
bool utf8_invisible(uint32_t point);

/* White space of any script. */
bool utf8_space(uint32_t point);

/* Adds text for people to read: on one line, deceptive characters and stray bytes as `?`, cut with an ellipsis after
 * `max` bytes. */
void utf8_show(struct buffer *out, const char *text, size_t max);

#endif
