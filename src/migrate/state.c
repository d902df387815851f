/* Finds out which revisions a database has. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "migrate/migrate.h"
#include "migrate/statements.h"

enum { ENCODING_SIZE = 64 };

/* A table that every release of Agenta has in this database: it tells core and tracing apart. */
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

/* Ids of one chain are letters and a number of fixed width; a higher number is newer. */
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

/* Sets condition and sentence, unless they are set already. */
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
    if (err)
        return err;
    exists = result_bool(&result, 0, MIGRATE_HAS_TABLE_PRESENT);
    result_clear(&result);
    if (!exists)
        return OK;
    TRY(db_script(db, position->chain->read, &result));
    *rows = result_rows(&result);
    if (*rows > 0) {
        const char *id = result_text(&result, 0, 0);
        (void)snprintf(position->found, sizeof position->found, "%s", id != NULL ? id : "");
    }
    result_clear(&result);
    return OK;
}

/* Looks up the found revision in its chain. */
static void place(struct migrate_position *position)
{
    for (size_t i = 0; i < position->chain->count; i++) {
        if (strcmp(position->found, position->chain->revisions[i].id) == 0)
            position->at = (int)i;
    }
}

/* Refuses a version table that does not have exactly one row. */
static bool judge_rows(struct migrate_state *state, const struct migrate_position *position, int rows)
{
    if (rows == 1 || rows < 0)
        return true;
    judge(state, MIGRATE_UNKNOWN, "has %s rows in %s instead of one, so its revision is not known",
          rows == 0 ? "no" : "several", position->chain->table);
    return false;
}

/* Judges one chain by its version table. False once the condition is set. */
static bool judge_position(struct migrate_state *state, const struct migrate_position *position, int rows)
{
    const char *table = position->chain->table;
    const char *head = head_of(position->chain);

    if (!judge_rows(state, position, rows))
        return false;
    if (rows < 0 || position->at >= 0)
        return true;
    if (is_newer(position->found, head)) {
        judge(state, MIGRATE_AHEAD, "is ahead: found revision %s in %s, and this version knows %s as the newest",
              position->found, table, head);
    } else {
        judge(state, MIGRATE_UNKNOWN, "has revision %s in %s, which this version does not know; it knows %s",
              position->found, table, head);
    }
    return false;
}

/* Where the revision of a database that was not created by this program comes from. */
struct origin {
    const struct migrate_position *own;   /* of the legacy chain of this edition that knows the revision, or NULL */
    const struct migrate_position *other; /* the same of the other edition */
    bool shared;                          /* a chain after the legacy one has begun */
    bool enterprise_shape;                /* has the tables that only the enterprise edition had */
};

static bool same_table(const struct migrate_position *a, const struct migrate_position *b)
{
    return strcmp(a->chain->table, b->chain->table) == 0;
}

static struct origin find_origin(const struct migrate_state *state, bool enterprise)
{
    const struct migrate_position *first = &state->positions[0];
    struct origin origin = {0};

    for (size_t i = 0; i < state->count; i++) {
        const struct migrate_position *position = &state->positions[i];

        if (!same_table(position, first)) {
            origin.shared = origin.shared || position->found[0] != '\0';
        } else if (position->chain->legacy && position->at >= 0) {
            if (migrate_runs(position->chain, enterprise, MIGRATE_TO_HEAD)) {
                origin.own = position;
            } else {
                origin.other = position;
            }
        }
    }
    return origin;
}

/* Judges a revision older than a fresh database's: of both editions, of one, or unknown. */
static bool judge_legacy(struct migrate_state *state, const struct origin *origin, const char *found, bool enterprise)
{
    const char *table = state->positions[0].chain->table;

    if (origin->own == NULL && origin->other == NULL) {
        if (origin->shared)
            return true; /* judged as any other chain */
        judge(
            state, MIGRATE_OLD,
            "has revision %s in %s, which is older than v0.103.5 or unknown: bring it to v0.103.5 with Agenta's own migrations "
            "first",
            found, table);
    } else if (origin->shared) {
        judge(state, MIGRATE_UNKNOWN,
              "is at revision %s in %s, and yet has a version table of what comes after it: its history is forked, so "
              "restore it from a backup",
              found, table);
    } else if (origin->other != NULL && (origin->own == NULL || origin->enterprise_shape != enterprise)) {
        judge(state, MIGRATE_OLD,
              enterprise ? "is of the open edition at revision %s, before v0.104.0: bring it to v0.104.0 with "
                           "AGENTA_LICENSE=oss first, and then run this again with AGENTA_LICENSE=ee"
                         : "is of the enterprise edition at revision %s, before v0.104.0: run this with "
                           "AGENTA_LICENSE=ee",
              found);
    } else {
        return true;
    }
    return false;
}

/* Judges the legacy chains together with the chain that follows, which has the same version table. */
static enum err judge_origin(struct db *db, struct migrate_state *state, int rows, bool enterprise, bool *judged)
{
    const struct migrate_position *first = &state->positions[0];
    struct origin origin = find_origin(state, enterprise);
    const struct migrate_position *base = first;

    while (base->chain->legacy)
        base++;
    *judged = !judge_rows(state, first, rows);
    if (!*judged && base->at < 0 && !is_newer(first->found, head_of(base->chain))) {
        struct result result;

        TRY(DB_RUN(db, migrate_is_enterprise, &result));
        origin.enterprise_shape = result_bool(&result, 0, MIGRATE_IS_ENTERPRISE_ENTERPRISE);
        result_clear(&result);
        *judged = !judge_legacy(state, &origin, first->found, enterprise);
    }
    if (!*judged && origin.own == NULL)
        *judged = !judge_position(state, base, rows);
    for (size_t i = 0; i < state->count; i++) {
        struct migrate_position *position = &state->positions[i];

        if (position->chain->legacy) {
            position->skipped = position != origin.own;
            if (position->skipped)
                position->at = -1;
        } else if (position == base) {
            position->skipped = origin.own != NULL;
        }
    }
    return OK;
}

/* All version tables are known: behind or current. */
static void judge_progress(struct migrate_state *state, bool enterprise, enum migrate_target target)
{
    for (size_t i = 0; i < state->count; i++) {
        const struct migrate_position *position = &state->positions[i];

        if (position->skipped || !migrate_runs(position->chain, enterprise, target))
            continue;
        if (position->at + 1 < (int)position->chain->count) {
            judge(state, MIGRATE_BEHIND, "is behind: found %s in %s, and this version needs %s",
                  position->at < 0 ? "nothing" : position->found, position->chain->table, head_of(position->chain));
            return;
        }
    }
    judge(state, MIGRATE_CURRENT, "is current: all chains are at their newest revision");
}

/* Reads the version tables of all chains of the database and judges them. */
static enum err read_chains(struct db *db, struct migrate_state *state, bool enterprise, bool *judged)
{
    int rows[MIGRATE_CHAINS_MAX] = {-1};
    enum err err;

    for (size_t i = 0; i < state->count; i++) {
        struct migrate_position *position = &state->positions[i];

        if (i > 0 && strcmp(position->chain->table, position[-1].chain->table) == 0) {
            memcpy(position->found, position[-1].found, sizeof position->found);
            rows[i] = rows[i - 1];
        } else {
            TRY(read_position(db, position, &rows[i]));
        }
        place(position);
    }
    if (rows[0] < 0) {
        judge(state, MIGRATE_FOREIGN, "is neither empty nor one of Agenta's: it holds objects, but no table %s",
              state->positions[0].chain->table);
        *judged = true;
        return OK;
    }
    err = judge_origin(db, state, rows[0], enterprise, judged);
    for (size_t i = 1; i < state->count && !err && !*judged; i++) {
        const struct migrate_position *position = &state->positions[i];

        /* chains of the other edition, and chains beyond the target, do not matter */
        if (!same_table(position, &state->positions[0]) && migrate_runs(position->chain, enterprise, MIGRATE_TO_HEAD))
            *judged = !judge_position(state, position, rows[i]);
    }
    return err;
}

/* Reads name, encoding, and whether the database has Agenta's table or any object at all. */
static enum err look_around(struct db *db, struct migrate_state *state, char encoding[ENCODING_SIZE], bool *landmark,
                            bool *filled)
{
    struct result result;

    TRY(DB_RUN(db, migrate_database, &result, param_text(landmarks[state->database])));
    (void)snprintf(state->name, sizeof state->name, "%s", result_text(&result, 0, MIGRATE_DATABASE_NAME));
    *landmark = *filled = result_bool(&result, 0, MIGRATE_DATABASE_LANDMARK);
    (void)snprintf(encoding, ENCODING_SIZE, "%s", result_text(&result, 0, MIGRATE_DATABASE_ENCODING));
    result_clear(&result);
    if (*landmark)
        return OK;
    TRY(DB_RUN(db, migrate_is_filled, &result));
    *filled = result_bool(&result, 0, MIGRATE_IS_FILLED_FILLED);
    result_clear(&result);
    return OK;
}

bool migrate_is_reported(const struct migrate_position *position, bool enterprise)
{
    const struct chain *chain = position->chain;

    if (!migrate_runs(chain, enterprise, MIGRATE_TO_HEAD))
        return false;
    if (chain->legacy)
        return !position->skipped && position->at + 1 < (int)chain->count;
    return !position->skipped || position->at >= 0;
}

enum err migrate_state(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                       struct migrate_state *state, struct error *error)
{
    char encoding[ENCODING_SIZE];
    bool filled;
    bool landmark;
    bool judged = false;

    memset(state, 0, sizeof *state);
    state->database = database;
    if (look_around(db, state, encoding, &landmark, &filled))
        return failed(db, database, error);
    for (size_t i = 0; i < chain_count && state->count < MIGRATE_CHAINS_MAX; i++) {
        if (chains[i].database == database) {
            state->positions[state->count++] =
                (struct migrate_position){.chain = &chains[i], .at = -1, .skipped = chains[i].legacy};
        }
    }
    if (strcmp(encoding, "UTF8") != 0) {
        judge(state, MIGRATE_FOREIGN,
              "has the encoding %s, and this version needs UTF8: dump it, make a database with ENCODING 'UTF8' and "
              "restore it into that",
              encoding);
        return OK;
    }
    if (!filled) {
        judge(state, MIGRATE_EMPTY, "is empty");
        return OK;
    }
    if (read_chains(db, state, enterprise, &judged))
        return failed(db, database, error);
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
