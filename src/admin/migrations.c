/* Answers the migration state, the plan, and the results of the last upgrade. */
#include "admin/migrations.h"

#include "admin/database_connect.h"
#include "admin/statements.h"
#include "base/json.h"
#include "migrate/databases.h"
#include "migrate/plan.h"
#include "migrate/purge.h"

enum { ANSWER_MAX = 64 << 20 };

static void member(struct buffer *out, const char *key, const char *text)
{
    json_key(out, key);
    json_text(out, text);
}

/* ---- state ---- */

static void write_revisions(const struct migrate_position *position, struct buffer *out)
{
    json_key(out, "revisions");
    json_open(out, '[');
    for (size_t i = 0; i < position->chain->count; i++) {
        const struct revision *revision = &position->chain->revisions[i];

        json_open(out, '{');
        member(out, "revision", revision->id);
        member(out, "what", revision->what);
        JSON_MEMBERS(out, member_bool("applied", (int)i <= position->at),
                     member_bool("reversible", revision->down != NULL));
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_chain(const struct migrate_position *position, struct buffer *out)
{
    const struct chain *chain = position->chain;

    json_open(out, '{');
    member(out, "chain", chain->name);
    member(out, "table", chain->table);
    member(out, "edition", chain->enterprise ? "ee" : chain->open ? "oss" : "all");
    member(out, "owner", chain->ours ? "orgd" : "agenta");
    member(out, "current", position->found[0] ? position->found : NULL);
    member(out, "head", chain->revisions[chain->count - 1].id);
    write_revisions(position, out);
    json_close(out, '}');
}

static void write_state(const struct migrate_state *state, bool enterprise, struct buffer *out)
{
    json_open(out, '{');
    member(out, "database", migrate_database_name(state->database));
    member(out, "name", state->name);
    member(out, "state", migrate_condition_name(state->condition));
    member(out, "sentence", state->sentence);
    json_key(out, "chains");
    json_open(out, '[');
    for (size_t i = 0; i < state->count; i++)
        if (migrate_is_reported(&state->positions[i], enterprise))
            write_chain(&state->positions[i], out);
    json_close(out, ']');
    json_close(out, '}');
}

/* ---- results of the last upgrade ---- */

static enum err write_backfill(struct db *db, struct buffer *out)
{
    struct result result;

    TRY(DB_RUN(db, migrations_backfill, &result));
    json_key(out, "backfill");
    json_raw_compact(out, result_text(&result, 0, MIGRATIONS_BACKFILL_JSON));
    result_clear(&result);
    return OK;
}

static enum err write_archive(struct db *const dbs[DATABASE_COUNT], struct buffer *out, struct error *error)
{
    json_key(out, "archive");
    json_open(out, '[');
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct result list;

        TRY(purge_list(dbs[i], (enum database)i, &list, error));
        for (int row = 0; row < result_rows(&list); row++) {
            json_open(out, '{');
            member(out, "database", migrate_database_name((enum database)i));
            member(out, "kind", result_text(&list, row, PURGE_KIND));
            member(out, "name", result_text(&list, row, PURGE_NAME));
            json_key(out, "rows");
            if (result_text(&list, row, PURGE_ROWS))
                json_int(out, result_int(&list, row, PURGE_ROWS));
            else
                json_nil(out);
            json_close(out, '}');
        }
        result_clear(&list);
    }
    json_close(out, ']');
    return OK;
}

/* ---- handlers ---- */

static enum err connect_both(struct request *req, struct db *dbs[DATABASE_COUNT])
{
    for (int i = 0; i < DATABASE_COUNT; i++)
        TRY(operator_connect(req, (enum database)i, &dbs[i]));
    return OK;
}

enum err migrations_show(struct request *req)
{
    struct migrate_options options = databases_options(req->config);
    struct buffer out = buffer_make(req->arena, ANSWER_MAX);
    struct db *dbs[DATABASE_COUNT];
    struct migrate_state state;
    struct error error = {0};
    enum err err = connect_both(req, dbs);

    json_open(&out, '{');
    member(&out, "version", ORGD_VERSION);
    member(&out, "edition", options.enterprise ? "ee" : "oss");
    json_key(&out, "databases");
    json_open(&out, '[');
    for (int i = 0; !err && i < DATABASE_COUNT; i++) {
        err = migrate_state(dbs[i], (enum database)i, options.enterprise, MIGRATE_TO_HEAD, &state, &error);
        if (!err)
            write_state(&state, options.enterprise, &out);
    }
    json_close(&out, ']');
    if (!err)
        err = write_backfill(dbs[DATABASE_CORE], &out);
    if (!err)
        err = write_archive(dbs, &out, &error);
    json_close(&out, '}');
    if (error.code != OK)
        return operator_failed(req, &error);
    return err ? err : reply_buffer(req, 200, &out);
}

enum err migrations_plan(struct request *req)
{
    struct migrate_options options = databases_options(req->config);
    struct buffer out = buffer_make(req->arena, ANSWER_MAX);
    struct db *dbs[DATABASE_COUNT];
    struct error error = {0};
    struct plan *plan;

    TRY(connect_both(req, dbs));
    if (plan_make(dbs, &options, req->arena, &plan, &error) != OK)
        return operator_failed(req, &error);
    plan_write_json(plan, &out);
    return reply_buffer(req, 200, &out);
}
