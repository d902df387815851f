/* Plans a run from one snapshot of each database. */
#include "migrate/plan.h"

#include <string.h>
#include <talloc.h>

#include "migrate/privileges.h"
#include "migrate/statements.h"

enum { NAMES_MAX = 64 << 10, TABLES_MAX = 512 };

/* State of planning one database. */
struct look {
    struct db *db;
    void *arena;
    const struct migrate_options *options;
    struct plan_database *found;
};

static const struct revision *revision_of(const struct migrate_step *step)
{
    return &step->chain->revisions[step->at];
}

static const struct script *script_of(const struct look *look, const struct migrate_step *step)
{
    return &revision_of(step)->up[look->options->enterprise ? EDITION_EE : EDITION_OSS];
}

/* Counts how often each outcome occurs. */
static void count_outcomes(struct plan_decision *answer)
{
    int column = PQnfields(answer->result.pg) - 2;
    int rows = result_rows(&answer->result);

    for (int row = 0; row < rows; row++) {
        const char *word = result_text(&answer->result, row, column);
        size_t i = 0;

        if (!word)
            continue;
        while (i < answer->outcome_count && strcmp(answer->outcomes[i].word, word) != 0)
            i++;
        if (i == PLAN_OUTCOMES_MAX)
            continue;
        if (i == answer->outcome_count)
            answer->outcomes[answer->outcome_count++].word = word;
        answer->outcomes[i].rows++;
    }
}

static enum err decide(struct look *look, size_t number, const struct migrate_step *step)
{
    struct plan_decision *answer = &look->found->decisions[look->found->decision_count];

    TRY(migrate_decide(look->db, &decisions[number], look->options->enterprise, &answer->result));
    if (!result_keep(&answer->result, look->arena))
        return ERR_MEMORY;
    answer->decision = &decisions[number];
    answer->step = step;
    count_outcomes(answer);
    if (answer->decision->kind == DECISION_CHANGE && acceptance_step_deletes(step, look->options->enterprise))
        losses_add(&look->found->losses, number, &answer->result);
    look->found->decision_count++;
    return OK;
}

/* Runs each decision once, for the first step that uses it. */
static enum err decide_all(struct look *look)
{
    struct plan_database *found = look->found;
    bool *done = talloc_zero_array(look->arena, bool, (unsigned)decision_count + 1);
    enum err err = OK;

    found->decisions = talloc_zero_array(look->arena, struct plan_decision, (unsigned)decision_count + 1);
    if (!done || !found->decisions)
        return ERR_MEMORY;
    for (size_t i = 0; i < found->count && !err; i++) {
        const struct migrate_step *step = &found->steps[i];

        if (acceptance_is_uncounted(step, look->options->enterprise))
            found->losses.any = true;
        for (size_t k = 0; k < decision_count && !err; k++) {
            if (done[k] || !decision_is_for(&decisions[k], step->chain, revision_of(step), false) ||
                !decisions[k].sql[look->options->enterprise ? EDITION_EE : EDITION_OSS])
                continue;
            done[k] = true;
            err = decide(look, k, step);
        }
    }
    return err;
}

static void add_lock(struct plan_database *found, const struct script_lock *lock, const char *revision)
{
    size_t i = 0;

    while (i < found->table_count && strcmp(found->tables[i].name, lock->table) != 0)
        i++;
    if (i == TABLES_MAX)
        return;
    if (i == found->table_count)
        found->tables[found->table_count++] = (struct plan_table){.name = lock->table};
    if (lock->mode > found->tables[i].mode) {
        found->tables[i].mode = lock->mode;
        found->tables[i].revision = revision;
    }
}

/* Collects locks and hazards of all statements. */
static void judge_statements(struct look *look)
{
    struct plan_database *found = look->found;

    for (size_t i = 0; i < found->count; i++) {
        const struct script *script = script_of(look, &found->steps[i]);

        for (size_t k = 0; k < script->count; k++) {
            const struct script_statement *statement = &script->statements[k];

            found->hazards |= statement->hazards;
            for (size_t l = 0; l < statement->lock_count; l++)
                add_lock(found, &statement->locks[l], revision_of(&found->steps[i])->id);
        }
    }
}

/* Keeps the tables that exist, ordered by name, and counts their rows. */
static enum err count_rows(struct look *look)
{
    struct plan_database *found = look->found;
    struct plan_table *existing = talloc_zero_array(look->arena, struct plan_table, TABLES_MAX);
    struct buffer names = buffer_make(look->arena, NAMES_MAX);
    struct result result;
    size_t count = 0;

    buffer_char(&names, '{');
    for (size_t i = 0; i < found->table_count; i++)
        buffer_format(&names, "%s\"%s\"", i > 0 ? "," : "", found->tables[i].name);
    buffer_char(&names, '}');
    if (!existing || !buffer_string(&names))
        return ERR_MEMORY;
    TRY(DB_RUN(look->db, plan_tables, &result, param_text(buffer_string(&names))));
    for (int row = 0; row < result_rows(&result); row++) {
        for (size_t i = 0; i < found->table_count; i++) {
            if (strcmp(found->tables[i].name, result_text(&result, row, PLAN_TABLES_NAME)) != 0)
                continue;
            existing[count] = found->tables[i];
            existing[count].rows = result_int(&result, row, PLAN_TABLES_ROWS);
            existing[count++].exact = result_bool(&result, row, PLAN_TABLES_EXACT);
        }
    }
    result_clear(&result);
    found->tables = existing;
    found->table_count = count;
    return OK;
}

/* The present revision of the chain that continues, or of the chain before it. */
static const char *revision_now(const struct plan_database *found)
{
    const char *now = "agenta";

    if (found->count > 0 && found->steps[0].chain->ours && found->steps[0].at == 0)
        return now;
    for (size_t i = 0; i < found->state.count; i++) {
        const struct migrate_position *position = &found->state.positions[i];

        if (!position->skipped && position->found[0] != '\0')
            now = position->found;
        if (found->count > 0 && position->chain == found->steps[0].chain)
            break;
    }
    return now;
}

/* Finds how far back `migrate down` could go afterwards. */
static void find_floor(struct look *look)
{
    struct plan_database *found = look->found;

    for (size_t i = found->count; i > 0; i--) {
        const struct revision *revision = revision_of(&found->steps[i - 1]);
        bool gone = look->options->legacy == MIGRATE_DROP &&
                    acceptance_step_deletes(&found->steps[i - 1], look->options->enterprise);

        if (revision->down && !gone)
            continue;
        found->floor = revision->id;
        found->floor_reason = revision->down ? "what it takes away is not kept with --legacy drop" : revision->stays;
        return;
    }
    found->back = true;
    found->floor = revision_now(found);
}

/* A plan only reports missing privileges. Only a missing SELECT privilege is an error. */
static enum err look_at_data(struct look *look)
{
    struct plan_database *found = look->found;
    TRY(migrate_check_privileges(look->db, found->steps, found->count, look->options->enterprise, look->arena,
                                 &found->lacks));
    return decide_all(look);
}

static enum err look_inside(struct look *look, enum database database, struct error *error)
{
    struct plan_database *found = look->found;
    enum err err = db_script(look->db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", NULL);

    if (!err)
        err = migrate_set_options(look->db, look->options);
    if (err)
        return error_set(error, err, "%s", db_error(look->db)->cause);
    TRY(migrate_state(look->db, database, look->options->enterprise, look->options->target, &found->state, error));
    if (!migrate_can_go_up(found->state.condition))
        return error_set(error, ERR_REFUSED, "%s", found->state.sentence);
    found->count = migrate_steps_until(
        found->steps, migrate_steps_up(&found->state, look->options->enterprise, look->options->target, found->steps),
        look->options->to);
    judge_statements(look);
    find_floor(look);
    if (found->state.condition != MIGRATE_BEHIND) /* the database is empty, or nothing is to do */
        found->table_count = 0;
    else
        err = look_at_data(look);
    if (err && found->lacks)
        return error_set(error, ERR_REFUSED, "the %s database: %s", migrate_database_name(database), found->lacks);
    if (!err)
        err = count_rows(look);
    found->opens_signup = acceptance_opens_signup(found->steps, found->count);
    if (!err && found->opens_signup)
        err = signup_impact_read(look->db, look->arena, &found->impact);
    return !err ? OK : error_set(error, err, "%s", err == ERR_MEMORY ? "no memory" : db_error(look->db)->cause);
}

enum err plan_make(struct db *const dbs[DATABASE_COUNT], const struct migrate_options *options, void *arena,
                   struct plan **plan, struct error *error)
{
    enum err err = migrate_check_options(options, error);

    *plan = talloc_zero(arena, struct plan);
    if (!*plan)
        return error_set(error, ERR_MEMORY, "no memory");
    (*plan)->options = options;
    for (int i = 0; i < DATABASE_COUNT && !err; i++) {
        struct look look = {.db = dbs[i], .arena = *plan, .options = options, .found = &(*plan)->databases[i]};
        struct error cause = {0};

        look.found->tables = talloc_zero_array(*plan, struct plan_table, TABLES_MAX);
        err = look.found->tables ? db_begin(dbs[i]) : ERR_MEMORY;
        if (!err)
            err = look_inside(&look, (enum database)i, &cause);
        else
            (void)error_set(&cause, err, "%s", db_error(dbs[i])->cause);
        db_rollback(dbs[i]); /* nothing was written */
        if (err == ERR_REFUSED)
            *error = cause;
        else if (err)
            (void)error_set(error, err, "the %s database cannot be looked at: %.400s",
                            migrate_database_name((enum database)i), cause.cause);
    }
    return err;
}

bool plan_is_obstructed(const struct plan *plan)
{
    for (int i = 0; i < DATABASE_COUNT; i++) {
        for (size_t k = 0; k < plan->databases[i].decision_count; k++) {
            const struct plan_decision *answer = &plan->databases[i].decisions[k];

            if (answer->decision->kind == DECISION_OBSTACLE && result_rows(&answer->result) > 0)
                return true;
        }
    }
    return false;
}

bool plan_needs_losses(const struct plan *plan)
{
    return plan->databases[DATABASE_CORE].losses.any || plan->databases[DATABASE_TRACING].losses.any;
}

bool plan_needs_signup(const struct plan *plan)
{
    const struct plan_database *core = &plan->databases[DATABASE_CORE];

    return core->opens_signup && core->impact.users > 0 && !plan->options->access_restricted;
}
