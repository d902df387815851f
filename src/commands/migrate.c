/* Runs `orgd migrate status` and `history`. */
#include "commands/migrate.h"

#include <string.h>

#include "base/json.h"
#include "commands/migrate_databases.h"

#define OUTPUT_MAX (1 << 20)

static const char target_help[] = "How far: all chains, or Agenta's own without the one of orgd";

const struct option_row migrate_status_options[] = {
    {.name = "exit-code", .help = "Exit with 1 unless both databases are current"},
    {.name = "to", .value = "head|agenta", .help = target_help},
    {.name = "json", .help = "Print JSON"},
    {0},
};
const struct option_row migrate_history_options[] = {
    {.name = "json", .help = "Print JSON"},
    {0},
};

static enum migrate_target target_of(const struct options *options)
{
    const char *to = option_value(options, "to");

    return to != NULL && strcmp(to, "agenta") == 0 ? MIGRATE_TO_AGENTA : MIGRATE_TO_HEAD;
}

static void status_json(const struct migrate_state *state, struct buffer *out)
{
    json_open(out, '{');
    JSON_MEMBERS(out, member_text("database", migrate_database_name(state->database)), member_text("name", state->name),
                 member_text("state", migrate_condition_name(state->condition)),
                 member_text("sentence", state->sentence));
    json_key(out, "chains");
    json_open(out, '[');
    for (size_t i = 0; i < state->count; i++) {
        const struct migrate_position *position = &state->positions[i];

        JSON_OBJECT(out, member_text("table", position->chain->table),
                    member_text("found", position->found[0] != '\0' ? position->found : NULL),
                    member_text("known", position->chain->revisions[position->chain->count - 1].id),
                    member_text("edition", position->chain->enterprise ? "ee" : "all"));
    }
    json_close(out, ']');
    json_close(out, '}');
}

static void status_text(const struct migrate_state *state, struct buffer *out)
{
    buffer_format(out, "%-8s %-8s", migrate_database_name(state->database), migrate_condition_name(state->condition));
    for (size_t i = 0; i < state->count; i++) {
        if (state->positions[i].found[0] != '\0' && !state->positions[i].skipped)
            buffer_format(out, " %s", state->positions[i].found);
    }
    buffer_char(out, '\n');
    if (state->condition != MIGRATE_CURRENT)
        buffer_format(out, "         %s\n", state->sentence);
}

/* Writes the states of both databases. `current`: both are current. */
static enum err write_status(const struct migrate_databases *databases, const struct config *config,
                             const struct options *options, struct buffer *out, bool *current, struct error *error)
{
    bool json = option_given(options, "json");

    *current = true;
    if (json)
        json_open(out, '[');
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct migrate_state state;

        TRY(migrate_state(databases->dbs[i], (enum database)i, config_is_enterprise(config), target_of(options), &state,
                          error));
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
    struct migrate_databases databases;
    struct error error;
    bool current;
    enum err err = migrate_open(options->arena, config, false, &databases, &error);
    int status;

    if (!err) {
        err = write_status(&databases, config, options, &out, &current, &error);
        migrate_close(&databases);
    }
    if (err)
        return command_failed(&error);
    status = command_output(&out);
    return status == STATUS_DONE && !current && option_given(options, "exit-code") ? STATUS_NO : status;
}

static void history_json(const struct chain *chain, struct buffer *out)
{
    for (size_t i = 0; i < chain->count; i++) {
        const struct revision *revision = &chain->revisions[i];

        JSON_OBJECT(out, member_text("database", migrate_database_name(chain->database)),
                    member_text("chain", chain->name), member_text("edition", chain->enterprise ? "ee" : "all"),
                    member_text("revision", revision->id), member_text("what", revision->what),
                    member_bool("reversible", revision->down != NULL));
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
