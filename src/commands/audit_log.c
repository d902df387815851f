/* Runs `orgd audit`. */
#include "commands/audit_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "admin/timestamps.h"
#include "audit/audit.h"
#include "audit/seals.h"
#include "audit/statements.h"
#include "base/json.h"
#include "commands/current.h"

enum { OUTPUT_MAX = 64 << 10, PAGE = 1000, PRUNE_BATCH = 50000, DAYS_MAX = 36500 };
#define PAGE_MAX ((size_t)1 << 30)

const struct option_row audit_verify_options[] = {
    {.name = "expect", .value = "HASH", .help = "An earlier head, which must still be in the chain"},
    {.name = "json", .help = "Print JSON"},
    {0},
};
const struct option_row audit_export_options[] = {
    {.name = "format", .value = "json|csv", .help = "Lines of JSON, or comma-separated values; default: json"},
    {.name = "from", .value = "TIMESTAMP", .help = "Rows from this time on, like 2027-01-31T12:00:00Z"},
    {.name = "to", .value = "TIMESTAMP", .help = "Rows before this time"},
    {.name = "after", .value = "NUMBER", .help = "Rows after this `seal_no`"},
    {0},
};
const struct option_row audit_prune_options[] = {
    {.name = "older-than", .value = "DAYS", .help = "Rows that are at least so many days old"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

static bool read_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *number >= least && *number <= most;
}

/* ---- verify ---- */

static const struct {
    const char *name, *text; /* the text applies to a row or seal with its number, or stands alone */
} breaks[] = {
    [SEAL_WHOLE] = {NULL, "The chain is whole."},
    [SEAL_ALTERED] = {"altered", "was altered"},
    [SEAL_ROW_MISSING] = {"removed", "was removed"},
    [SEAL_INSERTED] = {"inserted", "was inserted later than its number says"},
    [SEAL_MISSING] = {"seal_removed", "was removed"},
    [SEAL_NOT_EXPECTED] = {"not_expected",
                           "The expected hash is not in the chain: its end was removed, or the retention "
                           "removed it."},
};

static void write_end(struct buffer *out, const char *name, int64_t number, const char *hash)
{
    json_key(out, name);
    if (number == 0) {
        json_nil(out);
        return;
    }
    JSON_OBJECT(out, member_int("seal_no", number), member_text("hash", hash));
}

static void write_number(struct buffer *out, const char *name, int64_t number)
{
    json_key(out, name);
    json_int(out, number);
}

static void write_report_json(struct buffer *out, const struct seal_report *report)
{
    json_open(out, '{');
    json_key(out, "whole");
    json_bool(out, report->broken == SEAL_WHOLE);
    write_number(out, "rows", report->rows);
    write_number(out, "unsealed", report->waiting);
    write_number(out, "removed", report->removed);
    write_end(out, "anchor", report->anchor, report->anchor_hash);
    write_end(out, "head", report->head, report->head_hash);
    json_key(out, "break");
    if (report->broken == SEAL_WHOLE) {
        json_nil(out);
    } else {
        json_open(out, '{');
        json_key(out, "kind");
        json_text(out, breaks[report->broken].name);
        write_number(out, "row", report->broken_row);
        write_number(out, "seal_no", report->broken_seal);
        json_close(out, '}');
    }
    json_close(out, '}');
    buffer_char(out, '\n');
}

static void write_report_text(struct buffer *out, const struct seal_report *report)
{
    const char *text = breaks[report->broken].text;

    if (report->broken_row > 0 && report->broken != SEAL_MISSING)
        buffer_format(out, "Row %lld %s.\n", (long long)report->broken_row, text);
    else if (report->broken == SEAL_MISSING)
        buffer_format(out, "Seal %lld %s.\n", (long long)report->broken_seal, text);
    else
        buffer_format(out, "%s\n", text);
    buffer_format(out, "Rows checked: %lld. Without a seal yet: %lld. Removed by the retention: %lld.\n",
                  (long long)report->rows, (long long)report->waiting, (long long)report->removed);
    if (report->broken == SEAL_WHOLE && report->head > 0)
        buffer_format(out, "Head: seal %lld, hash %s\n", (long long)report->head, report->head_hash);
}

int audit_verify_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct seal_report report;
    struct error error = {0};
    struct current current;
    int status;
    enum err err = current_open(options->arena, config, "orgd audit", &current, &error);

    if (err)
        return command_failed(&error);
    err = seals_verify(current.core, option_value(options, "expect"), &report);
    if (err)
        error = *db_error(current.core);
    current_close(&current);
    if (err)
        return command_failed(&error);
    (option_given(options, "json") ? write_report_json : write_report_text)(&out, &report);
    status = command_output(&out);
    return status == STATUS_DONE && report.broken != SEAL_WHOLE ? STATUS_NO : status;
}

/* ---- export ---- */

static const char *const columns[] = {"seal_no", "id",         "at",      "actor",  "actor_id", "operation",
                                      "reason",  "request_id", "address", "action", "object",   "object_id",
                                      "times",   "before",     "after",   "hash"};
enum { COLUMNS = sizeof columns / sizeof *columns, BEFORE = 13, AFTER = 14 };

static void write_json_row(struct buffer *out, const struct result *rows, int row)
{
    struct buffer line = buffer_make(out->arena, PAGE_MAX);

    json_open(&line, '{');
    for (int i = 0; i < COLUMNS; i++) {
        const char *text = result_text(rows, row, i);

        if (!text)
            continue;
        json_key(&line, columns[i]);
        if (i == BEFORE || i == AFTER)
            json_raw(&line, text);
        else
            json_text(&line, text);
    }
    json_close(&line, '}');
    if (line.failed)
        out->failed = true;
    else
        buffer_add(out, line.data, line.len);
    talloc_free(line.data);
    buffer_char(out, '\n');
}

/* RFC 4180: every field in quotation marks, quotation marks within it doubled. */
static void write_csv_field(struct buffer *out, const char *text)
{
    buffer_char(out, '"');
    for (; text && *text; text++) {
        if (*text == '"')
            buffer_char(out, '"');
        buffer_char(out, *text);
    }
    buffer_char(out, '"');
}

static void write_csv_row(struct buffer *out, const struct result *rows, int row)
{
    for (int i = 0; i < COLUMNS; i++) {
        if (i > 0)
            buffer_char(out, ',');
        write_csv_field(out, rows ? result_text(rows, row, i) : columns[i]);
    }
    buffer_text(out, "\r\n");
}

static enum err print(const struct buffer *out, struct error *error)
{
    if (out->failed)
        return error_set(error, ERR_MEMORY, "no memory");
    if (out->len > 0 && fwrite(out->data, 1, out->len, stdout) != out->len)
        return error_set(error, ERR_SYSTEM, "the output cannot be written: %s", strerrordesc_np(errno));
    return OK;
}

static enum err export_rows(void *arena, struct db *db, const struct param bounds[3], bool csv, struct error *error)
{
    int64_t after = bounds[0].number;
    int count = PAGE;
    struct buffer head = buffer_make(arena, OUTPUT_MAX);
    enum err err = OK;

    if (csv)
        write_csv_row(&head, NULL, 0);
    err = print(&head, error);
    while (!err && count == PAGE) {
        void *page = talloc_new(arena);
        struct buffer out = buffer_make(page, PAGE_MAX);
        struct result rows;

        err = DB_RUN(db, audit_export, &rows, param_int(after), bounds[1], bounds[2], param_int(PAGE));
        if (err)
            return error_set(error, err, "%.500s", db_error(db)->cause);
        if (!result_keep(&rows, page))
            return error_set(error, ERR_MEMORY, "no memory");
        count = result_rows(&rows);
        for (int i = 0; i < count; i++)
            (csv ? write_csv_row : write_json_row)(&out, &rows, i);
        if (count > 0)
            after = result_int(&rows, count - 1, AUDIT_EXPORT_SEAL_NO);
        err = print(&out, error);
        talloc_free(page);
    }
    return err;
}

static enum err read_bounds(const struct options *options, struct param bounds[3], struct error *error)
{
    const char *const names[] = {"from", "to"};
    const char *after = option_value(options, "after");
    int64_t number = 0;

    if (after && !read_number(after, 0, INT64_MAX, &number))
        return error_set(error, ERR_USAGE, "--after takes the number of a seal");
    bounds[0] = param_int(number);
    for (int i = 0; i < 2; i++) {
        const char *given = option_value(options, names[i]);

        if (given && !timestamp_valid(given))
            return error_set(error, ERR_USAGE, "--%s takes a timestamp like 2027-01-31T12:00:00Z", names[i]);
        bounds[i + 1] = param_text(given);
    }
    return OK;
}

int audit_export_run(const struct config *config, const struct options *options)
{
    const char *format = option_value(options, "format");
    struct param bounds[3] = {{0}};
    struct error error = {0};
    struct current current;
    enum err err = read_bounds(options, bounds, &error);

    if (!err)
        err = current_open(options->arena, config, "orgd audit", &current, &error);
    if (err)
        return command_failed(&error);
    err = export_rows(options->arena, current.core, bounds, format && strcmp(format, "csv") == 0, &error);
    current_close(&current);
    if (!err && fflush(stdout) != 0)
        err = error_set(&error, ERR_SYSTEM, "the output cannot be written: %s", strerrordesc_np(errno));
    return err ? command_failed(&error) : STATUS_DONE;
}

/* ---- prune ---- */

static enum err prune(struct db *db, int64_t days, int64_t *removed)
{
    int64_t some = 1;
    enum err err = audit_announce_command(db, "audit prune");

    for (*removed = 0; !err && some > 0; *removed += some) {
        struct result row;

        err = DB_RUN(db, audit_prune, &row, param_int(days), param_int(PRUNE_BATCH));
        some = !err ? result_int(&row, 0, AUDIT_PRUNE_REMOVED) : 0;
        if (!err)
            result_clear(&row);
    }
    return err;
}

/* The configuration for connecting as the owner of the tables, when the server's role is another one. */
static struct config as_owner(const struct config *config)
{
    struct config owner = *config;

    if (config->migration_uri_core && (config->uri_core || config->db_prefix))
        owner.uri_core = config->migration_uri_core;
    return owner;
}

int audit_prune_run(const struct config *config, const struct options *options)
{
    struct config owner = as_owner(config);
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    const char *given = option_value(options, "older-than");
    struct error error = {0};
    struct current current;
    int64_t days = 0, removed = 0;
    enum err err = OK;

    if (!given || !read_number(given, 1, DAYS_MAX, &days))
        err = error_set(&error, ERR_USAGE, "set the days to keep with --older-than, from 1 to %d", DAYS_MAX);
    if (!err)
        err = current_open(options->arena, &owner, "orgd audit", &current, &error);
    if (err)
        return command_failed(&error);
    err = prune(current.core, days, &removed);
    if (err)
        error = *db_error(current.core);
    current_close(&current);
    if (err)
        return command_failed(&error);
    if (option_given(options, "json"))
        buffer_format(&out, "{\"removed\":%lld}\n", (long long)removed);
    else
        buffer_format(&out, "Removed %lld rows.\n", (long long)removed);
    return command_output(&out);
}
