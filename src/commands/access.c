/* Runs `orgd access explain` and `orgd access report`. */
#include "commands/access.h"

#include "commands/source.h"
#include "policy/access_report.h"
#include "policy/explain.h"

#define OUTPUT_MAX ((size_t)1 << 20)

const struct option_row access_explain_options[] = {
    {.name = "invited", .help = "Suppose that the address has an invitation; no database is asked"},
    {.name = "account", .help = "Suppose that the address has an account; no database is asked"},
    {.name = "stranger", .help = "Suppose that the address has neither; no database is asked"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

const struct option_row access_report_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

static enum err ask_database(const struct config *config, struct access_explanation *explanation, struct error *error)
{
    struct source source;
    enum err err;

    TRY(source_open(explanation->arena, config, NULL, "orgd access", &source, error));
    err = access_explain_ask(explanation, source.db);
    if (err)
        *error = *db_error(source.db);
    source_close(&source);
    return err;
}

/* Finds out whether the address has an account and an invitation: by option, or from the database. Without these facts
 * the answer may still be certain. */
static enum err find_out(const struct config *config, const struct options *options,
                         struct access_explanation *explanation, struct error *error)
{
    bool invited = option_given(options, "invited"), account = option_given(options, "account");
    static struct error cause;

    if (invited || account || option_given(options, "stranger")) {
        access_explain_known(explanation, account, invited);
        return OK;
    }
    if (!explanation->is_address || !ask_database(config, explanation, &cause))
        return OK;
    explanation->unasked = cause.cause;
    if (access_explain_is_certain(explanation))
        return OK;
    return error_set(error, cause.code == ERR_USAGE ? ERR_USAGE : ERR_REFUSED,
                     "signing up requires an invitation, and it is unknown whether the address has one or an account: "
                     "%.300s; --invited, --account and --stranger suppose an answer",
                     cause.cause);
}

int access_explain_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct access_explanation explanation;
    struct error error = {0};
    enum err err = access_explain(options->arena, config, options->arguments[0], &explanation);
    int status;

    if (err)
        (void)error_set(&error, err, "no memory");
    else
        err = find_out(config, options, &explanation, &error);
    if (err)
        return command_failed(&error);
    if (option_given(options, "json")) {
        access_explain_json(&explanation, &out);
        buffer_char(&out, '\n');
    } else {
        access_explain_text(&explanation, &out);
    }
    status = command_output(&out);
    if (status != STATUS_DONE)
        return status;
    return access_explain_may_sign_in(&explanation) ? STATUS_DONE : STATUS_NO;
}

int access_report_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct access_report report;
    struct error error = {0};

    if (access_report_make(options->arena, config, false, &report)) {
        (void)error_set(&error, ERR_MEMORY, "no memory");
        return command_failed(&error);
    }
    if (option_given(options, "json")) {
        access_report_json(&report, &out);
        buffer_char(&out, '\n');
    } else {
        access_report_text(&report, &out);
    }
    return command_output(&out);
}
