/* Normalizes expressions to the form that PostgreSQL prints after dump and restore. */
#include "schema/expression_normalize.h"

#include <string.h>
#include <talloc.h>

#include "base/buffer.h"

#define TEXT_MAX ((size_t)64 << 20)

static const char opening[] = "ARRAY[", cast[] = "::";

/* A cast array, with or without parentheses around it. */
struct array {
    const char *from;
    const char *elements, *end; /* `end` is the bracket */
    const char *type;           /* of the elements */
    size_t type_len;            /* 0: not cast */
    bool enclosed;
};

/* The position after the quoted text at `at`; NULL when no quote closes it. */
static const char *after_quotes(const char *at)
{
    const char *end = strchr(at + 1, *at);

    return end ? end + 1 : NULL; /* a doubled quote counts as two quoted texts */
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

/* The length of a type name that is followed by `[]`, or 0. */
static size_t type_length(const char *at)
{
    static const char others[] = "_ .()\"";
    size_t len = 0;

    while ((at[len] >= 'a' && at[len] <= 'z') || (at[len] >= 'A' && at[len] <= 'Z') ||
           (at[len] >= '0' && at[len] <= '9') || (unsigned char)at[len] > 0x7f || (at[len] && strchr(others, at[len])))
        len++;
    return strncmp(at + len, "[]", 2) == 0 ? len : 0;
}

/* Finds the next array outside of quotes. False when there is none, or it is not closed. */
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

/* ---- AND and OR ---- */

enum connective { CONNECTIVE_NONE, CONNECTIVE_AND, CONNECTIVE_OR, CONNECTIVE_BOTH };

/* A parenthesized group; `close` is 0 until its end is found. */
struct group {
    size_t open, close;
    size_t outer; /* of the group around it */
    enum connective connective;
};

static enum connective connective_at(const char *at)
{
    return strncmp(at, " AND ", 5) == 0  ? CONNECTIVE_AND
           : strncmp(at, " OR ", 4) == 0 ? CONNECTIVE_OR
                                         : CONNECTIVE_NONE;
}

/* Finds the groups: at most one for each opening parenthesis, plus the whole text as the first. False when the
 * parentheses do not match. */
static bool find_groups(const char *text, struct group *groups, size_t *count)
{
    size_t current = 0;
    const char *at = text;

    *count = 1;
    groups[0] = (struct group){0};
    while (*at) {
        enum connective found = connective_at(at);
        struct group *group = &groups[current];

        if (*at == '\'' || *at == '"') {
            at = after_quotes(at);
            if (!at)
                return false;
            continue;
        }
        if (*at == '(') {
            groups[*count] = (struct group){.open = (size_t)(at - text), .outer = current};
            current = (*count)++;
        } else if (*at == ')') {
            if (current == 0)
                return false;
            group->close = (size_t)(at - text);
            current = group->outer;
        } else if (found != CONNECTIVE_NONE && group->connective != found) {
            group->connective = group->connective == CONNECTIVE_NONE ? found : CONNECTIVE_BOTH;
        }
        at++;
    }
    return current == 0;
}

/* Whether PostgreSQL would merge the group with the group around it. */
static bool is_superfluous(const char *text, const struct group *group)
{
    return (group->connective == CONNECTIVE_AND || group->connective == CONNECTIVE_OR) && group->open > 0 &&
           text[group->open - 1] == '(' && connective_at(text + group->close + 1) == group->connective;
}

/* Turns `((a OR b) OR c)` into `(a OR b OR c)`. Returns the text or a copy in `arena`; NULL without memory. */
static const char *flatten(void *arena, const char *text)
{
    struct buffer out = buffer_make(arena, TEXT_MAX);
    size_t count = 1, len = strlen(text);
    struct group *groups;
    bool *removed;

    if (!strstr(text, "(("))
        return text;
    for (const char *at = text; *at; at++)
        count += *at == '(';
    groups = talloc_array(arena, struct group, (unsigned)count);
    removed = talloc_zero_size(groups, len);
    if (!groups || !removed)
        return NULL;
    if (!find_groups(text, groups, &count))
        count = 0;
    for (size_t i = 1; i < count; i++)
        if (is_superfluous(text, &groups[i]))
            removed[groups[i].open] = removed[groups[i].close] = true;
    for (size_t i = 0; i < len; i++)
        if (!removed[i])
            buffer_char(&out, text[i]);
    talloc_free(groups);
    return buffer_string(&out);
}

/* ---- the whole expression ---- */

const char *expression_normalize(void *arena, const char *text)
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
    text = buffer_string(&out);
    return text ? flatten(arena, text) : NULL;
}

/* ---- casts ---- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '$' || (unsigned char)c > 0x7f;
}

/* The position after a type name, which may have several words but no length. */
static const char *after_type(const char *at)
{
    static const char *const others[] = {" varying", " precision", " without time zone", " with time zone"};

    while (is_word(*at) || *at == '"' || *at == '[' || *at == ']')
        at = *at == '"' && after_quotes(at) ? after_quotes(at) : at + 1;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(at, others[i], strlen(others[i])) == 0)
            return at + strlen(others[i]);
    return at;
}

/* Removes the parentheses around a single word or string at the end of the text: a cast needed them. */
static void unwrap(struct buffer *out)
{
    const char *open = out->len > 0 && out->data[out->len - 1] == ')' ? memrchr(out->data, '(', out->len) : NULL;
    size_t from = open ? (size_t)(open - out->data) : 0, to = out->len - 1;
    bool quoted =
        open && to > from + 1 && (open[1] == '\'' || open[1] == '"') && after_quotes(open + 1) == out->data + to;

    if (!open || (from > 0 && (is_word(open[-1]) || open[-1] == '"')))
        return;
    for (size_t i = from + 1; i < to && !quoted; i++)
        if (!is_word(out->data[i]))
            return;
    memmove(out->data + from, out->data + from + 1, to - from - 1);
    out->len -= 2;
    out->data[out->len] = '\0';
}

static const char *without_casts(void *arena, const char *text)
{
    struct buffer out = buffer_make(arena, TEXT_MAX);

    while (*text) {
        const char *end = *text == '\'' || *text == '"' ? after_quotes(text) : text + 1;

        if (strncmp(text, cast, strlen(cast)) == 0 && *after_type(text + strlen(cast)) != '(') {
            unwrap(&out);
            text = after_type(text + strlen(cast));
            continue;
        }
        if (!end)
            end = text + strlen(text);
        buffer_add(&out, text, (size_t)(end - text));
        text = end;
    }
    return buffer_string(&out);
}

bool expression_same_but_casts(void *arena, const char *a, const char *b)
{
    const char *left = without_casts(arena, a), *right = without_casts(arena, b);

    return left && right && strcmp(left, right) == 0;
}
