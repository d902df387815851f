/* Runs `orgd project add-defaults`. */
#include "commands/add_defaults.h"

#include <inttypes.h>

#include "base/json.h"
#include "commands/current.h"
#include "tenancy/default_rows.h"

enum { OUTPUT_MAX = 4096 };

const struct option_row add_defaults_options[] = {
    {.name = "dry-run", .help = "Report what would happen, and change nothing"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

static void write_json(const struct default_rows_report *report, bool dry_run, struct buffer *out)
{
    JSON_OBJECT(out, member_bool("dry_run", dry_run), member_int("projects", report->projects),
                member_int("environments", report->environments), member_int("evaluators", report->evaluators),
                member_int("incomplete_environments", report->incomplete));
    buffer_char(out, '\n');
}

static void write_text(const struct default_rows_report *report, bool dry_run, struct buffer *out)
{
    const char *verb = dry_run ? "would be " : "";

    if (report->projects == 0 && report->incomplete == 0) {
        buffer_text(out, "Every project has its environments and evaluators.\n");
        return;
    }
    buffer_format(out, "%8" PRId64 "  projects lacked rows\n", report->projects);
    buffer_format(out, "%8" PRId64 "  environments %sadded\n", report->environments, verb);
    buffer_format(out, "%8" PRId64 "  evaluators %sadded\n", report->evaluators, verb);
    buffer_format(out, "%8" PRId64 "  environments %scompleted\n", report->incomplete, verb);
    if (dry_run)
        buffer_text(out, "Nothing was changed: this was a dry run.\n");
}

int add_defaults_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    bool dry_run = option_given(options, "dry-run");
    struct default_rows_report report;
    struct current current;
    struct error error = {0};
    enum err err = current_open(options->arena, config, "orgd project add-defaults", &current, &error);

    if (err)
        return command_failed(&error);
    err = default_rows_add_missing(current.core, options->arena, config, dry_run, &report);
    if (err)
        error = *db_error(current.core);
    current_close(&current);
    if (err)
        return command_failed(&error);
    (option_given(options, "json") ? write_json : write_text)(&report, dry_run, &out);
    return command_output(&out);
}
