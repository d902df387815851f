/* Reads the text of a dump by cursor. */
#include "schema/document.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "schema/expression_normalize.h"

/* The reader. Lines end with a NUL; values are cut out in place once the whole line has matched. */
struct reading {
    void *arena;
    char *at;  /* of the next line */
    char *end; /* of the text, where a NUL stands */
    size_t line;
    bool cut;   /* the last line has no line end */
    bool ended; /* the end line of --full was read */
    struct schema_document *document;
    size_t room;
    struct error *error;
};

/* A value within a line. */
struct span {
    char *from, *to;
    bool quoted, escaped;
};

static enum err refuse(const struct reading *reading, const char *what)
{
    return error_set(reading->error, ERR_PARSE, "line %zu of the dump %s", reading->line, what);
}

/* The next line without its end; NULL after the last one. */
static char *next_line(struct reading *reading)
{
    char *line = reading->at, *end;

    if (line >= reading->end)
        return NULL;
    end = memchr(line, '\n', (size_t)(reading->end - line));
    reading->cut = !end;
    if (!end)
        end = reading->end;
    *end = '\0';
    reading->at = end + 1;
    reading->line++;
    return line;
}

/* ---- values ---- */

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == '-' || c > 0x7f;
}

/* The position after a quoted name; NULL when no quote closes it. */
static char *after_quotes(char *at)
{
    for (at++; *at; at++) {
        if (at[0] == '"' && at[1] == '"')
            at++;
        else if (*at == '"')
            return at + 1;
    }
    return NULL;
}

static char *read_name(char *at, struct span *span)
{
    *span = (struct span){.from = at};
    if (*at == '"') {
        char *end = after_quotes(at);

        *span = (struct span){.from = at + 1, .to = end ? end - 1 : at, .quoted = true};
        return end;
    }
    while (is_plain((unsigned char)*at))
        at++;
    span->to = at;
    return at > span->from ? at : NULL;
}

static char *read_list(char *at, struct span *span)
{
    struct span name;

    *span = (struct span){.from = at};
    if (*at++ != '(')
        return NULL;
    while (at && *at != ')') {
        if (at != span->from + 1) {
            if (strncmp(at, ", ", 2) != 0)
                return NULL;
            at += 2;
        }
        at = read_name(at, &name);
    }
    span->to = at ? at + 1 : span->from;
    return at ? at + 1 : NULL;
}

static bool begins_with(const char *at, const char *prefix)
{
    return strncmp(at, prefix, strlen(prefix)) == 0;
}

/* Whether a TEXT ends at `at`: the next delimiter begins there. */
static bool text_ends(const char *at, const struct schema_field *field)
{
    if (field->after)
        return begins_with(at, field->after);
    for (field++; field->name; field++) {
        if (begins_with(at, field->before))
            return true;
        if (!field->optional)
            return false;
    }
    return false;
}

/* Skips '...', "..." and nested parentheses; an unclosed one extends to the end of the line. */
static char *read_text(char *at, const struct schema_field *field, struct span *span)
{
    char quote = '\0';
    unsigned depth = 0;

    *span = (struct span){.from = at, .escaped = *at == '\\'};
    for (; *at; at++) {
        if (quote) {
            quote = *at == quote ? '\0' : quote;
            continue;
        }
        if (depth == 0 && text_ends(at, field))
            break;
        if (*at == '\'' || *at == '"')
            quote = *at;
        else if (*at == '(')
            depth++;
        else if (*at == ')' && depth > 0)
            depth--;
    }
    span->to = at;
    return at;
}

/* ---- escapes ---- */

static int hex4(const char *at)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        int digit = text_hex_digit(at[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The byte of the escape at the backslash `*at`, which moves to the last character of the escape; -1 for an invalid
 * one. */
static int unescape(char **at)
{
    static const char letters[] = "\\ntr", bytes[] = "\\\n\t\r";
    const char *letter = (*at)[1] ? strchr(letters, (*at)[1]) : NULL;
    int value;

    if (letter) {
        (*at)++;
        return bytes[letter - letters];
    }
    value = (*at)[1] == 'u' ? hex4(*at + 2) : -1;
    if (value <= 0 || (value >= 0x20 && value != 0x7f))
        return -1;
    *at += 5;
    return value;
}

/* Makes the span a string in place. NULL for an invalid escape. */
static char *cut_out(const struct span *span)
{
    char *from = span->from + span->escaped, *to = span->from, *start = span->from;

    *span->to = '\0';
    if (!span->quoted && !span->escaped)
        return start;
    for (; from < span->to; from++) {
        int byte = (unsigned char)*from;

        if (*from == '\\')
            byte = unescape(&from);
        else if (span->quoted && *from == '"')
            from++; /* the second one of a pair */
        if (byte == -1)
            return NULL;
        *to++ = (char)byte;
    }
    *to = '\0';
    return start;
}

/* ---- lines ---- */

/* The end of the value, or NULL. */
static char *read_value(char *at, const struct schema_field *field, struct span *span)
{
    char *end = at;

    switch (field->type) {
    case SCHEMA_NAME:
        end = read_name(at, span);
        break;
    case SCHEMA_LIST:
        end = read_list(at, span);
        break;
    case SCHEMA_TEXT:
        end = read_text(at, field, span);
        break;
    case SCHEMA_FLAG:
        *span = (struct span){.from = at, .to = at};
        break;
    }
    if (!end || !field->after)
        return end;
    return begins_with(end, field->after) ? end + strlen(field->after) : NULL;
}

/* Whether the whole line matches the kind. The line is changed only then. */
static bool fits(char *line, const struct schema_line *row, struct span *spans)
{
    char *at = line;
    size_t i = 0;

    for (const struct schema_field *field = row->fields; field->name && at; field++, i++) {
        spans[i] = (struct span){0};
        if (!begins_with(at, field->before)) {
            if (!field->optional)
                return false;
            continue;
        }
        at = read_value(at + strlen(field->before), field, &spans[i]);
    }
    return at && !*at;
}

/* Normalizes a definition, except the body of a function, which is stored as written. NULL without memory. */
static const char *settle(void *arena, enum schema_kind kind, const char *value)
{
    const char *body = kind == SCHEMA_FUNCTION ? strstr(value, "\nAS ") : NULL;
    const char *head, *settled;

    if (kind == SCHEMA_COMMENT || (!strstr(value, "ARRAY[") && !strstr(value, "((")))
        return value;
    if (!body)
        return expression_normalize(arena, value);
    head = talloc_strndup(arena, value, (size_t)(body - value));
    settled = head ? expression_normalize(arena, head) : NULL;
    return settled ? talloc_asprintf(arena, "%s%s", settled, body) : NULL;
}

static bool add_object(struct reading *reading, enum schema_kind kind, const struct span *spans, bool *good)
{
    struct schema_document *document = reading->document;
    struct schema_object *object;
    size_t i = 0;

    if (document->count == reading->room) {
        reading->room = reading->room ? 2 * reading->room : 256;
        document->objects =
            talloc_realloc_size(reading->arena, document->objects, reading->room * sizeof *document->objects);
        if (!document->objects)
            return false;
    }
    object = &document->objects[document->count++];
    *object = (struct schema_object){.kind = kind, .line = reading->line};
    for (const struct schema_field *field = schema_lines[kind].fields; field->name; field++, i++) {
        if (!spans[i].from)
            continue;
        object->values[i] = field->type == SCHEMA_FLAG ? "" : cut_out(&spans[i]);
        *good = *good && object->values[i];
        if (object->values[i] && field->type == SCHEMA_TEXT)
            object->values[i] = settle(reading->arena, kind, object->values[i]);
        if (*good && !object->values[i])
            return false;
    }
    return true;
}

static enum err read_object(struct reading *reading, enum schema_section section, char *line)
{
    struct span spans[SCHEMA_FIELDS_MAX];
    bool good = true;

    for (int kind = 0; kind < SCHEMA_KIND_COUNT; kind++) {
        if (schema_lines[kind].section != section || !fits(line, &schema_lines[kind], spans))
            continue;
        if (!add_object(reading, (enum schema_kind)kind, spans, &good))
            return error_set(reading->error, ERR_MEMORY, "no memory for the dump");
        return good ? OK : refuse(reading, "has a malformed escape");
    }
    return refuse(reading, "is not one that its section has");
}

/* ---- sections ---- */

static int section_of(const char *line)
{
    if (!begins_with(line, SCHEMA_FORMAT_HEADING))
        return -1;
    for (int i = 0; i < SCHEMA_SECTION_COUNT; i++)
        if (strcmp(line + strlen(SCHEMA_FORMAT_HEADING), schema_sections[i].title) == 0)
            return i;
    return -1;
}

static enum err read_sections(struct reading *reading)
{
    int section = -1;
    char *line;
    enum err err = OK;

    while (!err && (line = next_line(reading))) {
        int heading = section_of(line);

        if (reading->ended && *line) {
            err = refuse(reading, "is behind the end");
        } else if (strcmp(line, SCHEMA_FORMAT_END) == 0) {
            reading->ended = true;
        } else if (reading->cut) {
            err = refuse(reading, "is the last one, but breaks off: it is not complete");
        } else if (heading >= 0) {
            if (heading <= section || reading->document->has[heading])
                return refuse(reading, "begins a section out of its order");
            section = heading;
            reading->document->has[heading] = true;
        } else if (*line) {
            err = section < 0 ? refuse(reading, "is before the first section")
                              : read_object(reading, (enum schema_section)section, line);
        }
    }
    return err;
}

static enum err read_heading(struct reading *reading)
{
    struct schema_document *document = reading->document;
    const char *lines[4];

    for (size_t i = 0; i < 4; i++) {
        lines[i] = next_line(reading);
        if (!lines[i])
            return refuse(reading, "is the last one, before the heading is complete: this is not a schema dump");
    }
    if (strcmp(lines[0], SCHEMA_FORMAT_RULE) != 0 || !begins_with(lines[1], SCHEMA_FORMAT_DATABASE) ||
        strcmp(lines[2], SCHEMA_FORMAT_RULE) != 0 || !begins_with(lines[3], SCHEMA_FORMAT_SERVER))
        return refuse(reading, "or one before it is not the heading of a schema dump");
    document->name = lines[1] + strlen(SCHEMA_FORMAT_DATABASE);
    document->server = lines[3] + strlen(SCHEMA_FORMAT_SERVER);
    return OK;
}

/* ---- order ---- */

int schema_compare(const struct schema_object *a, const struct schema_object *b)
{
    size_t i = 0;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    for (const struct schema_field *field = schema_lines[a->kind].fields; field->name; field++, i++) {
        int order = field->key ? strcmp(a->values[i], b->values[i]) : 0;

        if (order != 0)
            return order;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    int order = schema_compare(a, b);
    size_t left = ((const struct schema_object *)a)->line, right = ((const struct schema_object *)b)->line;

    return order != 0 ? order : left < right ? -1 : left > right;
}

/* Joins the rows of a version table to one object; any other key must occur once. */
static enum err merge_rows(struct reading *reading)
{
    struct schema_document *document = reading->document;
    size_t kept = 0;

    for (size_t i = 0; i < document->count; i++) {
        struct schema_object *last = kept > 0 ? &document->objects[kept - 1] : NULL, *next = &document->objects[i];

        if (!last || schema_compare(last, next) != 0) {
            document->objects[kept++] = *next;
            continue;
        }
        if (next->kind != SCHEMA_VERSION)
            return error_set(reading->error, ERR_PARSE, "line %zu of the dump is about the same object as line %zu",
                             next->line, last->line);
        last->values[1] = talloc_asprintf(reading->arena, "%s, %s", last->values[1], next->values[1]);
        if (!last->values[1])
            return error_set(reading->error, ERR_MEMORY, "no memory for the dump");
    }
    document->count = kept;
    return OK;
}

/* ---- the document ---- */

static enum err lacks(const struct reading *reading, const char *what, const char *name)
{
    return error_set(reading->error, ERR_PARSE,
                     "line %zu of the dump is the last one, but %s %s is missing: it is not complete", reading->line,
                     what, name);
}

/* Refuses a truncated dump. */
static enum err check_complete(const struct reading *reading)
{
    const struct schema_document *document = reading->document;
    bool full = reading->ended;
    size_t versions = 0;

    for (int i = 0; i < SCHEMA_SECTION_COUNT; i++)
        full = full || (schema_sections[i].when == SCHEMA_WITH_FULL && document->has[i]);
    for (int i = 0; i < SCHEMA_SECTION_COUNT; i++)
        if (!document->has[i] &&
            (schema_sections[i].when == SCHEMA_ALWAYS || (schema_sections[i].when == SCHEMA_WITH_FULL && full)))
            return lacks(reading, "the section", schema_sections[i].title);
    if (full && !reading->ended)
        return lacks(reading, "the end,", SCHEMA_FORMAT_END);
    for (size_t i = 0; i < document->count; i++)
        versions += document->objects[i].kind == SCHEMA_VERSION;
    return versions < SCHEMA_VERSION_TABLES
               ? lacks(reading, "a line of the section", schema_sections[SCHEMA_SECTION_VERSIONS].title)
               : OK;
}

enum err schema_document_read(void *arena, const char *text, size_t len, struct schema_document *document,
                              struct error *error)
{
    struct reading reading = {.arena = arena, .document = document, .error = error};
    enum err err;

    *document = (struct schema_document){0};
    if (!text_valid(text, len))
        return error_set(error, ERR_PARSE, "the dump is not UTF-8");
    reading.at = talloc_strndup(arena, text, len);
    if (!reading.at)
        return error_set(error, ERR_MEMORY, "no memory for the dump");
    reading.end = reading.at + len;
    err = read_heading(&reading);
    if (!err)
        err = read_sections(&reading);
    if (err)
        return err;
    if (document->count > 0)
        qsort(document->objects, document->count, sizeof *document->objects, compare);
    TRY(merge_rows(&reading));
    return check_complete(&reading);
}

const char *schema_value(const struct schema_object *object, const char *name)
{
    size_t i = 0;

    for (const struct schema_field *field = schema_lines[object->kind].fields; field->name; field++, i++)
        if (strcmp(field->name, name) == 0)
            return object->values[i];
    return NULL;
}

static int compare_keys(const void *a, const void *b)
{
    return schema_compare(a, b);
}

const struct schema_object *schema_find(const struct schema_document *document, const struct schema_object *wanted)
{
    return document->count > 0
               ? bsearch(wanted, document->objects, document->count, sizeof *document->objects, compare_keys)
               : NULL;
}

bool schema_is_key(const struct schema_object *constraint)
{
    static const char *const words[] = {"PRIMARY KEY ", "UNIQUE ", "EXCLUDE "};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins_with(schema_value(constraint, "definition"), words[i]))
            return true;
    return false;
}
