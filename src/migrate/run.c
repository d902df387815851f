/* Runs the revisions of the chains over the databases, up and down. */
#include <stdio.h>
#include <string.h>

#include "migrate/lock.h"
#include "migrate/migrate.h"
#include "statements.h"

#define DEFAULT_PLAN "self_hosted_enterprise"

static const char settings[] = "SET LOCAL search_path = public;"
                               "SET LOCAL client_min_messages = warning;"
                               "SET LOCAL statement_timeout = 0;"
                               "SET LOCAL idle_in_transaction_session_timeout = 0;"
                               "SET LOCAL check_function_bodies = on;"
                               "SET LOCAL lock_timeout = '3s'";

/* One database, one run. */
struct run {
    struct db *db;
    enum database database;
    const struct migrate_options *options;
    int64_t deadline; /* of waiting for locks */
    struct error *error;
    struct migrate_state state;
    char sqlstate[6]; /* of the last failure */
};

/* One revision, one direction. */
struct step {
    const struct chain *chain;
    size_t at;
    bool down;
};

static const struct revision *revision_of(const struct step *step)
{
    return &step->chain->revisions[step->at];
}

/* Keeps what went wrong before the rollback, and says where. */
static enum err failed(struct run *run, const char *what)
{
    struct error cause = *db_error(run->db);

    (void)snprintf(run->sqlstate, sizeof run->sqlstate, "%s", db_sqlstate(run->db));
    return error_set(run->error, cause.code, "the %s database: %s: %s", migrate_database_name(run->database), what,
                     cause.cause);
}

static enum err begin(struct run *run)
{
    const char *plan = run->options->default_plan;

    if (db_begin(run->db) != OK || db_script(run->db, settings, NULL) != OK)
        return failed(run, "no transaction");
    if (plan == NULL || plan[0] == '\0')
        plan = DEFAULT_PLAN;
    if (DB_RUN(run->db, migrate_set_plan, NULL, param_text(plan)) != OK)
        return failed(run, "no transaction");
    return OK;
}

static enum err script(struct run *run, const char *sql, const struct step *step)
{
    if (sql[0] == '\0' || db_script(run->db, sql, NULL) == OK)
        return OK;
    return failed(run, revision_of(step)->id);
}

/* Moves the version row, which must be the one expected. */
static enum err version(struct run *run, const char *sql, const struct step *step)
{
    struct result result;
    bool one;

    if (db_script(run->db, sql, &result) != OK)
        return failed(run, revision_of(step)->id);
    one = strcmp(PQcmdTuples(result.pg), "1") == 0;
    result_clear(&result);
    if (!one) {
        return error_set(run->error, ERR_DATABASE, "the %s database: %s has changed meanwhile; run the migration again",
                         migrate_database_name(run->database), step->chain->table);
    }
    return OK;
}

/* Inside a transaction. */
static enum err apply(struct run *run, const struct step *step)
{
    const struct revision *revision = revision_of(step);
    enum err err;

    if (!step->down) {
        err = script(run, revision->prepare, step);
        if (err == OK)
            err = script(run, revision->up[run->options->enterprise ? EDITION_EE : EDITION_OSS], step);
        return err == OK ? version(run, revision->arrive, step) : err;
    }
    err = script(run, revision->down, step);
    if (err == OK)
        err = version(run, revision->leave, step);
    if (err == OK && step->at == 0)
        err = script(run, step->chain->remove, step);
    return err;
}

static enum err commit(struct run *run)
{
    return db_commit(run->db) == OK ? OK : failed(run, "commit");
}

/* All of `steps` in one transaction. */
static enum err transaction(struct run *run, const struct step *steps, size_t count)
{
    enum err err = begin(run);

    run->sqlstate[0] = '\0';
    for (size_t i = 0; i < count && err == OK; i++)
        err = apply(run, &steps[i]);
    if (err == OK)
        err = commit(run);
    if (err != OK)
        db_rollback(run->db);
    return err;
}

/* The same, again while a lock is in the way and there is time. */
static enum err patient_transaction(struct run *run, const struct step *steps, size_t count)
{
    for (int attempt = 0;; attempt++) {
        enum err err = transaction(run, steps, count);

        if (err != ERR_BUSY || !migrate_try_again(run->db, run->sqlstate, attempt, run->options, run->deadline))
            return err;
    }
}

/* One transaction for each of `steps`, which are told. */
static enum err one_by_one(struct run *run, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = patient_transaction(run, &steps[i], 1);

        if (err != OK)
            return err;
        migrate_tell(run->options, "the %s database: %s %s", migrate_database_name(run->database),
                     steps[i].down ? "undone" : "applied", revision_of(&steps[i])->id);
    }
    return OK;
}

/* What is missing, in order of execution. */
static size_t steps_up(const struct run *run, struct step steps[REVISIONS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < run->state.count; i++) {
        const struct migrate_position *position = &run->state.positions[i];

        if (!migrate_runs(position->chain, run->options->enterprise, run->options->target))
            continue;
        for (int at = position->at + 1; at < (int)position->chain->count; at++) {
            steps[count++] = (struct step){.chain = position->chain, .at = (size_t)at};
        }
    }
    return count;
}

static enum err read_state(struct run *run)
{
    return migrate_state(run->db, run->database, run->options->enterprise, run->options->target, &run->state,
                         run->error);
}

static enum err refuse(struct run *run)
{
    return error_set(run->error, ERR_REFUSED, "%s", run->state.sentence);
}

static bool can_go_up(enum migrate_condition condition)
{
    return condition == MIGRATE_EMPTY || condition == MIGRATE_CURRENT || condition == MIGRATE_BEHIND;
}

/* With the lock held. */
static enum err up_locked(struct run *run, struct step *steps)
{
    enum err err = read_state(run); /* again: another runner may just have finished */
    size_t count;

    if (err != OK)
        return err;
    if (!can_go_up(run->state.condition))
        return refuse(run);
    if (run->state.condition == MIGRATE_CURRENT ||
        (run->options->only_empty && run->state.condition != MIGRATE_EMPTY)) {
        return OK;
    }
    count = steps_up(run, steps);
    if (run->state.condition == MIGRATE_EMPTY) {
        err = patient_transaction(run, steps, count);
        if (err == OK) {
            migrate_tell(run->options, "the %s database (%s) is initialized", migrate_database_name(run->database),
                         run->state.name);
        }
        return err;
    }
    return one_by_one(run, steps, count);
}

static void prepare_runs(struct run runs[DATABASE_COUNT], struct db *const dbs[DATABASE_COUNT],
                         const struct migrate_options *options, struct error *error)
{
    int64_t deadline = migrate_deadline(options);

    for (int i = 0; i < DATABASE_COUNT; i++) {
        runs[i] = (struct run){
            .db = dbs[i], .database = (enum database)i, .options = options, .deadline = deadline, .error = error};
    }
}

enum err migrate_up(struct db *const dbs[DATABASE_COUNT], const struct migrate_options *options, struct error *error)
{
    struct run runs[DATABASE_COUNT];
    struct step steps[REVISIONS_MAX];
    bool idle = true;

    prepare_runs(runs, dbs, options, error);
    for (int i = 0; i < DATABASE_COUNT; i++) {
        enum err err = read_state(&runs[i]);

        if (err != OK)
            return err;
        if (!can_go_up(runs[i].state.condition))
            return refuse(&runs[i]);
        idle = idle && runs[i].state.condition == MIGRATE_CURRENT;
    }
    for (int i = 0; i < DATABASE_COUNT && !idle; i++) {
        enum err err = migrate_lock_database(dbs[i], runs[i].database, options, runs[i].deadline, error);

        if (err != OK)
            return err;
        err = up_locked(&runs[i], steps);
        migrate_unlock_database(dbs[i]);
        if (err != OK)
            return err;
    }
    return OK;
}

/* The position in `state` of the chain that has `revision` behind it; -1 when there is none. `at` is the revision's
 * place. */
static int find_target(const struct migrate_state *state, const char *revision, size_t *at)
{
    for (size_t i = 0; i < state->count; i++) {
        for (int k = 0; k <= state->positions[i].at; k++) {
            if (strcmp(state->positions[i].chain->revisions[k].id, revision) == 0) {
                *at = (size_t)k;
                return (int)i;
            }
        }
    }
    return -1;
}

/* What ran after the target, newest first. False when the database does not know the target. */
static bool steps_down(const struct migrate_state *state, const char *revision, struct step steps[REVISIONS_MAX],
                       size_t *count)
{
    bool agenta = strcmp(revision, "agenta") == 0;
    size_t keep = 0;
    int target = agenta ? -1 : find_target(state, revision, &keep);

    *count = 0;
    if (!agenta && target < 0)
        return false;
    for (int i = (int)state->count - 1; i >= 0; i--) {
        const struct migrate_position *position = &state->positions[i];
        int lowest = i == target ? (int)keep + 1 : 0;

        if (i < target || (agenta && !position->chain->ours))
            continue;
        for (int at = position->at; at >= lowest; at--) {
            steps[(*count)++] = (struct step){.chain = position->chain, .at = (size_t)at, .down = true};
        }
    }
    return true;
}

/* Looks before anything is touched: can each step be undone? */
static enum err check_down(struct run *run, const char *revision, bool *known)
{
    struct step steps[REVISIONS_MAX];
    size_t count;
    enum err err = read_state(run);

    if (err != OK)
        return err;
    if (run->state.condition != MIGRATE_CURRENT && run->state.condition != MIGRATE_BEHIND)
        return refuse(run);
    if (!steps_down(&run->state, revision, steps, &count))
        return OK;
    *known = true;
    for (size_t i = 0; i < count; i++) {
        if (revision_of(&steps[i])->down == NULL) {
            return error_set(run->error, ERR_REFUSED, "the %s database: %s cannot be undone: %s",
                             migrate_database_name(run->database), revision_of(&steps[i])->id,
                             revision_of(&steps[i])->stays);
        }
    }
    return OK;
}

/* With the lock held. */
static enum err down_locked(struct run *run, const char *revision)
{
    struct step steps[REVISIONS_MAX];
    size_t count;
    bool known = false;
    enum err err = check_down(run, revision, &known);

    if (err != OK || !steps_down(&run->state, revision, steps, &count))
        return err;
    return one_by_one(run, steps, count);
}

enum err migrate_down(struct db *const dbs[DATABASE_COUNT], const char *revision, const struct migrate_options *options,
                      struct error *error)
{
    struct run runs[DATABASE_COUNT];
    bool known = false;

    prepare_runs(runs, dbs, options, error);
    for (int i = 0; i < DATABASE_COUNT; i++) {
        enum err err = check_down(&runs[i], revision, &known);

        if (err != OK)
            return err;
    }
    if (!known) {
        return error_set(error, ERR_USAGE, "%s is not a revision that these databases have; see `orgd migrate history`",
                         revision);
    }
    for (int i = DATABASE_COUNT - 1; i >= 0; i--) {
        enum err err = migrate_lock_database(dbs[i], runs[i].database, options, runs[i].deadline, error);

        if (err != OK)
            return err;
        err = down_locked(&runs[i], revision);
        migrate_unlock_database(dbs[i]);
        if (err != OK)
            return err;
    }
    return OK;
}
