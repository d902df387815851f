/* Prints the configuration as a table, JSON or Markdown, or a single value. */
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "config/config_table.h"

#define NAME_WIDTH 40
#define VALUE_WIDTH 36
#define LINE_WIDTH 100
#define MASK "***"

static const char *const type_names[] = {"text", "secret", "flag", "number", "list"};

static const void *member_of(const struct config *config, const struct config_row *row)
{
    return (const char *)config + row->offset;
}

static int help_len(const struct config_row *row)
{
    return (int)strcspn(row->help, "|");
}

static const char *text_of(const struct config *config, const struct config_row *row)
{
    return *(const char *const *)member_of(config, row);
}

/* Writes the value in the form of an environment variable. */
static void add_value(const struct config *config, const struct config_row *row, bool reveal, struct buffer *out)
{
    const struct config_list *list = member_of(config, row);

    switch (row->type) {
    case CONFIG_SECRET:
    case CONFIG_TEXT:
        if (text_of(config, row))
            buffer_text(out, row->type == CONFIG_SECRET && !reveal ? MASK : text_of(config, row));
        break;
    case CONFIG_FLAG:
        buffer_text(out, *(const bool *)member_of(config, row) ? "true" : "false");
        break;
    case CONFIG_NUMBER:
        buffer_format(out, "%" PRId64, *(const int64_t *)member_of(config, row));
        break;
    case CONFIG_LIST:
        for (size_t i = 0; i < list->count; i++) {
            buffer_text(out, i > 0 ? "," : "");
            buffer_text(out, list->items[i]);
        }
        break;
    }
}

/* Writes the value as JSON; null when unset. */
static void add_json_value(const struct config *config, const struct config_row *row, struct buffer *out)
{
    const struct config_list *list = member_of(config, row);

    switch (row->type) {
    case CONFIG_SECRET:
        json_text(out, text_of(config, row) ? MASK : NULL);
        break;
    case CONFIG_TEXT:
        json_text(out, text_of(config, row));
        break;
    case CONFIG_FLAG:
        json_bool(out, *(const bool *)member_of(config, row));
        break;
    case CONFIG_NUMBER:
        json_int(out, *(const int64_t *)member_of(config, row));
        break;
    case CONFIG_LIST:
        json_open(out, '[');
        for (size_t i = 0; i < list->count; i++)
            json_text(out, list->items[i]);
        json_close(out, ']');
        break;
    }
}

/* Adds spaces until the line that began at `from` is `width` bytes long, two at least. */
static void pad(struct buffer *out, size_t from, size_t width)
{
    do
        buffer_char(out, ' ');
    while (!out->failed && (out->len - from < width || out->data[out->len - 2] != ' '));
}

static void add_wrapped(struct buffer *out, const char *text, size_t len)
{
    size_t column = LINE_WIDTH;

    while (len > 0) {
        size_t space = strcspn(text, " ");
        size_t word = space < len ? space : len;

        if (column + 1 + word > LINE_WIDTH) {
            buffer_text(out, "\n    ");
            column = 4;
        } else {
            buffer_char(out, ' ');
            column++;
        }
        buffer_add(out, text, word);
        column += word;
        text += word;
        len -= word;
        if (len > 0) {
            text++;
            len--;
        }
    }
    buffer_char(out, '\n');
}

static void print_row(const struct config *config, const struct config_row *row, struct buffer *out)
{
    const struct config_origin *origin = &config->origins[row - config_rows];
    size_t from = out->len;
    size_t before;

    buffer_text(out, row->name);
    pad(out, from, NAME_WIDTH);
    before = out->len;
    add_value(config, row, false, out);
    if (out->len == before)
        buffer_text(out, "(none)");
    pad(out, from, NAME_WIDTH + VALUE_WIDTH);
    utf8_show(out, origin->where, 400);
    if (origin->name && strcmp(origin->name, row->name) != 0)
        buffer_format(out, " (%s)", origin->name);
    add_wrapped(out, row->help, (size_t)help_len(row));
}

static void print_strays(const struct config *config, struct buffer *out)
{
    if (config->stray_count > 0)
        buffer_text(out, "\nSet, and without effect\n\n");
    for (size_t i = 0; i < config->stray_count; i++) {
        const struct config_stray *stray = &config->strays[i];
        size_t from = out->len;

        utf8_show(out, stray->name, CONFIG_NAME_MAX);
        pad(out, from, NAME_WIDTH);
        utf8_show(out, stray->where, 400);
        buffer_text(out, ": ");
        buffer_text(out, stray->reason ? stray->reason : "orgd knows no variable of this name");
        if (stray->nearest)
            buffer_format(out, "; did you mean %s?", stray->nearest);
        buffer_char(out, '\n');
    }
}

static void print_text(const struct config *config, struct buffer *out)
{
    for (size_t i = 0; i < config_row_count; i++) {
        if (config_rows[i].name)
            print_row(config, &config_rows[i], out);
        else
            buffer_format(out, "%s%s\n\n", i > 0 ? "\n" : "", config_rows[i].section);
    }
    print_strays(config, out);
}

/* Writes a name or path, which may not be UTF-8. */
static void json_shown(struct buffer *out, const char *text)
{
    struct buffer shown = buffer_make(out->arena, 4096);

    utf8_show(&shown, text, 1024);
    json_text(out, buffer_string(&shown));
    (void)talloc_free(shown.data);
}

static void print_json_row(const struct config *config, const struct config_row *row, struct buffer *out)
{
    const struct config_origin *origin = &config->origins[row - config_rows];
    char name[CONFIG_NAME_MAX];

    json_open(out, '{');
    JSON_MEMBERS(out, member_text("name", row->name), member_text("type", type_names[row->type]));
    json_key(out, "value");
    add_json_value(config, row, out);
    json_key(out, "where");
    json_shown(out, origin->where);
    json_key(out, "set_as");
    json_text(out, origin->name);
    json_key(out, "aliases");
    json_open(out, '[');
    for (size_t i = 1; config_row_name(row, i, name); i++)
        json_text(out, name);
    json_close(out, ']');
    json_key(out, "help");
    json_text_n(out, row->help, (size_t)help_len(row));
    json_close(out, '}');
}

static void print_json(const struct config *config, struct buffer *out)
{
    json_open(out, '{');
    json_key(out, "variables");
    json_open(out, '[');
    for (size_t i = 0; i < config_row_count; i++) {
        if (config_rows[i].name)
            print_json_row(config, &config_rows[i], out);
    }
    json_close(out, ']');
    json_key(out, "without_effect");
    json_open(out, '[');
    for (size_t i = 0; i < config->stray_count; i++) {
        const struct config_stray *stray = &config->strays[i];

        json_open(out, '{');
        json_key(out, "name");
        json_shown(out, stray->name);
        json_key(out, "where");
        json_shown(out, stray->where);
        JSON_MEMBERS(out, member_text("reason", stray->reason), member_text("nearest", stray->nearest));
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
    buffer_char(out, '\n');
}

enum err config_print(const struct config *config, bool json, struct buffer *out)
{
    if (json)
        print_json(config, out);
    else
        print_text(config, out);
    return out->failed ? ERR_MEMORY : OK;
}

enum err config_reveal(const struct config *config, const char *name, struct buffer *out, struct error *error)
{
    const struct config_row *row = config_row_find(name);
    struct nearest nearest = nearest_to(name);

    if (row) {
        add_value(config, row, true, out);
        return out->failed ? error_set(error, ERR_MEMORY, "There is no memory for the value.") : OK;
    }
    for (size_t i = 0; i < config_row_count; i++) {
        if (config_rows[i].name)
            nearest_offer(&nearest, config_rows[i].name);
    }
    return error_set(error, ERR_USAGE, "There is no variable %.64s%s%s%s", name, nearest.best ? "; did you mean " : "",
                     nearest.best ? nearest.best : "", nearest.best ? "?" : ".");
}

static void document_row(const struct config_row *row, struct buffer *out)
{
    char name[CONFIG_NAME_MAX];
    const char *rule = row->help + help_len(row);

    buffer_format(out, "| `%s`", row->name);
    for (size_t i = 1; config_row_name(row, i, name); i++)
        buffer_format(out, "<br>or `%s`", name);
    buffer_format(out, " | %s", type_names[row->type]);
    if (row->type == CONFIG_NUMBER && *rule)
        buffer_format(out, " %s", rule + 1);
    if (row->initial[0])
        buffer_format(out, " | `%s`", row->initial);
    else
        buffer_text(out, " |");
    buffer_format(out, " | %.*s |\n", help_len(row), row->help);
}

void config_document(struct buffer *out)
{
    for (size_t i = 0; i < config_row_count; i++) {
        if (config_rows[i].name)
            document_row(&config_rows[i], out);
        else
            buffer_format(out, "%s### %s\n\n| Variable | Type | Default | Meaning |\n| --- | --- | --- | --- |\n",
                          i > 0 ? "\n" : "", config_rows[i].section);
    }
    buffer_text(out, "\n### Known, and without effect\n\n| Variable | Why |\n| --- | --- |\n");
    for (size_t i = 0; i < config_unused_count; i++)
        buffer_format(out, "| `%s` | %s |\n", config_unused[i].name, config_unused[i].reason);
}
