/* The compact JSON writer. */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>
#include <talloc.h>

/* A comma is due unless the text so far is empty or ends in an opener, a colon or a comma; a string ends in its quote.
 */
static void separate(struct buffer *out)
{
    char last = out->len ? out->data[out->len - 1] : '{';

    if (last != '{' && last != '[' && last != ':' && last != ',')
        buffer_char(out, ',');
}

void json_open(struct buffer *out, char bracket)
{
    separate(out);
    buffer_char(out, bracket);
}

void json_close(struct buffer *out, char bracket)
{
    buffer_char(out, bracket);
}

void json_key(struct buffer *out, const char *key)
{
    json_text(out, key);
    buffer_char(out, ':');
}

static void escape(struct buffer *out, unsigned char c)
{
    static const char shorthand[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (const char *pair = shorthand; *pair; pair += 2) {
        if ((unsigned char)pair[0] == c) {
            buffer_char(out, '\\');
            buffer_char(out, pair[1]);
            return;
        }
    }
    buffer_format(out, "\\u%04x", c);
}

void json_text_n(struct buffer *out, const char *text, size_t len)
{
    size_t from = 0;

    separate(out);
    buffer_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buffer_add(out, text + from, i - from);
        escape(out, c);
        from = i + 1;
    }
    buffer_add(out, text + from, len - from);
    buffer_char(out, '"');
}

void json_text(struct buffer *out, const char *text)
{
    if (text)
        json_text_n(out, text, strlen(text));
    else
        json_nil(out);
}

void json_bool(struct buffer *out, bool value)
{
    separate(out);
    buffer_text(out, value ? "true" : "false");
}

void json_int(struct buffer *out, int64_t value)
{
    separate(out);
    buffer_format(out, "%" PRId64, value);
}

void json_nil(struct buffer *out)
{
    separate(out);
    buffer_text(out, "null");
}

void json_uuid(struct buffer *out, const struct uuid *id)
{
    char text[UUID_TEXT_SIZE];

    json_text(out, uuid_format(id, text));
}

void json_raw(struct buffer *out, const char *json)
{
    if (!json) {
        json_nil(out);
        return;
    }
    separate(out);
    buffer_text(out, json);
}

/* The length of the string at `text`, both quotes included; all of `len` when it has no end. */
static size_t string_len(const char *text, size_t len)
{
    size_t at = 1;

    while (at < len && text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at < len ? at + 1 : len;
}

/* Strings and what lies between blanks are moved as a whole: listings are mostly strings. */
size_t json_compact(char *json, size_t len)
{
    size_t to = 0, from = 0, at = 0;

    while (at < len) {
        if (json[at] == '"') {
            at += string_len(json + at, len - at);
        } else if ((unsigned char)json[at] <= ' ') { /* well-formed JSON has no other controls between its parts */
            memmove(json + to, json + from, at - from);
            to += at - from;
            from = ++at;
        } else {
            at++;
        }
    }
    memmove(json + to, json + from, at - from);
    to += at - from;
    json[to] = '\0';
    return to;
}

void json_raw_compact(struct buffer *out, const char *json)
{
    size_t from;

    if (!json) {
        json_nil(out);
        return;
    }
    separate(out);
    from = out->len;
    buffer_text(out, json);
    if (!out->failed)
        out->len = from + json_compact(out->data + from, out->len - from);
}

/* ---- objects ---- */

struct json_member member_text(const char *name, const char *text)
{
    return (struct json_member){.name = name, .kind = MEMBER_TEXT, .text = text};
}

struct json_member member_int(const char *name, int64_t value)
{
    return (struct json_member){.name = name, .kind = MEMBER_INT, .number = value};
}

struct json_member member_bool(const char *name, bool value)
{
    return (struct json_member){.name = name, .kind = MEMBER_BOOL, .number = value};
}

struct json_member member_uuid(const char *name, const struct uuid *id)
{
    return (struct json_member){.name = name, .kind = MEMBER_UUID, .id = id};
}

struct json_member member_raw(const char *name, const char *json)
{
    return (struct json_member){.name = name, .kind = MEMBER_RAW, .text = json};
}

void json_members_write(struct buffer *out, const struct json_member *members, size_t count)
{
    for (const struct json_member *member = members; member < members + count; member++) {
        json_key(out, member->name);
        switch (member->kind) {
        case MEMBER_TEXT:
            json_text(out, member->text);
            break;
        case MEMBER_INT:
            json_int(out, member->number);
            break;
        case MEMBER_BOOL:
            json_bool(out, member->number != 0);
            break;
        case MEMBER_UUID:
            json_uuid(out, member->id);
            break;
        case MEMBER_RAW:
            json_raw(out, member->text);
            break;
        }
    }
}

void json_object_write(struct buffer *out, const struct json_member *members, size_t count)
{
    json_open(out, '{');
    json_members_write(out, members, count);
    json_close(out, '}');
}

/* ---- parsed JSON ---- */

static int release(json_t **kept)
{
    json_decref(*kept);
    return 0;
}

static int take_piece(const char *piece, size_t len, void *out)
{
    buffer_add(out, piece, len);
    return ((struct buffer *)out)->failed ? -1 : 0;
}

bool json_dump_to(struct buffer *out, const json_t *value, size_t flags)
{
    separate(out);
    return value && json_dump_callback(value, take_piece, out, JSON_COMPACT | JSON_ENCODE_ANY | flags) == 0;
}

json_t *json_keep(void *arena, json_t *json)
{
    json_t **kept = json ? talloc(arena, json_t *) : NULL;

    if (!kept) {
        json_decref(json);
        return NULL;
    }
    *kept = json;
    talloc_set_destructor(kept, release);
    return json;
}

const char *json_member_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

const char *json_member_filled(const json_t *object, const char *name)
{
    const char *text = json_member_text(object, name);

    return text && *text ? text : NULL;
}
