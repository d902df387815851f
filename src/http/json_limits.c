/* Measures JSON text in one pass before it is parsed. */
#include "http/json_limits.h"

struct measuring {
    struct json_size *size;
    size_t open;  /* open lists and objects */
    bool in_word; /* within a number, true, false or null */
};

/* The position of the quote that ends the string beginning at `at`, or `len`. */
static size_t string_end(const char *text, size_t at, size_t len)
{
    for (at++; at < len && text[at] != '"'; at++)
        if (text[at] == '\\')
            at++;
    return at < len ? at : len;
}

static void open_bracket(struct measuring *measuring)
{
    measuring->size->values++;
    if (++measuring->open > measuring->size->depth)
        measuring->size->depth = measuring->open;
}

/* Handles a colon: the string before it was a member name, not a value. */
static void take_colon(struct json_size *size)
{
    size->members++;
    if (size->values > 0)
        size->values--;
}

/* Handles the token that begins at `at`, and returns the position of its last byte. */
static size_t take(struct measuring *measuring, const char *text, size_t at, size_t len)
{
    struct json_size *size = measuring->size;
    bool was_in_word = measuring->in_word;
    size_t end = at;

    measuring->in_word = false;
    switch (text[at]) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case ',':
        break;
    case '"':
        end = string_end(text, at, len);
        if (end - at - 1 > size->string)
            size->string = end - at - 1;
        size->values++;
        break;
    case '{':
    case '[':
        open_bracket(measuring);
        break;
    case '}':
    case ']':
        measuring->open -= measuring->open > 0;
        break;
    case ':':
        take_colon(size);
        break;
    default:
        measuring->in_word = true;
        size->values += !was_in_word;
    }
    return end;
}

static bool is_within(const struct json_size *size, const struct json_size *limits)
{
    return size->depth <= limits->depth && size->values <= limits->values && size->members <= limits->members &&
           size->string <= limits->string;
}

bool json_measure(const char *text, size_t len, const struct json_size *limits, struct json_size *size)
{
    struct measuring measuring = {.size = size};

    *size = (struct json_size){0};
    for (size_t at = 0; at < len; at++) {
        at = take(&measuring, text, at, len);
        if (!is_within(size, limits))
            return false;
    }
    return true;
}
