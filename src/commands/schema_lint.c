/* Runs `orgd schema lint`. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "commands/schema.h"
#include "commands/source.h"
#include "schema/format.h"
#include "schema/lint.h"

#define OUTPUT_MAX ((size_t)256 << 20)

const char schema_lint_details[] =
    "Each finding names the object, the problem, and the SQL that fixes it, or the reason why there is none. Nothing is changed. "
    "Exits with 1 when there are findings. Without URI it is the core database of the configuration.";

const struct option_row schema_lint_command_options[] = {
    {.name = "ignore", .repeated = true, .value = "RULE", .help = "Leave a rule out"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

struct printing {
    struct buffer out;
    bool json;
    size_t count;
    struct buffer hidden; /* a sentence for standard error */
};

static void print_json(struct buffer *out, const struct lint_finding *finding)
{
    json_open(out, '{');
    JSON_MEMBERS(out, member_text("rule", finding->rule->id),
                 member_text("severity", lint_severity_name(finding->rule->severity)),
                 member_text("object", finding->object), member_text("what", finding->what));
    json_key(out, "fix");
    if (finding->fix)
        json_text(out, finding->fix);
    else
        json_nil(out);
    json_close(out, '}');
}

/* Whether the text has control characters, which a terminal or a line cannot show. */
static bool has_control(const char *text)
{
    while (*text && (unsigned char)*text >= ' ' && *text != 0x7f)
        text++;
    return *text != '\0';
}

static void print_text(struct buffer *out, const struct lint_finding *finding)
{
    buffer_format(out, "%s: %s: ", lint_severity_name(finding->rule->severity), finding->rule->id);
    schema_format_text(out, finding->object, strlen(finding->object));
    buffer_text(out, ": ");
    schema_format_text(out, finding->what, strlen(finding->what));
    buffer_text(out, ".\n");
    if (!finding->fix)
        return;
    if (has_control(finding->fix))
        buffer_text(out, "    -- the SQL has names with control characters: see --json\n");
    else
        buffer_format(out, "    %s;\n", finding->fix);
}

static enum err print_finding(void *context, const struct lint_finding *finding)
{
    struct printing *printing = context;

    printing->count++;
    (printing->json ? print_json : print_text)(&printing->out, finding);
    return printing->out.failed ? ERR_MEMORY : OK;
}

static void print_hidden(void *context, const char *object)
{
    struct printing *printing = context;

    buffer_text(&printing->hidden, printing->hidden.len == 0 ? "orgd: no privilege to read these sequences: " : ", ");
    schema_format_text(&printing->hidden, object, strlen(object));
}

/* The rules named by --ignore; NULL ends them. NULL with a sentence for an unknown rule. */
static const struct lint_rule **read_ignored(const struct options *options, struct error *error)
{
    const struct lint_rule **ignored =
        talloc_zero_array(options->arena, const struct lint_rule *, (unsigned)options->given_count + 1);

    for (size_t i = 0; ignored && option_value_at(options, "ignore", i); i++) {
        ignored[i] = lint_rule_named(option_value_at(options, "ignore", i));
        if (!ignored[i]) {
            (void)error_set(error, ERR_USAGE, "unknown rule: %.60s; docs/schema.md lists all rules",
                            option_value_at(options, "ignore", i));
            return NULL;
        }
    }
    if (!ignored)
        (void)error_set(error, ERR_MEMORY, "no memory");
    return ignored;
}

int schema_lint_run(const struct config *config, const struct options *options)
{
    struct printing printing = {.out = buffer_make(options->arena, OUTPUT_MAX),
                                .json = option_given(options, "json"),
                                .hidden = buffer_make(options->arena, OUTPUT_MAX)};
    struct lint_receiver receiver = {.context = &printing, .found = print_finding, .hidden = print_hidden};
    const char *uri = options->argument_count > 0 ? options->arguments[0] : NULL;
    struct source source;
    struct error error;
    const struct lint_rule **ignored = read_ignored(options, &error);
    enum err err;
    int status;

    if (!ignored)
        return command_failed(&error);
    err = source_open(options->arena, config, uri, "orgd schema lint", &source, &error);
    if (!err) {
        if (printing.json)
            json_open(&printing.out, '[');
        err = schema_lint(source.db, ignored, &receiver, &error);
        source_close(&source);
    }
    if (printing.hidden.len > 0)
        (void)fprintf(stderr, "%s.\n", buffer_string(&printing.hidden));
    if (err)
        return command_failed(&error);
    if (printing.json) {
        json_close(&printing.out, ']');
        buffer_char(&printing.out, '\n');
    }
    status = command_output(&printing.out);
    return status == STATUS_DONE && printing.count > 0 ? STATUS_NO : status;
}
