/* Runs `orgd migrate status`, `up`, `down` and `history`. */
#include "migrate/command.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "migrate/databases.h"
#include "migrate/migrate.h"

#define OUTPUT_MAX (1 << 20)

static const char target_help[] = "How far: all chains, or Agenta's own without the one of orgd";

const struct option_row migrate_status_options[] = {
    {.name = "exit-code", .help = "Exit with 1 unless both databases are current"},
    {.name = "to", .value = "head|agenta", .help = target_help},
    {.name = "json", .help = "Print JSON"},
    {0},
};
const struct option_row migrate_up_options[] = {
    {.name = "to", .value = "head|agenta", .help = target_help},
    {0},
};
const struct option_row migrate_down_options[] = {
    {.name = "to", .value = "REVISION", .help = "The revision to stay at; `agenta` undoes orgd's own chain"},
    {0},
};
const struct option_row migrate_history_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

static bool is_enterprise(const struct config *config)
{
    return config->license != NULL && strcmp(config->license, "ee") == 0;
}

static enum migrate_target target_of(const struct options *options)
{
    const char *to = option_value(options, "to");

    return to != NULL && strcmp(to, "agenta") == 0 ? MIGRATE_TO_AGENTA : MIGRATE_TO_HEAD;
}

static void say(void *context, const char *sentence)
{
    (void)context;
    (void)puts(sentence);
    (void)fflush(stdout);
}

static struct migrate_options run_options(const struct config *config)
{
    const char *plan = config->default_plan;

    if (plan == NULL || plan[0] == '\0') {
        plan = config->stripe_key != NULL && config->stripe_key[0] != '\0' ? "cloud_v0_hobby" : "self_hosted_enterprise";
    }
    return (struct migrate_options){.enterprise = is_enterprise(config), .default_plan = plan, .tell = say};
}

static void status_json(const struct migrate_state *state, struct buffer *out)
{
    json_open(out, '{');
    json_key(out, "database");
    json_text(out, migrate_database_name(state->database));
    json_key(out, "name");
    json_text(out, state->name);
    json_key(out, "state");
    json_text(out, migrate_condition_name(state->condition));
    json_key(out, "sentence");
    json_text(out, state->sentence);
    json_key(out, "chains");
    json_open(out, '[');
    for (size_t i = 0; i < state->count; i++) {
        const struct migrate_position *position = &state->positions[i];

        json_open(out, '{');
        json_key(out, "table");
        json_text(out, position->chain->table);
        json_key(out, "found");
        json_text(out, position->found[0] != '\0' ? position->found : NULL);
        json_key(out, "known");
        json_text(out, position->chain->revisions[position->chain->count - 1].id);
        json_key(out, "edition");
        json_text(out, position->chain->enterprise ? "ee" : "all");
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

static void status_text(const struct migrate_state *state, struct buffer *out)
{
    buffer_format(out, "%-8s %-8s", migrate_database_name(state->database), migrate_condition_name(state->condition));
    for (size_t i = 0; i < state->count; i++) {
        if (state->positions[i].found[0] != '\0') {
            buffer_format(out, " %s", state->positions[i].found);
        }
    }
    buffer_char(out, '\n');
    if (state->condition != MIGRATE_CURRENT) {
        buffer_format(out, "         %s\n", state->sentence);
    }
}

int migrate_status_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct db *dbs[DATABASE_COUNT];
    bool json = option_given(options, "json");
    bool current = true;
    struct error error;
    int status;

    if (databases_open(options->arena, config, dbs, &error) != OK) {
        return command_failed(&error);
    }
    if (json) {
        json_open(&out, '[');
    }
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct migrate_state state;

        if (migrate_state(dbs[i], (enum database)i, is_enterprise(config), target_of(options), &state, &error) != OK) {
            return command_failed(&error);
        }
        current = current && state.condition == MIGRATE_CURRENT;
        (json ? status_json : status_text)(&state, &out);
    }
    if (json) {
        json_close(&out, ']');
        buffer_char(&out, '\n');
    }
    status = command_output(&out);
    return status == STATUS_DONE && !current && option_given(options, "exit-code") ? STATUS_NO : status;
}

int migrate_up_run(const struct config *config, const struct options *options)
{
    struct migrate_options run = run_options(config);
    struct db *dbs[DATABASE_COUNT];
    struct error error;

    run.target = target_of(options);
    if (databases_open(options->arena, config, dbs, &error) != OK || migrate_up(dbs, &run, &error) != OK) {
        return command_failed(&error);
    }
    say(NULL, "both databases are current");
    return STATUS_DONE;
}

int migrate_down_run(const struct config *config, const struct options *options)
{
    struct migrate_options run = run_options(config);
    const char *to = option_value(options, "to");
    struct db *dbs[DATABASE_COUNT];
    struct error error;

    if (to == NULL) {
        (void)error_set(&error, ERR_USAGE, "name the revision to stay at with --to; see `orgd migrate history`");
        return command_failed(&error);
    }
    if (databases_open(options->arena, config, dbs, &error) != OK || migrate_down(dbs, to, &run, &error) != OK) {
        return command_failed(&error);
    }
    return STATUS_DONE;
}

static void history_json(const struct chain *chain, struct buffer *out)
{
    for (size_t i = 0; i < chain->count; i++) {
        const struct revision *revision = &chain->revisions[i];

        json_open(out, '{');
        json_key(out, "database");
        json_text(out, migrate_database_name(chain->database));
        json_key(out, "chain");
        json_text(out, chain->name);
        json_key(out, "edition");
        json_text(out, chain->enterprise ? "ee" : "all");
        json_key(out, "revision");
        json_text(out, revision->id);
        json_key(out, "what");
        json_text(out, revision->what);
        json_key(out, "reversible");
        json_bool(out, revision->down != NULL);
        json_close(out, '}');
    }
}

static void history_text(const struct chain *chain, struct buffer *out)
{
    buffer_format(out, "%s database, %s%s\n", migrate_database_name(chain->database), chain->table,
                  chain->enterprise ? " (enterprise edition)" : "");
    for (size_t i = 0; i < chain->count; i++) {
        buffer_format(out, "  %-12s %s\n", chain->revisions[i].id, chain->revisions[i].what);
    }
}

int migrate_history_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    bool json = option_given(options, "json");

    (void)config;
    if (json) {
        json_open(&out, '[');
    }
    for (size_t i = 0; i < chain_count; i++) {
        (json ? history_json : history_text)(&chains[i], &out);
    }
    if (json) {
        json_close(&out, ']');
        buffer_char(&out, '\n');
    }
    return command_output(&out);
}
