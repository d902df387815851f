/* Runs `orgd schema diff` and `orgd schema parity`. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "commands/schema.h"
#include "commands/source.h"
#include "schema/dump.h"
#include "schema/parity.h"
#include "schema/report.h"

#define DUMP_MAX ((size_t)1 << 30)
#define IGNORE_MAX ((size_t)1 << 20)

const char schema_diff_details[] =
    "A and B are each a connection URI or the file of an earlier dump. One change is one line, followed by the number "
    "of differences that it causes. Exits with 1 when they differ.";
const char schema_parity_details[] =
    "Each is a connection URI or the file of an earlier dump. The first is a subset when each of its objects is in the "
    "second, equal, with nothing added to it; the physical order of columns does not count. Exits with 1 when it is not.";

const struct option_row schema_diff_command_options[] = {
    {.name = "json", .help = "Print JSON"},
    {.name = "html", .help = "Print a page that shows both sides next to each other"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "Write to a file, which appears only when it is complete"},
    {.name = "ignore",
     .repeated = true,
     .value = "KIND",
     .help = "Leave a kind of difference out, as it is printed: `column order`, `comment`, ..."},
    {.name = "ignore-file",
     .value = "FILE",
     .help =
         "Leave out differences listed in a file as lines `KIND | OBJECT | REASON`; * and ? in OBJECT match any text and any character"},
    {0},
};
const struct option_row schema_parity_command_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

/* ---- the two sides ---- */

static enum err read_live(void *arena, const struct config *config, const char *uri, struct buffer *text,
                          struct error *error)
{
    struct schema_dump_options what = {.full = true, .qualified = schema_report_qualified};
    struct source source;
    enum err err;

    TRY(source_open(arena, config, uri, "orgd schema diff", &source, error));
    err = schema_dump(source.db, &what, text, error);
    source_close(&source);
    return err;
}

/* Reads a dump file, or dumps a database in full. */
static enum err read_side(const struct config *config, const struct options *options, size_t side,
                          struct schema_document *document, struct error *error)
{
    void *arena = options->arena;
    const char *name = options->arguments[side];
    struct buffer text = buffer_make(arena, DUMP_MAX);
    struct error cause = {0};
    char *content = NULL;
    enum err err;

    if (strstr(name, "://"))
        err = read_live(arena, config, name, &text, &cause);
    else
        err = file_read(arena, AT_FDCWD, name, DUMP_MAX, &content, &cause);
    if (err == ERR_NOT_FOUND && strpbrk(name, "=@")) /* it may contain a password */
        return error_set(error, err,
                         "the %s of the two is neither a file nor a connection URI, which begins with postgresql://",
                         side == 0 ? "first" : "second");
    if (!err)
        err = schema_document_read(arena, content ? content : text.data, content ? strlen(content) : text.len, document,
                                   &cause);
    if (!err || strstr(name, "://"))
        return err ? error_set(error, err, "%.500s", cause.cause) : OK;
    return error_set(error, err == ERR_PARSE ? ERR_REFUSED : err, "%.200s: %.300s", name, cause.cause);
}

/* Whether the document has any section that only such dumps have. */
static bool has_more(const struct schema_document *document, enum schema_section_when when)
{
    for (int i = 0; i < SCHEMA_SECTION_COUNT; i++)
        if (schema_sections[i].when == when && document->has[i])
            return true;
    return false;
}

/* Reports the sections that only one of the two dumps has. */
static void report_skipped(const struct options *options, const struct schema_document *a,
                           const struct schema_document *b)
{
    bool full = has_more(a, SCHEMA_WITH_FULL) != has_more(b, SCHEMA_WITH_FULL);
    bool counts = has_more(a, SCHEMA_WITH_COUNTS) != has_more(b, SCHEMA_WITH_COUNTS);
    size_t shorter = has_more(a, SCHEMA_WITH_FULL) ? 1 : 0;

    if (full)
        (void)fprintf(
            stderr,
            "orgd: %s is a dump without --full, so only extensions, types, sequences, tables, constraints, indexes, "
            "triggers, views and versions were compared.\n",
            options->arguments[shorter]);
    if (counts)
        (void)fprintf(stderr, "orgd: only %s has row counts, which were not compared.\n",
                      options->arguments[has_more(a, SCHEMA_WITH_COUNTS) ? 0 : 1]);
}

static enum err compare(const struct config *config, const struct options *options, struct schema_document *a,
                        struct schema_document *b, struct schema_differences *found, struct error *error)
{
    TRY(read_side(config, options, 0, a, error));
    TRY(read_side(config, options, 1, b, error));
    TRY(schema_diff(options->arena, a, b, found, error));
    report_skipped(options, a, b);
    return OK;
}

/* ---- ignored differences ---- */

struct ignored {
    const char *kind, *object; /* `object` is a pattern */
    size_t line;               /* of the file; 0: of the command line */
    bool used;
};

struct ignoring {
    struct ignored *rows;
    size_t count;
};

static enum err add_ignored(void *arena, struct ignoring *ignoring, struct ignored row, struct error *error)
{
    ignoring->rows = talloc_realloc_size(arena, ignoring->rows, (ignoring->count + 1) * sizeof row);
    if (!ignoring->rows || !row.kind || !row.object)
        return error_set(error, ERR_MEMORY, "no memory");
    ignoring->rows[ignoring->count++] = row;
    return OK;
}

static bool is_kind(const char *kind)
{
    if (strcmp(kind, "column order") == 0)
        return true;
    for (int i = 0; i < SCHEMA_KIND_COUNT; i++)
        if (strcmp(schema_lines[i].kind, kind) == 0)
            return true;
    return false;
}

/* The separator after an object, whose quoted names may contain it; NULL without a separator. */
static char *after_quotes(char *object)
{
    bool quoted = false;

    for (char *at = object; *at; at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (!quoted && strncmp(at, " | ", 3) == 0)
            return at;
    }
    return quoted ? strstr(object, " | ") : NULL;
}

static enum err read_ignored_line(void *arena, char *line, size_t number, struct ignoring *ignoring,
                                  struct error *error)
{
    char *object = strstr(line, " | "), *reason = object ? after_quotes(object + 3) : NULL;
    struct ignored row = {.line = number};

    if (!*text_trim(arena, line) || line[0] == '#')
        return OK;
    if (!reason || !*text_trim(arena, reason + 3))
        return error_set(error, ERR_USAGE,
                         "ignore file, line %zu: expected `KIND | OBJECT | REASON`; every line needs a reason", number);
    *object = *reason = '\0';
    row.kind = text_trim(arena, line);
    row.object = text_trim(arena, object + 3);
    if (row.kind && !is_kind(row.kind))
        return error_set(error, ERR_USAGE, "ignore file, line %zu: unknown kind %.60s", number, row.kind);
    return add_ignored(arena, ignoring, row, error);
}

static enum err read_ignored(const struct options *options, struct ignoring *ignoring, struct error *error)
{
    const char *file = option_value(options, "ignore-file"), *kind;
    char *text = NULL, *line, *rest = NULL;
    enum err err = OK;

    for (size_t i = 0; !err && (kind = option_value_at(options, "ignore", i)); i++)
        err = is_kind(kind)
                  ? add_ignored(options->arena, ignoring, (struct ignored){.kind = kind, .object = "*"}, error)
                  : error_set(error, ERR_USAGE, "unknown kind of difference: %.60s", kind);
    if (err || !file)
        return err;
    err = file_read(options->arena, AT_FDCWD, file, IGNORE_MAX, &text, error);
    rest = text;
    for (size_t number = 1; !err && (line = strsep(&rest, "\n")); number++)
        err = read_ignored_line(options->arena, line, number, ignoring, error);
    return err;
}

static const char *next_character(const char *at)
{
    do
        at++;
    while (((unsigned char)*at & 0xc0) == 0x80);
    return at;
}

/* `*` matches any text, `?` any character; no other character is special. */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            from = text;
        } else if (*pattern == '?') {
            pattern++;
            text = next_character(text);
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = from = next_character(from);
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

static bool is_ignored(const struct ignoring *ignoring, const struct schema_difference *difference)
{
    bool ignored = false;

    for (size_t i = 0; i < ignoring->count; i++) {
        struct ignored *row = &ignoring->rows[i];

        if (strcmp(row->kind, schema_difference_kind(difference)) == 0 && matches(row->object, difference->object))
            ignored = row->used = true;
    }
    return ignored;
}

static void leave_out(const struct ignoring *ignoring, struct schema_differences *found)
{
    size_t kept = 0;

    for (size_t i = 0; i < found->count; i++)
        if (!is_ignored(ignoring, &found->items[i]))
            found->items[kept++] = found->items[i];
    found->count = kept;
    for (size_t i = 0; i < ignoring->count; i++)
        if (ignoring->rows[i].line > 0 && !ignoring->rows[i].used)
            (void)fprintf(stderr, "orgd: ignore file, line %zu: matched nothing\n", ignoring->rows[i].line);
}

/* ---- commands ---- */

int schema_diff_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, DUMP_MAX);
    const char *file = option_value(options, "output");
    struct ignoring ignoring = {0};
    struct schema_document a, b;
    struct schema_differences found;
    struct error error = {0};
    enum err err = OK;
    int status;

    if (option_given(options, "json") && option_given(options, "html"))
        err = error_set(&error, ERR_USAGE, "--json and --html exclude each other");
    if (!err)
        err = read_ignored(options, &ignoring, &error);
    if (!err)
        err = compare(config, options, &a, &b, &found, &error);
    if (err)
        return command_failed(&error);
    leave_out(&ignoring, &found);
    if (option_given(options, "json"))
        schema_report_json(&out, &a, &b, &found);
    else if (option_given(options, "html"))
        schema_report_html(&out, &a, &b, &found);
    else
        schema_report_text(&out, &found);
    if (file)
        err = file_write(options->arena, file, out.data, out.len, &error);
    if (err)
        return command_failed(&error);
    status = file ? STATUS_DONE : command_output(&out);
    return status == STATUS_DONE && found.count > 0 ? STATUS_NO : status;
}

int schema_parity_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, DUMP_MAX);
    struct schema_document subset, superset;
    struct schema_differences found;
    struct error error = {0};
    int status;

    if (compare(config, options, &subset, &superset, &found, &error))
        return command_failed(&error);
    if (option_given(options, "json"))
        schema_parity_json(&out, &subset, &superset, &found);
    else
        schema_parity_text(&out, &subset, &superset, &found);
    status = command_output(&out);
    return status == STATUS_DONE && !schema_parity_judge(&found).subset ? STATUS_NO : status;
}
