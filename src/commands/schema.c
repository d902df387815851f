/* Runs `orgd schema dump`, with its diagram. */
#include "commands/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/file.h"
#include "base/platform.h"
#include "commands/source.h"
#include "schema/diagram.h"
#include "schema/dump.h"

#define DUMP_MAX ((size_t)1 << 30)
/* How long a task takes before its progress is shown, and the interval of updates. */
#define PROGRESS_AFTER_US 1000000
#define PROGRESS_EVERY_US 100000

const char schema_dump_details[] =
    "Reads one snapshot and prints objects in a fixed order, so that equal databases give equal bytes. "
    "Without URI it is the core database of the configuration.";

const struct option_row schema_dump_command_options[] = {
    {.name = "counts", .help = "Count the rows of every table too"},
    {.name = "full",
     .help =
         "Add objects that the reference format leaves out: functions, comments, privileges, storage parameters, ..."},
    {.name = "json", .help = "Print JSON"},
    {.name = "graph", .value = "dot|mermaid", .help = "Draw the tables and their references instead"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "Write to a file, which appears only when it is complete"},
    {0},
};

/* The progress of counting, on a terminal. */
struct progress {
    int64_t started_us;
    int64_t shown_us; /* 0: nothing shown yet */
};

static void show_progress(void *context, size_t done, size_t total)
{
    struct progress *progress = context;
    int64_t now = platform.monotonic_us();

    if (now - progress->started_us < PROGRESS_AFTER_US || now - progress->shown_us < PROGRESS_EVERY_US)
        return;
    progress->shown_us = now;
    (void)fprintf(stderr, "\rcounting rows: %zu of %zu tables", done, total);
    (void)fflush(stderr);
}

static void end_progress(const struct progress *progress)
{
    if (progress->shown_us)
        (void)fputs("\r\033[K", stderr);
}

void schema_report_qualified(void *context, const char *database)
{
    (void)context;
    (void)fprintf(stderr,
                  "orgd: the role has no USAGE on the schema public of %s, so texts qualify its objects with public., "
                  "unlike dumps by a role with USAGE.\n",
                  database);
}

static enum err dump(struct db *db, const struct options *options, struct buffer *out, struct error *error)
{
    struct progress progress = {.started_us = platform.monotonic_us()};
    struct schema_dump_options what = {.counts = option_given(options, "counts"),
                                       .full = option_given(options, "full"),
                                       .json = option_given(options, "json"),
                                       .counted = isatty(STDERR_FILENO) ? show_progress : NULL,
                                       .qualified = schema_report_qualified,
                                       .context = &progress};
    enum err err = schema_dump(db, &what, out, error);

    end_progress(&progress);
    return err;
}

static enum err draw(struct db *db, const struct options *options, struct buffer *out, struct error *error)
{
    bool mermaid = strcmp(option_value(options, "graph"), "mermaid") == 0;

    return schema_diagram(db, mermaid ? SCHEMA_DIAGRAM_MERMAID : SCHEMA_DIAGRAM_DOT, out, error);
}

int schema_dump_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, DUMP_MAX);
    const char *uri = options->argument_count > 0 ? options->arguments[0] : NULL;
    const char *file = option_value(options, "output");
    struct source source;
    struct error error;
    enum err err = OK;

    if (option_given(options, "graph") &&
        (option_given(options, "counts") || option_given(options, "full") || option_given(options, "json")))
        err = error_set(&error, ERR_USAGE,
                        "--graph draws tables and references; it cannot be combined with --counts, --full or --json");
    if (!err)
        err = source_open(options->arena, config, uri, "orgd schema dump", &source, &error);
    if (!err) {
        err = (option_given(options, "graph") ? draw : dump)(source.db, options, &out, &error);
        source_close(&source);
    }
    if (!err && file != NULL)
        err = file_write(options->arena, file, out.data, out.len, &error);
    if (err)
        return command_failed(&error);
    return file != NULL ? STATUS_DONE : command_output(&out);
}
