/* Runs `orgd migrate status`, `up`, `down` and `history`. */
#include "commands/migrate.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "instance/stores.h"
#include "migrate/databases.h"
#include "migrate/migrate.h"

#define OUTPUT_MAX (1 << 20)
#define CONNECT_MS 10000

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
    return (struct migrate_options){
        .enterprise = is_enterprise(config), .default_plan = databases_default_plan(config), .tell = say};
}

/* The databases of one command: where they are, and handles on them. */
struct databases {
    struct stores stores;
    struct db *dbs[DATABASE_COUNT];
};

static enum err connect_all(void *arena, struct databases *databases, struct error *error)
{
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct db_options options = {.uri = databases->stores.uris[i],
                                     .name = "orgd migrate",
                                     .connect_ms = CONNECT_MS,
                                     .statement_ms = MIGRATE_STATEMENT_MS};
        struct error cause = {0};
        enum err err;

        databases->dbs[i] = db_create(arena, &options);
        err = databases->dbs[i] != NULL ? db_connect(databases->dbs[i], &cause)
                                        : error_set(&cause, ERR_MEMORY, "no memory");
        if (err != OK) {
            return error_set(error, err, "the %s database: %.450s", migrate_database_name((enum database)i),
                             cause.cause);
        }
    }
    return OK;
}

/* Before the cluster is stopped, so that its connections do not have to be cut. */
static void close_databases(struct databases *databases)
{
    for (int i = 0; i < DATABASE_COUNT; i++) {
        if (databases->dbs[i])
            db_close(databases->dbs[i]);
    }
    stores_close(&databases->stores);
}

/* Nothing stays open on failure. */
static enum err open_databases(void *arena, const struct config *config, bool make, struct databases *databases,
                               struct error *error)
{
    enum err err = make ? OK : stores_check(arena, config, error);

    *databases = (struct databases){0};
    if (err == OK)
        err = stores_open(arena, config, STORES_COMMAND, &databases->stores, error);
    if (err != OK)
        return err;
    err = stores_start(arena, config, &databases->stores, error);
    if (err == OK)
        err = connect_all(arena, databases, error);
    if (err != OK)
        close_databases(databases);
    return err;
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
        if (state->positions[i].found[0] != '\0')
            buffer_format(out, " %s", state->positions[i].found);
    }
    buffer_char(out, '\n');
    if (state->condition != MIGRATE_CURRENT)
        buffer_format(out, "         %s\n", state->sentence);
}

/* Writes the states of both databases; `current` says whether they are. */
static enum err write_status(const struct databases *databases, const struct config *config,
                             const struct options *options, struct buffer *out, bool *current, struct error *error)
{
    bool json = option_given(options, "json");

    *current = true;
    if (json)
        json_open(out, '[');
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct migrate_state state;
        enum err err = migrate_state(databases->dbs[i], (enum database)i, is_enterprise(config), target_of(options),
                                     &state, error);

        if (err != OK)
            return err;
        *current = *current && state.condition == MIGRATE_CURRENT;
        (json ? status_json : status_text)(&state, out);
    }
    if (json) {
        json_close(out, ']');
        buffer_char(out, '\n');
    }
    return OK;
}

int migrate_status_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct databases databases;
    struct error error;
    bool current;
    enum err err = open_databases(options->arena, config, false, &databases, &error);
    int status;

    if (err == OK) {
        err = write_status(&databases, config, options, &out, &current, &error);
        close_databases(&databases);
    }
    if (err != OK)
        return command_failed(&error);
    status = command_output(&out);
    return status == STATUS_DONE && !current && option_given(options, "exit-code") ? STATUS_NO : status;
}

int migrate_up_run(const struct config *config, const struct options *options)
{
    struct migrate_options run = run_options(config);
    struct databases databases;
    struct error error;
    enum err err = open_databases(options->arena, config, true, &databases, &error);

    run.target = target_of(options);
    if (err == OK) {
        err = migrate_up(databases.dbs, &run, &error);
        close_databases(&databases);
    }
    if (err != OK)
        return command_failed(&error);
    say(NULL, "both databases are current");
    return STATUS_DONE;
}

int migrate_down_run(const struct config *config, const struct options *options)
{
    struct migrate_options run = run_options(config);
    const char *to = option_value(options, "to");
    struct databases databases;
    struct error error;
    enum err err = OK;

    if (!to)
        err = error_set(&error, ERR_USAGE, "name the revision to stay at with --to; see `orgd migrate history`");
    if (err == OK)
        err = open_databases(options->arena, config, false, &databases, &error);
    if (err == OK) {
        err = migrate_down(databases.dbs, to, &run, &error);
        close_databases(&databases);
    }
    return err == OK ? STATUS_DONE : command_failed(&error);
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
    for (size_t i = 0; i < chain->count; i++)
        buffer_format(out, "  %-12s %s\n", chain->revisions[i].id, chain->revisions[i].what);
}

int migrate_history_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    bool json = option_given(options, "json");

    (void)config;
    if (json)
        json_open(&out, '[');
    for (size_t i = 0; i < chain_count; i++)
        (json ? history_json : history_text)(&chains[i], &out);
    if (json) {
        json_close(&out, ']');
        buffer_char(&out, '\n');
    }
    return command_output(&out);
}
