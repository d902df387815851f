/* Runs `orgd import logins`. */
#include "commands/import.h"

#include <string.h>
#include <talloc.h>

#include "audit/audit.h"
#include "base/json.h"
#include "base/utf8.h"
#include "commands/current.h"
#include "signin/login_import.h"

#define OUTPUT_MAX ((size_t)16 << 20)
#define ADDRESS_SHOWN 320
enum { CONNECT_MS = 10000, STATEMENT_MS = 600000 };

const struct option_row import_logins_options[] = {
    {.name = "from", .value = "URI", .variable = "POSTGRES_URI_SUPERTOKENS", .help = "Agenta's login database"},
    {.name = "dry-run", .help = "Report what would happen, and change nothing"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

static enum err open_source(void *arena, const char *uri, struct db **db, struct error *error)
{
    struct db_options options = {
        .uri = uri, .name = "orgd import", .connect_ms = CONNECT_MS, .statement_ms = STATEMENT_MS};
    struct error cause = {0};

    *db = db_create(arena, &options);
    if (!*db)
        return error_set(error, ERR_MEMORY, "no memory");
    if (db_connect(*db, &cause))
        return error_set(error, cause.code, "the login database: %.450s", cause.cause);
    return OK;
}

static enum err import(void *arena, const struct config *config, bool dry_run, struct import_report *report,
                       struct error *error)
{
    struct current current;
    struct db *source;
    enum err err = open_source(arena, config->uri_logins, &source, error);

    if (!err)
        err = current_open(arena, config, "orgd import", &current, error);
    if (err)
        return err;
    err = audit_announce_command(current.core, "import logins");
    if (err)
        *error = *db_error(current.core);
    else
        err = import_logins(arena, source, current.core, dry_run, report, error);
    current_close(&current);
    return err;
}

static void write_json(const struct import_report *report, bool dry_run, struct buffer *out)
{
    json_open(out, '{');
    json_key(out, "dry_run");
    json_bool(out, dry_run);
    for (int i = 0; i < IMPORT_OUTCOMES; i++) {
        json_key(out, import_outcome_name((enum import_outcome)i));
        json_int(out, (int64_t)report->counts[i]);
    }
    json_key(out, "notes");
    json_open(out, '[');
    for (size_t i = 0; i < report->note_count; i++) {
        JSON_OBJECT(out, member_text("outcome", import_outcome_name(report->notes[i].outcome)),
                    member_text("method", report->notes[i].method), member_text("email", report->notes[i].email));
    }
    json_close(out, ']');
    json_close(out, '}');
    buffer_char(out, '\n');
}

static void write_text(const struct import_report *report, bool dry_run, struct buffer *out)
{
    for (size_t i = 0; i < report->note_count; i++) {
        const struct import_note *note = &report->notes[i];

        utf8_show(out, note->email ? note->email : "?", ADDRESS_SHOWN);
        buffer_format(out, "%s%s%s: %s\n", note->method ? " (" : "", note->method ? note->method : "",
                      note->method ? ")" : "", import_outcome_text(note->outcome));
    }
    for (int i = 0; i < IMPORT_OUTCOMES; i++)
        if (report->counts[i] > 0 || i == IMPORT_TAKEN)
            buffer_format(out, "%8zu  %s\n", report->counts[i], import_outcome_text((enum import_outcome)i));
    if (dry_run)
        buffer_text(out, "Nothing was changed: this was a dry run.\n");
}

int import_logins_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    bool dry_run = option_given(options, "dry-run");
    struct import_report report;
    struct error error = {0};
    enum err err;

    if (!config->uri_logins) {
        (void)error_set(&error, ERR_USAGE, "name Agenta's login database with --from");
        return command_failed(&error);
    }
    err = import(options->arena, config, dry_run, &report, &error);
    if (err)
        return command_failed(&error);
    (option_given(options, "json") ? write_json : write_text)(&report, dry_run, &out);
    return command_output(&out);
}
