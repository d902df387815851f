/* Runs `orgd migrate verify` and `purge`. */
#include <string.h>

#include "base/json.h"
#include "commands/migrate.h"
#include "commands/migrate_databases.h"
#include "migrate/purge.h"
#include "migrate/verify.h"

#define OUTPUT_MAX ((size_t)64 << 20)

const struct option_row migrate_verify_options[] = {
    {.name = "to", .value = "head|agenta", .help = "Compare all of it, or without what orgd's own chain adds"},
    {.name = "json", .help = "Print JSON"},
    {0},
};
const struct option_row migrate_purge_options[] = {
    {.name = "yes", .help = "Remove the archive instead of only listing it"},
    {.name = "json", .help = "Print JSON"},
    {0},
};

static void key_text(struct buffer *out, const char *key, const char *text)
{
    json_key(out, key);
    json_text(out, text);
}

static void verify_json(const struct verify *verify, struct buffer *out)
{
    json_open(out, '{');
    key_text(out, "database", migrate_database_name(verify->state.database));
    key_text(out, "name", verify->state.name);
    key_text(out, "state", migrate_condition_name(verify->state.condition));
    json_key(out, "equal");
    json_bool(out, verify->equal);
    json_key(out, "findings");
    json_open(out, '[');
    for (size_t i = 0; i < verify->count; i++) {
        json_open(out, '{');
        key_text(out, "kind", verify_kind_name(verify->findings[i].kind));
        key_text(out, "found", verify->findings[i].found);
        key_text(out, "expected", verify->findings[i].expected);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

static void verify_text(const struct verify *verify, struct buffer *out)
{
    const struct migrate_state *state = &verify->state;

    if (state->condition != MIGRATE_CURRENT) {
        buffer_format(out, "%s: %s\n", migrate_database_name(state->database), state->sentence);
        return;
    }
    buffer_format(out, "%s: %s\n", migrate_database_name(state->database),
                  verify->equal ? "schema matches" : "schema differs");
    for (size_t i = 0; i < verify->count; i++) {
        const struct verify_finding *finding = &verify->findings[i];

        buffer_format(out, "  %-8s %s\n", verify_kind_name(finding->kind),
                      finding->found ? finding->found : finding->expected);
        if (finding->found && finding->expected)
            buffer_format(out, "  %-8s %s\n", "expected", finding->expected);
    }
}

static enum err verify_all(const struct config *config, const struct options *options,
                           struct migrate_databases *databases, struct buffer *out, bool *equal, struct error *error)
{
    const char *to = option_value(options, "to");
    enum migrate_target target = to && strcmp(to, "agenta") == 0 ? MIGRATE_TO_AGENTA : MIGRATE_TO_HEAD;
    bool json = option_given(options, "json");

    *equal = true;
    if (json)
        json_open(out, '[');
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct verify verify = {0};

        TRY(verify_database(databases->dbs[i], (enum database)i, config_is_enterprise(config), target, options->arena,
                            &verify, error));
        *equal = *equal && verify.equal;
        (json ? verify_json : verify_text)(&verify, out);
    }
    if (json) {
        json_close(out, ']');
        buffer_char(out, '\n');
    }
    return OK;
}

int migrate_verify_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    struct migrate_databases databases;
    struct error error;
    bool equal = false;
    enum err err = migrate_open(options->arena, config, false, &databases, &error);
    int status;

    if (!err) {
        err = verify_all(config, options, &databases, &out, &equal, &error);
        migrate_close(&databases);
    }
    if (err)
        return command_failed(&error);
    status = command_output(&out);
    return status == STATUS_DONE && !equal ? STATUS_NO : status;
}

/* Writes one object of the archive. */
static void purge_row(enum database database, const struct result *list, int row, bool json, struct buffer *out)
{
    const char *rows = result_text(list, row, PURGE_ROWS);

    if (!json) {
        buffer_format(out, "%s database: %s %s%s%s%s\n", migrate_database_name(database),
                      result_text(list, row, PURGE_KIND), result_text(list, row, PURGE_NAME), rows ? " with " : "",
                      rows ? rows : "", rows ? (strcmp(rows, "1") == 0 ? " row" : " rows") : "");
        return;
    }
    json_open(out, '{');
    key_text(out, "database", migrate_database_name(database));
    key_text(out, "kind", result_text(list, row, PURGE_KIND));
    key_text(out, "name", result_text(list, row, PURGE_NAME));
    json_key(out, "rows");
    if (rows)
        json_int(out, result_int(list, row, PURGE_ROWS));
    else
        json_nil(out);
    json_close(out, '}');
}

static enum err purge_all(const struct config *config, const struct options *options,
                          struct migrate_databases *databases, struct buffer *out, int *found, struct error *error)
{
    struct migrate_options run = {.enterprise = config_is_enterprise(config)};
    bool json = option_given(options, "json");
    enum err err = OK;

    for (int i = 0; i < DATABASE_COUNT && !err; i++) {
        struct result list;

        TRY(purge_list(databases->dbs[i], (enum database)i, &list, error));
        for (int row = 0; row < result_rows(&list); row++)
            purge_row((enum database)i, &list, row, json, out);
        *found += result_rows(&list);
        if (option_given(options, "yes") && result_rows(&list) > 0)
            err = purge_database(databases->dbs[i], (enum database)i, &run, error);
        result_clear(&list);
    }
    return err;
}

int migrate_purge_run(const struct config *config, const struct options *options)
{
    struct buffer out = buffer_make(options->arena, OUTPUT_MAX);
    bool json = option_given(options, "json");
    bool yes = option_given(options, "yes");
    struct migrate_databases databases;
    struct error error;
    int found = 0;
    int status;
    enum err err = migrate_open(options->arena, config, false, &databases, &error);

    if (json) {
        json_open(&out, '{');
        json_key(&out, "archived");
        json_open(&out, '[');
    }
    if (!err) {
        err = purge_all(config, options, &databases, &out, &found, &error);
        migrate_close(&databases);
    }
    if (err)
        return command_failed(&error);
    if (json) {
        json_close(&out, ']');
        json_key(&out, "removed");
        json_bool(&out, yes && found > 0);
        json_close(&out, '}');
        buffer_char(&out, '\n');
    } else if (found == 0) {
        buffer_text(&out, "the archive is empty\n");
    } else {
        buffer_text(&out,
                    yes ? "all of this is removed for good; `orgd migrate down` cannot bring it back any more\n"
                        : "nothing is removed yet; run `orgd migrate purge --yes` to remove all of this for good\n");
    }
    status = command_output(&out);
    return status == STATUS_DONE && found > 0 && !yes ? STATUS_NO : status;
}
