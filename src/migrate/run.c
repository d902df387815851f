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
                               "SET LOCAL datestyle = 'ISO';"
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

static const struct revision *revision_of(const struct migrate_step *step)
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

enum err migrate_set_options(struct db *db, const struct migrate_options *options)
{
    const char *plan = options->default_plan;
    enum err err = db_script(db, settings, NULL);

    if (err != OK)
        return err;
    return DB_RUN(db, migrate_set_run, NULL, param_text(plan != NULL && plan[0] != '\0' ? plan : DEFAULT_PLAN),
                  param_text(options->legacy == MIGRATE_DROP ? "drop" : "archive"),
                  param_text(options->everyone != NULL ? options->everyone : ""),
                  param_text(options->strict ? "true" : "false"),
                  param_text(options->target == MIGRATE_TO_AGENTA && options->legacy == MIGRATE_DROP ? "true" : "false"));
}

enum err migrate_decide(struct db *db, const struct decision *decision, bool enterprise, struct result *result)
{
    return db_script(db, decision->sql[enterprise ? EDITION_EE : EDITION_OSS], result);
}

static enum err begin(struct run *run)
{
    if (db_begin(run->db) != OK || migrate_set_options(run->db, run->options) != OK)
        return failed(run, "no transaction");
    return OK;
}

static enum err script(struct run *run, const char *sql, const struct migrate_step *step)
{
    if (sql[0] == '\0' || db_script(run->db, sql, NULL) == OK)
        return OK;
    return failed(run, revision_of(step)->id);
}

static enum err run_script(struct run *run, const struct script *script, const struct migrate_step *step)
{
    for (size_t i = 0; i < script->count; i++) {
        const struct script_statement *statement = &script->statements[i];

        if (db_script(run->db, statement->sql, NULL) != OK)
            return failed(run, revision_of(step)->id);
    }
    return OK;
}

/* Moves the version row, which must be the one expected. */
static enum err version(struct run *run, const char *sql, const struct migrate_step *step)
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
static enum err apply(struct run *run, const struct migrate_step *step)
{
    const struct revision *revision = revision_of(step);
    enum err err;

    if (!step->down) {
        err = script(run, revision->prepare, step);
        if (err == OK)
            err = run_script(run, &revision->up[run->options->enterprise ? EDITION_EE : EDITION_OSS], step);
        return err == OK ? version(run, revision->arrive, step) : err;
    }
    err = run_script(run, revision->down, step);
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
static enum err transaction(struct run *run, const struct migrate_step *steps, size_t count)
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
static enum err patient_transaction(struct run *run, const struct migrate_step *steps, size_t count)
{
    for (int attempt = 0;; attempt++) {
        enum err err = transaction(run, steps, count);

        if (err != ERR_BUSY || !migrate_try_again(run->db, run->sqlstate, attempt, run->options, run->deadline))
            return err;
    }
}

/* One transaction for each of `steps`, which are told. */
static enum err one_by_one(struct run *run, const struct migrate_step *steps, size_t count)
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

/* One obstacle; what it finds is the reason to refuse. */
static enum err ask_obstacle(struct run *run, const struct decision *decision)
{
    struct result result;
    enum err err = OK;

    if (migrate_decide(run->db, decision, run->options->enterprise, &result) != OK)
        return failed(run, decision->name);
    if (result_rows(&result) > 0) {
        const char *reason = result_text(&result, 0, PQnfields(result.pg) - 1);

        err = error_set(run->error, ERR_REFUSED, "the %s database: %s", migrate_database_name(run->database),
                        reason != NULL ? reason : decision->what);
    }
    result_clear(&result);
    return err;
}

/* Looks for what stands in the way of any of `steps`, before the first of them. */
static enum err look_for_obstacles(struct run *run, const struct migrate_step *steps, size_t count)
{
    enum err err = begin(run);

    for (size_t i = 0; i < count * decision_count && err == OK; i++) {
        const struct migrate_step *step = &steps[i / decision_count];
        const struct decision *decision = &decisions[i % decision_count];

        if (decision->kind == DECISION_OBSTACLE &&
            decision_is_for(decision, step->chain, revision_of(step), step->down))
            err = ask_obstacle(run, decision);
    }
    db_rollback(run->db);
    return err;
}

/* With the lock held. */
static enum err up_locked(struct run *run, struct migrate_step *steps)
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
    count = migrate_steps_up(&run->state, run->options->enterprise, run->options->target, steps);
    if (run->state.condition == MIGRATE_EMPTY) {
        err = patient_transaction(run, steps, count);
        if (err == OK) {
            migrate_tell(run->options, "the %s database (%s) is initialized", migrate_database_name(run->database),
                         run->state.name);
        }
        return err;
    }
    err = look_for_obstacles(run, steps, count);
    return err == OK ? one_by_one(run, steps, count) : err;
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
    struct migrate_step steps[REVISIONS_MAX];
    bool idle = true;

    if (options->strict && options->target != MIGRATE_TO_AGENTA) {
        return error_set(error, ERR_USAGE,
                         "what v0.104.0 does with members and projects can break rules that orgd's own chain holds, so "
                         "it is only for comparison: add --to agenta");
    }
    prepare_runs(runs, dbs, options, error);
    for (int i = 0; i < DATABASE_COUNT; i++) {
        enum err err = read_state(&runs[i]);

        if (err != OK)
            return err;
        if (!can_go_up(runs[i].state.condition))
            return refuse(&runs[i]);
        if (runs[i].state.condition == MIGRATE_BEHIND && !options->only_empty) {
            err = look_for_obstacles(&runs[i], steps,
                                     migrate_steps_up(&runs[i].state, options->enterprise, options->target, steps));
            if (err != OK)
                return err;
        }
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

/* Looks before anything is touched: can each step be undone? */
static enum err check_down(struct run *run, const char *revision, bool *known)
{
    struct migrate_step steps[REVISIONS_MAX];
    size_t count;
    enum err err = read_state(run);

    if (err != OK)
        return err;
    if (run->state.condition != MIGRATE_CURRENT && run->state.condition != MIGRATE_BEHIND)
        return refuse(run);
    if (!migrate_steps_down(&run->state, revision, steps, &count))
        return OK;
    *known = true;
    for (size_t i = 0; i < count; i++) {
        if (revision_of(&steps[i])->down == NULL) {
            return error_set(run->error, ERR_REFUSED, "the %s database: %s cannot be undone: %s",
                             migrate_database_name(run->database), revision_of(&steps[i])->id,
                             revision_of(&steps[i])->stays);
        }
    }
    return look_for_obstacles(run, steps, count);
}

/* With the lock held. */
static enum err down_locked(struct run *run, const char *revision)
{
    struct migrate_step steps[REVISIONS_MAX];
    size_t count;
    bool known = false;
    enum err err = check_down(run, revision, &known);

    if (err != OK || !migrate_steps_down(&run->state, revision, steps, &count))
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
