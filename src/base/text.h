/* Text in UTF-8: checking, counting, trimming, percent-encoding. */
#ifndef ORGD_BASE_TEXT_H
#define ORGD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL. */
bool text_valid(const char *text, size_t len);

/* Code points of well-formed UTF-8. */
size_t text_count(const char *text);

/* A copy in `arena` without Unicode white space at both ends; NULL for NULL or without memory. */
const char *text_trim(void *arena, const char *text);

/* A copy in `arena`, trimmed, with ASCII letters in lower case: the form in which e-mail addresses are compared. */
const char *text_fold_email(void *arena, const char *text);

/*
 * Percent-decodes `len` bytes into a new string in `arena`; `plus` turns '+' into a space (query strings).
 * NULL when an escape is not two hex digits, or the result is not well-formed UTF-8 or holds NUL.
 */
char *text_percent_decode(void *arena, const char *text, size_t len, bool plus);

/* Appends text with everything but letters, digits and `-._~` percent-encoded (RFC 3986 2.3): safe in any part of a
 * URI. */
void text_percent_encode(struct buffer *out, const char *text);

/* 0 to 15, or -1 for a character that is not a hexadecimal digit. */
int text_hex_digit(char c);

#endif
