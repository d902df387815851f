/* Finds out which revisions a database has. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "migrate/migrate.h"
#include "statements.h"

/* Revisions of v0.103.5 and those on the way from there to park00000000. */
static const char *const old_revisions[] = {
    "b3c4d5e6f7a9", "0a1b2c3d4e5f", "1b2c3d4e5f6a", "3d4e5f6a7b8c", "4f5a6b7c8d9e", "2c3d4e5f6a7b",
    "4e5f6a7b8c9d", "5a6b7c8d9e0f", "d1e2f3a4b5c6", "f3a4b5c6d7e8", "a4b5c6d7e8f9",
};

/* Tables that a database of Agenta has had in every release, so that core and tracing are not taken for each other. */
static const char *const landmarks[DATABASE_COUNT] = {"public.organizations", "public.spans"};

const char *migrate_condition_name(enum migrate_condition condition)
{
    static const char *const names[] = {
        [MIGRATE_EMPTY] = "empty", [MIGRATE_CURRENT] = "current", [MIGRATE_BEHIND] = "behind",   [MIGRATE_OLD] = "old",
        [MIGRATE_AHEAD] = "ahead", [MIGRATE_UNKNOWN] = "unknown", [MIGRATE_FOREIGN] = "foreign",
    };
    return names[condition];
}

const char *migrate_database_name(enum database database)
{
    return database == DATABASE_CORE ? "core" : "tracing";
}

bool migrate_runs(const struct chain *chain, bool enterprise, enum migrate_target target)
{
    return (enterprise || !chain->enterprise) && !(target == MIGRATE_TO_AGENTA && chain->ours);
}

static bool is_old(const char *id)
{
    for (size_t i = 0; i < sizeof old_revisions / sizeof old_revisions[0]; i++) {
        if (strcmp(id, old_revisions[i]) == 0)
            return true;
    }
    return false;
}

/* Ids of one chain are letters and a number of fixed width: a higher number is newer. */
static bool is_newer(const char *id, const char *head)
{
    size_t letters = strcspn(head, "0123456789");

    return strlen(id) == strlen(head) && strncmp(id, head, letters) == 0 &&
           strspn(id + letters, "0123456789") == strlen(id) - letters && strcmp(id, head) > 0;
}

static const char *head_of(const struct chain *chain)
{
    return chain->revisions[chain->count - 1].id;
}

/* Says how the state was judged; the first finding stays. */
static void PRINTF_LIKE(3, 4)
    judge(struct migrate_state *state, enum migrate_condition condition, const char *format, ...)
{
    int len;
    va_list arguments;

    state->condition = condition;
    len = snprintf(state->sentence, sizeof state->sentence, "the %s database (%s) ",
                   migrate_database_name(state->database), state->name);
    if (len < 0 || (size_t)len >= sizeof state->sentence)
        return;
    va_start(arguments, format);
    (void)vsnprintf(state->sentence + len, sizeof state->sentence - (size_t)len, format, arguments);
    va_end(arguments);
}

static enum err failed(struct db *db, enum database database, struct error *error)
{
    const struct error *cause = db_error(db);

    return error_set(error, cause->code, "the state of the %s database cannot be read: %s",
                     migrate_database_name(database), cause->cause);
}

/* Reads one version table. `rows` is -1 when there is no such table. */
static enum err read_position(struct db *db, struct migrate_position *position, int *rows)
{
    struct result result;
    enum err err = DB_RUN(db, migrate_has_table, &result, param_text(position->chain->table));
    bool exists;

    *rows = -1;
    if (err != OK)
        return err;
    exists = result_bool(&result, 0, 0);
    result_clear(&result);
    if (!exists)
        return OK;
    err = db_script(db, position->chain->read, &result);
    if (err != OK)
        return err;
    *rows = result_rows(&result);
    if (*rows > 0) {
        const char *id = result_text(&result, 0, 0);
        (void)snprintf(position->found, sizeof position->found, "%s", id != NULL ? id : "");
    }
    result_clear(&result);
    for (size_t i = 0; i < position->chain->count; i++) {
        if (strcmp(position->found, position->chain->revisions[i].id) == 0)
            position->at = (int)i;
    }
    return OK;
}

/* Judges one chain by what its version table holds. False once the whole is judged. */
static bool judge_position(struct migrate_state *state, const struct migrate_position *position, int rows)
{
    const char *table = position->chain->table;
    const char *head = head_of(position->chain);

    if (rows == 0 || rows > 1) {
        judge(state, MIGRATE_UNKNOWN, "has %s rows in %s instead of one, so its revision is not known",
              rows == 0 ? "no" : "several", table);
    } else if (rows == 1 && position->at < 0 && is_old(position->found)) {
        judge(
            state, MIGRATE_OLD,
            "is at revision %s, that is at v0.103.5 or on the way from there to v0.104.0; the upgrade from there is not part of "
            "this version of orgd, which needs %s",
            position->found, head);
    } else if (rows == 1 && position->at < 0 && is_newer(position->found, head)) {
        judge(state, MIGRATE_AHEAD, "is ahead: found revision %s in %s, and this version knows %s as the newest",
              position->found, table, head);
    } else if (rows == 1 && position->at < 0) {
        judge(state, MIGRATE_UNKNOWN, "has revision %s in %s, which this version does not know; it knows %s",
              position->found, table, head);
    } else {
        return true;
    }
    return false;
}

/* Every table is there and known: is anything missing? */
static void judge_progress(struct migrate_state *state, bool enterprise, enum migrate_target target)
{
    for (size_t i = 0; i < state->count; i++) {
        const struct migrate_position *position = &state->positions[i];

        if (!migrate_runs(position->chain, enterprise, target))
            continue;
        if (position->at + 1 < (int)position->chain->count) {
            judge(state, MIGRATE_BEHIND, "is behind: found %s in %s, and this version needs %s",
                  position->at < 0 ? "nothing" : position->found, position->chain->table, head_of(position->chain));
            return;
        }
    }
    judge(state, MIGRATE_CURRENT, "is current: all chains are at their newest revision");
}

enum err migrate_state(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                       struct migrate_state *state, struct error *error)
{
    struct result result;
    bool filled;
    bool landmark;
    bool judged = false;

    memset(state, 0, sizeof *state);
    state->database = database;
    if (DB_RUN(db, migrate_database, &result, param_text(landmarks[database])) != OK)
        return failed(db, database, error);
    (void)snprintf(state->name, sizeof state->name, "%s", result_text(&result, 0, 0));
    filled = result_bool(&result, 0, 1);
    landmark = result_bool(&result, 0, 2);
    result_clear(&result);
    if (!filled) {
        for (size_t i = 0; i < chain_count; i++) {
            if (chains[i].database == database) {
                state->positions[state->count++] = (struct migrate_position){.chain = &chains[i], .at = -1};
            }
        }
        judge(state, MIGRATE_EMPTY, "is empty");
        return OK;
    }
    for (size_t i = 0; i < chain_count && state->count < MIGRATE_CHAINS_MAX; i++) {
        struct migrate_position *position = &state->positions[state->count];
        int rows;

        if (chains[i].database != database)
            continue;
        *position = (struct migrate_position){.chain = &chains[i], .at = -1};
        state->count++;
        if (read_position(db, position, &rows) != OK)
            return failed(db, database, error);
        if (!judged && position == &state->positions[0] && rows < 0) {
            judge(state, MIGRATE_FOREIGN, "is neither empty nor one of Agenta's: it holds objects, but no table %s",
                  chains[i].table);
            judged = true;
        }
        /* a chain of the other edition, or one not asked for, does not stand in the way */
        if (!judged && migrate_runs(&chains[i], enterprise, MIGRATE_TO_HEAD))
            judged = !judge_position(state, position, rows);
    }
    if (!judged && !landmark) {
        judge(state, MIGRATE_FOREIGN,
              "has no table %s, so it is not the %s database: are the two swapped, or the same?", landmarks[database],
              migrate_database_name(database));
        judged = true;
    }
    if (!judged)
        judge_progress(state, enterprise, target);
    return OK;
}
