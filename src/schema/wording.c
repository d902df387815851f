/* Words what PostgreSQL words in two ways as it does after a dump was loaded. */
#include "schema/wording.h"

#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"

#define TEXT_MAX ((size_t)64 << 20)

static const char opening[] = "ARRAY[", cast[] = "::";

/* An array that is cast, with parentheses around it or, where PostgreSQL saves them, without. */
struct array {
    const char *from;
    const char *elements, *end; /* `end` is the bracket */
    const char *type;           /* of the elements */
    size_t type_len;            /* 0: it is not cast */
    bool enclosed;
};

/* Behind what is quoted from `at` on; NULL when it has no end. */
static const char *after_quotes(const char *at)
{
    const char *end = strchr(at + 1, *at);

    return end ? end + 1 : NULL; /* a doubled quote is the end of one and the beginning of another */
}

/* The comma or bracket that ends the element of an array at `at`, or NULL. */
static const char *element_end(const char *at)
{
    unsigned depth = 0;

    while (at && *at) {
        if (depth == 0 && (*at == ',' || *at == ']'))
            return at;
        if (*at == '\'' || *at == '"') {
            at = after_quotes(at);
            continue;
        }
        if (*at == '(' || *at == '[')
            depth++;
        else if (*at == ')' || *at == ']')
            depth = depth > 0 ? depth - 1 : 0;
        at++;
    }
    return NULL;
}

/* How long the name of a type is that `[]` follows; 0: it is none. */
static size_t type_length(const char *at)
{
    static const char others[] = "_ .()\"";
    size_t len = 0;

    while ((at[len] >= 'a' && at[len] <= 'z') || (at[len] >= 'A' && at[len] <= 'Z') ||
           (at[len] >= '0' && at[len] <= '9') || (unsigned char)at[len] > 0x7f || (at[len] && strchr(others, at[len])))
        len++;
    return strncmp(at + len, "[]", 2) == 0 ? len : 0;
}

/* The next array that stands outside of quotes; false: there is none, or it has no end. */
static bool find_array(const char *text, struct array *array)
{
    const char *at = text;

    *array = (struct array){0};
    while (at && *at && strncmp(at, opening, strlen(opening)) != 0)
        at = *at == '\'' || *at == '"' ? after_quotes(at) : at + 1;
    if (!at || !*at)
        return false;
    array->enclosed = at > text && at[-1] == '(';
    array->from = at - array->enclosed;
    array->elements = at + strlen(opening);
    array->end = element_end(array->elements);
    while (array->end && *array->end == ',')
        array->end = element_end(array->end + 1);
    if (!array->end)
        return false;
    at = array->end + 1;
    if (array->enclosed && *at == ')')
        at++;
    else if (array->enclosed)
        array->enclosed = false, array->from = array->elements - strlen(opening);
    if (strncmp(at, cast, strlen(cast)) == 0 && array->end > array->elements) {
        array->type = at + strlen(cast);
        array->type_len = type_length(array->type);
    }
    return true;
}

/* Writes the array with each element cast. */
static void add_array(struct buffer *out, const struct array *array)
{
    const char *at = array->elements;

    buffer_text(out, opening);
    while (at < array->end) {
        const char *end = element_end(at);

        buffer_text(out, array->enclosed ? "(" : "");
        buffer_add(out, at, (size_t)(end - at));
        buffer_text(out, array->enclosed ? ")" : "");
        buffer_text(out, cast);
        buffer_add(out, array->type, array->type_len);
        at = end;
        if (at < array->end) {
            buffer_text(out, ", ");
            at += at[1] == ' ' ? 2 : 1;
        }
    }
    buffer_char(out, ']');
}

const char *wording_settle(void *arena, const char *text)
{
    struct buffer out = buffer_make(arena, TEXT_MAX);
    struct array array;

    while (find_array(text, &array)) {
        buffer_add(&out, text, (size_t)(array.from - text));
        if (array.type_len > 0)
            add_array(&out, &array);
        else
            buffer_add(&out, array.from, (size_t)(array.elements - array.from));
        text = array.type_len > 0 ? array.type + array.type_len + 2 : array.elements;
    }
    buffer_text(&out, text);
    return buffer_string(&out);
}
