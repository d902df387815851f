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

/* ---- objects ---- */

/* A member of an object; made by the functions below, borrows what they are given. */
struct json_member {
    const char *name;
    enum { MEMBER_TEXT, MEMBER_INT, MEMBER_BOOL, MEMBER_UUID, MEMBER_RAW } kind;
    union {
        const char *text; /* also of MEMBER_RAW */
        int64_t number;   /* also of MEMBER_BOOL */
        const struct uuid *id;
    };
};

struct json_member member_text(const char *name, const char *text); /* NULL writes null */
struct json_member member_int(const char *name, int64_t value);
struct json_member member_bool(const char *name, bool value);
struct json_member member_uuid(const char *name, const struct uuid *id);
struct json_member member_raw(const char *name, const char *json);

/* Writes an object: JSON_OBJECT(out, member_text("status", "OK"), member_int("count", count)); */
#define JSON_OBJECT(out, ...)                                                                                          \
    json_object_write(out, (const struct json_member[]){__VA_ARGS__},                                                  \
                      sizeof((const struct json_member[]){__VA_ARGS__}) / sizeof(struct json_member))
/* Its members alone, between json_open and json_close. */
#define JSON_MEMBERS(out, ...)                                                                                         \
    json_members_write(out, (const struct json_member[]){__VA_ARGS__},                                                 \
                       sizeof((const struct json_member[]){__VA_ARGS__}) / sizeof(struct json_member))

void json_object_write(struct buffer *out, const struct json_member *members, size_t count);
void json_members_write(struct buffer *out, const struct json_member *members, size_t count);

/* ---- parsed JSON ---- */

/* Frees `json` together with `arena`, and returns it. NULL for NULL, and without memory; then `json` is freed. */
json_t *json_keep(void *arena, json_t *json);

/* Writes a value; `flags` are those of json_dumps, in addition to compact output. False if it does not fit. */
bool json_dump_to(struct buffer *out, const json_t *value, size_t flags);

/* The text of a member; NULL if it is absent or not a text. */
const char *json_member_text(const json_t *object, const char *name);
/* The same, but NULL for an empty text, too. */
const char *json_member_filled(const json_t *object, const char *name);

#endif
