/* Runs `orgd migrate plan`, `up` and `down`. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/migrate.h"
#include "commands/migrate_databases.h"
#include "commands/migrate_watch.h"
#include "migrate/databases.h"
#include "migrate/plan.h"

#define PLAN_MAX ((size_t)1 << 30)
#define WAIT_MAX_S 86400

/* The options of a run, for `plan` and `up`. */
#define RUN_OPTIONS                                                                                                    \
    {.name = "to",                                                                                                     \
     .value = "REVISION|head|agenta",                                                                                  \
     .help = "How far: one revision, all chains (head), or Agenta's own without the one of orgd (agenta)"},            \
        {.name = "legacy",                                                                                             \
         .value = "archive|drop",                                                                                      \
         .help = "How to treat tables and rows that v0.104.0 does not have; `archive` keeps them for a way "           \
                 "back"},                                                                                              \
        {.name = "everyone",                                                                                           \
         .value = "viewer|annotator|editor|developer|admin",                                                           \
         .help = "Make users without a used invitation members in this role, instead of leaving them out"},            \
    {                                                                                                                  \
        .name = "strict-v0.104.0",                                                                                     \
        .help = "Decide on members and projects exactly as Agenta v0.104.0, for comparison; only with --to agenta"     \
    }

#define ALLOW_OPTION                                                                                                   \
    {                                                                                                                  \
        .name = "allow", .repeated = true, .value = "HAZARD",                                                          \
        .help = "Accept a hazard: DELETES_DATA, which deletes rows"                                                    \
    }

#define CONSENT_OPTIONS                                                                                                \
    ALLOW_OPTION,                                                                                                      \
    {                                                                                                                  \
        .name = "accept-open-signup", .help = "Accept that everybody may sign up afterwards"                           \
    }

const struct option_row migrate_plan_options[] = {
    RUN_OPTIONS,
    CONSENT_OPTIONS,
    {.name = "json", .help = "Print JSON, with every row"},
    {.name = "html", .help = "Print a page to look at in a browser, with a picture of the chains"},
    {0},
};
const struct option_row migrate_up_options[] = {
    RUN_OPTIONS,
    CONSENT_OPTIONS,
    {.name = "atomic", .help = "Migrate each database in one transaction"},
    {.name = "wait", .value = "SECONDS", .help = "How long to wait for locks and for another runner (600)"},
    {0},
};
const struct option_row migrate_down_options[] = {
    {.name = "to", .value = "REVISION", .help = "The revision to stay at; `agenta` undoes orgd's own chain"},
    ALLOW_OPTION,
    {.name = "wait", .value = "SECONDS", .help = "How long to wait for locks and for another runner (600)"},
    {0},
};

/* Where messages go while a run is watched. */
struct voice {
    struct watch *watch;
};

static void say(void *context, const char *sentence)
{
    const struct voice *voice = context;

    if (voice && voice->watch)
        watch_clear(voice->watch);
    (void)puts(sentence);
    (void)fflush(stdout);
}

static void advise(void *context, const char *sentence)
{
    (void)context;
    (void)fprintf(stderr, "%s\n", sentence);
}

static struct migrate_options config_options(const struct config *config)
{
    struct migrate_options run = databases_options(config);

    run.report = say;
    run.advise = advise;
    return run;
}

static enum err read_allowed(const struct options *options, struct migrate_options *run, struct error *error)
{
    const char *code;

    for (size_t i = 0; (code = option_value_at(options, "allow", i)) != NULL; i++) {
        int hazard = hazard_find(code);

        if (hazard < 0) {
            return error_set(error, ERR_USAGE, "%s is not a hazard; only DELETES_DATA needs --allow", code);
        }
        run->allow |= 1U << hazard;
    }
    return OK;
}

static enum err read_run(const struct options *options, struct migrate_options *run, struct error *error)
{
    const char *to = option_value(options, "to");
    const char *legacy = option_value(options, "legacy");

    if (to != NULL && strcmp(to, "agenta") == 0)
        run->target = MIGRATE_TO_AGENTA;
    else if (to != NULL && strcmp(to, "head") != 0)
        run->to = to;
    run->legacy = legacy != NULL && strcmp(legacy, "drop") == 0 ? MIGRATE_DROP : MIGRATE_ARCHIVE;
    run->everyone = option_value(options, "everyone");
    run->strict = option_given(options, "strict-v0.104.0");
    run->accept_open_signup = option_given(options, "accept-open-signup");
    return read_allowed(options, run, error);
}

static enum err read_wait(const struct options *options, struct migrate_options *run, struct error *error)
{
    const char *wait = option_value(options, "wait");
    char *end;
    long seconds;

    if (!wait)
        return OK;
    seconds = strtol(wait, &end, 10);
    if (wait[0] < '0' || wait[0] > '9' || *end != '\0' || seconds < 1 || seconds > WAIT_MAX_S)
        return error_set(error, ERR_USAGE, "--wait takes a number of seconds from 1 to %d", WAIT_MAX_S);
    run->wait_ms = seconds * 1000;
    return OK;
}

int migrate_plan_run(const struct config *config, const struct options *options)
{
    struct migrate_options run = config_options(config);
    struct buffer out = buffer_make(options->arena, PLAN_MAX);
    struct migrate_databases databases;
    struct plan *plan = NULL;
    struct error error;
    bool json = option_given(options, "json"), html = option_given(options, "html");
    enum err err = read_run(options, &run, &error);

    if (!err && json && html)
        err = error_set(&error, ERR_USAGE, "--json and --html exclude each other");
    if (!err)
        err = migrate_open(options->arena, config, false, &databases, &error);
    if (!err) {
        err = plan_make(databases.dbs, &run, options->arena, &plan, &error);
        if (!err)
            (json ? plan_write_json : html ? plan_write_html : plan_write_text)(plan, &out);
        migrate_close(&databases);
    }
    return err ? command_failed(&error) : command_output(&out);
}

/* Runs up, or down to a revision, with progress. When the output breaks, the run continues and the command reports the
 * failure at the end. */
static enum err run_watched(const struct config *config, const struct options *options, struct migrate_options *run,
                            const char *down_to, struct error *error)
{
    struct migrate_databases databases;
    struct voice voice = {0};
    enum err err;

    watch_block_signals();
    (void)signal(SIGPIPE, SIG_IGN);
    TRY(migrate_open(options->arena, config, down_to == NULL, &databases, error));
    err = watch_start(options->arena, &voice.watch, &run->progress, error);
    if (!err) {
        run->context = &voice;
        err = down_to ? migrate_down(databases.dbs, down_to, run, error) : migrate_up(databases.dbs, run, error);
        watch_stop(voice.watch);
    }
    migrate_close(&databases);
    return err;
}

static int ended(enum err err, struct error *error)
{
    if (!err && ferror(stdout))
        err = error_set(error, ERR_SYSTEM, "the run is complete, but its output could not be written");
    return err ? command_failed(error) : STATUS_DONE;
}

int migrate_up_run(const struct config *config, const struct options *options)
{
    struct migrate_options run = config_options(config);
    struct error error;
    enum err err = read_run(options, &run, &error);

    run.atomic = option_given(options, "atomic");
    if (!err)
        err = read_wait(options, &run, &error);
    if (!err)
        err = run_watched(config, options, &run, NULL, &error);
    if (!err)
        say(NULL, run.to ? "both databases are at the requested revision" : "both databases are current");
    return ended(err, &error);
}

int migrate_down_run(const struct config *config, const struct options *options)
{
    struct migrate_options run = config_options(config);
    const char *to = option_value(options, "to");
    struct error error;
    enum err err = OK;

    run.to = to;
    if (!to)
        err = error_set(&error, ERR_USAGE, "name the revision to stay at with --to; see `orgd migrate history`");
    if (!err)
        err = read_allowed(options, &run, &error);
    if (!err)
        err = read_wait(options, &run, &error);
    if (!err)
        err = run_watched(config, options, &run, to, &error);
    return ended(err, &error);
}
