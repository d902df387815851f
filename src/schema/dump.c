/* Prints the catalog of a database as text or JSON. */
#include "schema/dump.h"

#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "db/array.h"
#include "schema/catalog.h"

struct dump {
    const struct schema_dump_options *options;
    struct buffer *out;
    struct buffer item; /* of an array */
    bool section_open;
};

static enum err room(const struct dump *dump)
{
    return dump->out->failed ? ERR_MEMORY : OK;
}

/* The present item of an array. A failure of its buffer fails the dump. */
static const char *item_text(struct dump *dump)
{
    dump->out->failed = dump->out->failed || dump->item.failed;
    return dump->item.failed ? "" : buffer_string(&dump->item);
}

static void dump_counted(void *context, size_t done, size_t total)
{
    const struct dump *dump = context;

    dump->options->counted(dump->options->context, done, total);
}

static void dump_qualified(void *context, const char *database)
{
    const struct dump *dump = context;

    dump->options->qualified(dump->options->context, database);
}

/* ---- text ---- */

static enum err text_header(void *context, const char *database, const char *server)
{
    struct dump *dump = context;

    buffer_text(dump->out, SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_DATABASE);
    schema_format_text(dump->out, database, strlen(database));
    buffer_text(dump->out, "\n" SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_SERVER);
    buffer_text(dump->out, server);
    buffer_text(dump->out, "\n\n");
    return room(dump);
}

static enum err text_section(void *context, enum schema_section section)
{
    struct dump *dump = context;

    if (dump->section_open)
        buffer_char(dump->out, '\n');
    buffer_text(dump->out, SCHEMA_FORMAT_HEADING);
    buffer_text(dump->out, schema_sections[section].title);
    buffer_char(dump->out, '\n');
    dump->section_open = true;
    return room(dump);
}

static void text_list(struct dump *dump, const char *array)
{
    struct array_cursor cursor = array_begin(array);
    const char *separator = "";

    buffer_char(dump->out, '(');
    while (array_next(&cursor, &dump->item)) {
        buffer_text(dump->out, separator);
        schema_format_name(dump->out, item_text(dump), dump->item.len);
        separator = ", ";
    }
    buffer_char(dump->out, ')');
}

static enum err text_line(void *context, enum schema_kind kind, const struct catalog_value *values)
{
    struct dump *dump = context;

    for (const struct schema_field *field = schema_lines[kind].fields; field->name; field++, values++) {
        if (!values->text || (field->type == SCHEMA_FLAG && values->text[0] != 't'))
            continue;
        buffer_text(dump->out, field->before);
        if (field->type == SCHEMA_NAME)
            schema_format_name(dump->out, values->text, values->len);
        else if (field->type == SCHEMA_TEXT)
            schema_format_text(dump->out, values->text, values->len);
        else if (field->type == SCHEMA_LIST)
            text_list(dump, values->text);
        if (field->after)
            buffer_text(dump->out, field->after);
    }
    buffer_char(dump->out, '\n');
    return room(dump);
}

/* ---- JSON ---- */

static enum err json_header(void *context, const char *database, const char *server)
{
    struct dump *dump = context;

    json_open(dump->out, '{');
    JSON_MEMBERS(dump->out, member_text("database", database), member_text("server", server));
    json_key(dump->out, "sections");
    json_open(dump->out, '[');
    return room(dump);
}

static void json_end_section(struct dump *dump)
{
    json_close(dump->out, ']');
    json_close(dump->out, '}');
}

static enum err json_section(void *context, enum schema_section section)
{
    struct dump *dump = context;

    if (dump->section_open)
        json_end_section(dump);
    json_open(dump->out, '{');
    json_key(dump->out, "section");
    json_text(dump->out, schema_sections[section].title);
    json_key(dump->out, "objects");
    json_open(dump->out, '[');
    dump->section_open = true;
    return room(dump);
}

static void json_list(struct dump *dump, const char *array)
{
    struct array_cursor cursor = array_begin(array);

    json_open(dump->out, '[');
    while (array_next(&cursor, &dump->item))
        json_text_n(dump->out, item_text(dump), dump->item.len);
    json_close(dump->out, ']');
}

static enum err json_line(void *context, enum schema_kind kind, const struct catalog_value *values)
{
    struct dump *dump = context;

    json_open(dump->out, '{');
    json_key(dump->out, "kind");
    json_text(dump->out, schema_lines[kind].kind);
    for (const struct schema_field *field = schema_lines[kind].fields; field->name; field++, values++) {
        json_key(dump->out, field->name);
        if (field->type == SCHEMA_FLAG)
            json_bool(dump->out, values->text && values->text[0] == 't');
        else if (!values->text)
            json_nil(dump->out);
        else if (field->type == SCHEMA_LIST)
            json_list(dump, values->text);
        else
            json_text_n(dump->out, values->text, values->len);
    }
    json_close(dump->out, '}');
    return room(dump);
}

static void json_end(struct dump *dump)
{
    json_end_section(dump);
    json_close(dump->out, ']');
    json_close(dump->out, '}');
    buffer_char(dump->out, '\n');
}

enum err schema_dump(struct db *db, const struct schema_dump_options *options, struct buffer *out, struct error *error)
{
    struct dump dump = {.options = options, .out = out, .item = buffer_make(out->arena, out->max)};
    struct catalog_options what = {.counts = options->counts, .full = options->full};
    struct catalog_receiver receiver = {.context = &dump,
                                        .header = options->json ? json_header : text_header,
                                        .section = options->json ? json_section : text_section,
                                        .line = options->json ? json_line : text_line,
                                        .counted = options->counted ? dump_counted : NULL,
                                        .qualified = options->qualified ? dump_qualified : NULL};
    enum err err = catalog_read(db, &what, &receiver, error);

    if (!err && options->json)
        json_end(&dump);
    else if (!err)
        buffer_text(out, options->full ? "\n" SCHEMA_FORMAT_END "\n" : "\n");
    if (out->failed)
        err = error_set(error, ERR_MEMORY, "the dump is larger than %zu MiB, or there is no memory for it",
                        out->max >> 20);
    return err;
}
