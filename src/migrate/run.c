/* Runs the revisions of the chains over the databases, up and down. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "migrate/execute.h"
#include "migrate/lock.h"
#include "migrate/migrate.h"
#include "migrate/privileges.h"
#include "migrate/run_acceptance.h"
#include "migrate/statements.h"

#define BLOCKER_SIZE 400
#define WHERE_SIZE 120
#define DEFAULT_PLAN "self_hosted_enterprise"

static const char settings[] = "SET LOCAL search_path = public;"
                               "SET LOCAL client_min_messages = warning;"
                               "SET LOCAL statement_timeout = 0;"
                               "SET LOCAL idle_in_transaction_session_timeout = 0;"
                               "SET LOCAL check_function_bodies = on;"
                               /* Otherwise foreign keys and triggers do not fire. Set only if different: SET needs a
                                * privilege even for the current value. */
                               "SELECT pg_catalog.set_config('session_replication_role', 'origin', true)"
                               " WHERE pg_catalog.current_setting('session_replication_role') <> 'origin';"
                               "SET LOCAL row_security = off;" /* fail rather than skip hidden rows */
                               "SET LOCAL work_mem = '128MB';"
                               "SET LOCAL lock_timeout = '3s';"
                               "SET CONSTRAINTS ALL IMMEDIATE";

/* State of one run over one database. */
struct run {
    struct db *db;
    enum database database;
    const struct migrate_options *options;
    int64_t deadline; /* for lock waits */
    struct error *error;
    struct migrate_state state;
    char sqlstate[6];                      /* of the last failure */
    const struct script_statement *failed; /* the failed statement, or NULL */
};

static const struct revision *revision_of(const struct migrate_step *step)
{
    return &step->chain->revisions[step->at];
}

/* Saves the error, with its place, before the rollback. */
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

    TRY(db_script(db, settings, NULL));
    return DB_RUN(
        db, migrate_set_run, NULL, param_text(plan != NULL && plan[0] != '\0' ? plan : DEFAULT_PLAN),
        param_text(options->legacy == MIGRATE_DROP ? "drop" : "archive"),
        param_text(options->everyone != NULL ? options->everyone : ""), param_text(options->strict ? "true" : "false"),
        param_text(options->target == MIGRATE_TO_AGENTA && options->legacy == MIGRATE_DROP ? "true" : "false"));
}

enum err migrate_decide(struct db *db, const struct decision *decision, bool enterprise, struct result *result)
{
    return db_script(db, decision->sql[enterprise ? EDITION_EE : EDITION_OSS], result);
}

static enum err begin(struct run *run)
{
    if (db_begin(run->db) || migrate_set_options(run->db, run->options))
        return failed(run, "no transaction");
    return OK;
}

static enum err script(struct run *run, const char *sql, const struct migrate_step *step)
{
    if (sql[0] == '\0' || !db_script(run->db, sql, NULL))
        return OK;
    return failed(run, revision_of(step)->id);
}

static enum err stopped(struct run *run)
{
    return error_set(run->error, ERR_STOPPING, "the %s database: stopped", migrate_database_name(run->database));
}

static enum err run_script(struct run *run, const struct script *script, const struct migrate_step *step)
{
    struct progress_view place = {.database = migrate_database_name(run->database), .revision = revision_of(step)->id};
    enum err err = migrate_execute(run->db, script, place, run->options->progress, &run->failed);

    if (err == ERR_STOPPING)
        return stopped(run);
    return err ? failed(run, revision_of(step)->id) : OK;
}

/* Moves the version row, which must have the expected value. */
static enum err version(struct run *run, const char *sql, const struct migrate_step *step)
{
    struct result result;
    bool one;

    if (db_script(run->db, sql, &result))
        return failed(run, revision_of(step)->id);
    one = strcmp(PQcmdTuples(result.pg), "1") == 0;
    result_clear(&result);
    if (!one) {
        return error_set(run->error, ERR_DATABASE, "the %s database: %s has changed meanwhile; run the migration again",
                         migrate_database_name(run->database), step->chain->table);
    }
    return OK;
}

/* Runs a step; a transaction is open. */
static enum err apply(struct run *run, const struct migrate_step *step)
{
    const struct revision *revision = revision_of(step);

    if (!step->down) {
        TRY(script(run, revision->prepare, step));
        TRY(run_script(run, &revision->up[run->options->enterprise ? EDITION_EE : EDITION_OSS], step));
        return version(run, revision->arrive, step);
    }
    TRY(run_script(run, revision->down, step));
    TRY(version(run, revision->leave, step));
    if (step->at == 0)
        TRY(script(run, step->chain->remove, step));
    return OK;
}

static enum err commit(struct run *run)
{
    return !db_commit(run->db) ? OK : failed(run, "commit");
}

/* Runs all of `steps` in one transaction. */
static enum err transaction(struct run *run, const struct migrate_step *steps, size_t count)
{
    enum err err = begin(run);

    run->sqlstate[0] = '\0';
    run->failed = NULL;
    for (size_t i = 0; i < count && !err; i++)
        err = apply(run, &steps[i]);
    if (!err)
        err = commit(run);
    if (err)
        db_rollback(run->db);
    return err;
}

static bool is_lock(const struct run *run)
{
    return strcmp(run->sqlstate, "55P03") == 0 && !progress_is_stopped(run->options->progress);
}

/* The error after waiting too long for a lock. */
static enum err blocked(struct run *run)
{
    char blocker[BLOCKER_SIZE] = "";

    if (db_connected(run->db))
        migrate_name_blocker(run->db, run->failed, blocker, sizeof blocker);
    return error_set(run->error, ERR_BUSY, "the %s database: %s; end that or wait for it, and run this again",
                     migrate_database_name(run->database),
                     blocker[0] != '\0' ? blocker : "a table is locked by somebody");
}

/* Like run_transaction, repeated while a lock is held by others and the deadline has not passed. */
static enum err patient_transaction(struct run *run, const struct migrate_step *steps, size_t count)
{
    for (int attempt = 0;; attempt++) {
        enum err err = transaction(run, steps, count);

        if (err == ERR_BUSY &&
            migrate_try_again(run->db, run->sqlstate, attempt, run->failed, run->options, run->deadline))
            continue;
        return err == ERR_BUSY && is_lock(run) ? blocked(run) : err;
    }
}

static void report_step(struct run *run, const struct migrate_step *step)
{
    migrate_report(run->options, "the %s database: %s %s", migrate_database_name(run->database),
                   step->down ? "undone" : "applied", revision_of(step)->id);
}

/* Runs each of `steps` in its own transaction, and reports it. */
static enum err one_by_one(struct run *run, const struct migrate_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        TRY(patient_transaction(run, &steps[i], 1));
        report_step(run, &steps[i]);
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

/* Runs the query of one obstacle; a row is the reason to refuse. */
static enum err ask_obstacle(struct run *run, const struct decision *decision)
{
    struct result result;
    enum err err = OK;

    if (migrate_decide(run->db, decision, run->options->enterprise, &result))
        return failed(run, decision->name);
    if (result_rows(&result) > 0) {
        const char *reason = result_text(&result, 0, PQnfields(result.pg) - 1);

        err = error_set(run->error, ERR_REFUSED, "the %s database: %s", migrate_database_name(run->database),
                        reason != NULL ? reason : decision->what);
    }
    result_clear(&result);
    return err;
}

/* Refuses when the role lacks a privilege. */
static enum err ask_access(struct run *run, const struct migrate_step *steps, size_t count)
{
    void *arena = talloc_new(NULL);
    const char *lacks = NULL;
    enum err err = migrate_check_privileges(run->db, steps, count, run->options->enterprise, arena, &lacks);

    if (err) {
        err = failed(run, "the rights of the role");
    } else if (lacks) {
        err = error_set(run->error, ERR_REFUSED, "the %s database: %s", migrate_database_name(run->database), lacks);
    }
    (void)talloc_free(arena);
    return err;
}

/* Checks the obstacles of all of `steps` before the first step runs. */
static enum err look_for_obstacles(struct run *run, const struct migrate_step *steps, size_t count)
{
    enum err err = begin(run);

    if (!err)
        err = ask_access(run, steps, count);
    for (size_t i = 0; i < count * decision_count && !err; i++) {
        const struct migrate_step *step = &steps[i / decision_count];
        const struct decision *decision = &decisions[i % decision_count];

        if (decision->kind == DECISION_OBSTACLE && decision->sql[run->options->enterprise ? EDITION_EE : EDITION_OSS] &&
            decision_is_for(decision, step->chain, revision_of(step), step->down))
            err = ask_obstacle(run, decision);
    }
    if (!err)
        err = migrate_check_acceptance(run->db, &run->state, steps, count, run->options, run->error);
    db_rollback(run->db);
    return err;
}

static size_t steps_up(const struct run *run, struct migrate_step steps[REVISIONS_MAX])
{
    size_t count = migrate_steps_up(&run->state, run->options->enterprise, run->options->target, steps);

    return migrate_steps_until(steps, count, run->options->to);
}

/* Runs all steps in one transaction, and reports them after the commit. */
static enum err at_once(struct run *run, const struct migrate_step *steps, size_t count)
{
    TRY(patient_transaction(run, steps, count));
    if (run->state.condition == MIGRATE_EMPTY) {
        migrate_report(run->options, "the %s database (%s) is initialized", migrate_database_name(run->database),
                       run->state.name);
        return OK;
    }
    for (size_t i = 0; i < count; i++)
        report_step(run, &steps[i]);
    return OK;
}

/* Migrates a database up; the advisory lock is held. */
static enum err up_locked(struct run *run, struct migrate_step *steps)
{
    enum err err = read_state(run); /* read again: another runner may have finished meanwhile */
    size_t count;

    if (err)
        return err;
    if (!migrate_can_go_up(run->state.condition))
        return refuse(run);
    if (run->state.condition == MIGRATE_CURRENT ||
        (run->options->only_empty && run->state.condition != MIGRATE_EMPTY)) {
        return OK;
    }
    count = steps_up(run, steps);
    if (count == 0)
        return OK;
    if (run->state.condition == MIGRATE_EMPTY)
        return at_once(run, steps, count);
    TRY(look_for_obstacles(run, steps, count));
    return run->options->atomic ? at_once(run, steps, count) : one_by_one(run, steps, count);
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

/* Checks a database without the lock, before any is changed. */
static enum err look_first(struct run *run, bool *idle)
{
    struct migrate_step steps[REVISIONS_MAX];
    enum err err = read_state(run);
    size_t count;

    if (err)
        return err;
    if (!migrate_can_go_up(run->state.condition))
        return refuse(run);
    count = steps_up(run, steps);
    *idle = *idle && count == 0;
    if (run->state.condition != MIGRATE_BEHIND || run->options->only_empty)
        return OK;
    return look_for_obstacles(run, steps, count);
}

/* Checks that each step can be undone, before any is. */
static enum err check_down(struct run *run, const char *revision, bool *known)
{
    struct migrate_step steps[REVISIONS_MAX];
    size_t count;

    TRY(read_state(run));
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

/* Migrates a database down; the advisory lock is held. */
static enum err down_locked(struct run *run, const char *revision)
{
    struct migrate_step steps[REVISIONS_MAX];
    size_t count;
    bool known = false;
    enum err err = check_down(run, revision, &known);

    if (err || !migrate_steps_down(&run->state, revision, steps, &count))
        return err;
    return at_once(run, steps, count); /* a dependent object fails the whole transaction */
}

/* Migrates one database under the advisory lock. */
static enum err with_lock(struct run *run, const char *down_to)
{
    struct migrate_step steps[REVISIONS_MAX];
    struct progress *progress = run->options->progress;
    enum err err;

    progress_use(progress, run->db);
    err = migrate_lock_database(run->db, run->database, run->options, run->deadline, run->error);
    if (!err) {
        err = down_to ? down_locked(run, down_to) : up_locked(run, steps);
        progress_use(progress, NULL);
        migrate_unlock_database(run->db);
    }
    progress_use(progress, NULL);
    return err;
}

/* Reports the state in which a stopped run left the databases. */
static enum err stopped_at(struct run runs[DATABASE_COUNT])
{
    char where[DATABASE_COUNT][WHERE_SIZE];
    struct error ignored;

    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct run *run = &runs[i];
        size_t len = 0;
        /* a late cancel request may have hit the rollback and closed the connection */
        enum err err = db_connect(run->db, &ignored);

        if (!err)
            err = migrate_state(run->db, run->database, run->options->enterprise, run->options->target, &run->state,
                                &ignored);
        where[i][0] = '\0';
        for (size_t k = 0; k < run->state.count && !err && len < WHERE_SIZE; k++) {
            const char *found = run->state.positions[k].found;

            if (found[0] != '\0' && !strstr(where[i], found))
                len += (size_t)snprintf(where[i] + len, WHERE_SIZE - len, "%s%s", len > 0 ? " " : "", found);
        }
        if (len == 0)
            (void)snprintf(where[i], WHERE_SIZE, "%s", !err ? "nothing, it is empty" : "an unknown revision");
    }
    return error_set(
        runs[0].error, ERR_STOPPING,
        "stopped, and what was under way is rolled back; the core database has %s, the tracing database has "
        "%s; run the same command again to go on from there",
        where[DATABASE_CORE], where[DATABASE_TRACING]);
}

enum err migrate_up(struct db *const dbs[DATABASE_COUNT], const struct migrate_options *options, struct error *error)
{
    struct run runs[DATABASE_COUNT];
    bool idle = true;
    enum err err = migrate_check_options(options, error);

    prepare_runs(runs, dbs, options, error);
    for (int i = 0; i < DATABASE_COUNT && !err; i++)
        err = look_first(&runs[i], &idle);
    for (int i = 0; i < DATABASE_COUNT && !err && !idle; i++)
        err = with_lock(&runs[i], NULL);
    return err && progress_is_stopped(options->progress) ? stopped_at(runs) : err;
}

enum err migrate_down(struct db *const dbs[DATABASE_COUNT], const char *revision, const struct migrate_options *options,
                      struct error *error)
{
    struct run runs[DATABASE_COUNT];
    bool known = false;

    prepare_runs(runs, dbs, options, error);
    for (int i = 0; i < DATABASE_COUNT; i++) {
        enum err err = check_down(&runs[i], revision, &known);

        if (err)
            return err;
    }
    if (!known) {
        return error_set(error, ERR_USAGE, "%s is not a revision that these databases have; see `orgd migrate history`",
                         revision);
    }
    for (int i = DATABASE_COUNT - 1; i >= 0; i--) {
        enum err err = with_lock(&runs[i], revision);

        if (err)
            return progress_is_stopped(options->progress) ? stopped_at(runs) : err;
    }
    return OK;
}
