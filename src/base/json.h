/* Writes compact JSON into a buffer, with automatic commas, and reads members of parsed JSON. */
#ifndef ORGD_BASE_JSON_H
#define ORGD_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/uuid.h"

void json_open(struct buffer *out, char bracket);  /* '{' or '[' */
void json_close(struct buffer *out, char bracket); /* '}' or ']' */
void json_key(struct buffer *out, const char *key);

/* Values: alone, as array elements, or after json_key. Text is UTF-8; NULL writes null. Non-ASCII is not escaped. */
void json_text(struct buffer *out, const char *text);
void json_text_n(struct buffer *out, const char *text, size_t len);
void json_bool(struct buffer *out, bool value);
void json_int(struct buffer *out, int64_t value);
void json_nil(struct buffer *out);
void json_uuid(struct buffer *out, const struct uuid *id);
/* Writes text that is JSON already, for example from PostgreSQL. NULL writes null. */
void json_raw(struct buffer *out, const char *json);
/* The same, without the white space between tokens. */
void json_raw_compact(struct buffer *out, const char *json);

/* Removes the white space between tokens of well-formed JSON in place, and ends it with a NUL. Returns the new
 * length. */
size_t json_compact(char *json, size_t len);

/* ---- parsed JSON ---- */

/* Frees `json` together with `arena`, and returns it. NULL for NULL, and without memory; then `json` is freed. */
json_t *json_keep(void *arena, json_t *json);

/* The text of a member; NULL if it is absent or not a text. */
const char *json_member_text(const json_t *object, const char *name);
/* The same, but NULL for an empty text, too. */
const char *json_member_filled(const json_t *object, const char *name);

#endif
