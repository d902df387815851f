/* Writes a plan as JSON. */
#include <stdlib.h>

#include "base/json.h"
#include "migrate/plan.h"

/* Types of columns, by oid as in pg_type. */
enum { TYPE_BOOL = 16, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_JSON = 114, TYPE_JSONB = 3802 };

static const struct revision *revision_of(const struct migrate_step *step)
{
    return &step->chain->revisions[step->at];
}

static void write_text(struct buffer *out, const char *key, const char *text)
{
    json_key(out, key);
    json_text(out, text);
}

static void write_hazards(unsigned set, struct buffer *out)
{
    json_key(out, "hazards");
    json_open(out, '[');
    for (int i = 0; i < HAZARD_COUNT; i++) {
        if (set >> i & 1U)
            json_text(out, hazards[i].code);
    }
    json_close(out, ']');
}

static void write_statement(const struct script_statement *statement, struct buffer *out)
{
    json_open(out, '{');
    write_text(out, "what", statement->what);
    write_hazards(statement->hazards, out);
    json_key(out, "locks");
    json_open(out, '[');
    for (size_t i = 0; i < statement->lock_count; i++) {
        json_open(out, '{');
        write_text(out, "table", statement->locks[i].table);
        write_text(out, "mode", lock_mode_name(statement->locks[i].mode));
        json_close(out, '}');
    }
    json_close(out, ']');
    write_text(out, "sql", statement->sql);
    json_close(out, '}');
}

static void write_revision(const struct migrate_step *step, bool enterprise, struct buffer *out)
{
    const struct revision *revision = revision_of(step);
    const struct script *script = &revision->up[enterprise ? EDITION_EE : EDITION_OSS];
    unsigned all = 0;

    for (size_t i = 0; i < script->count; i++)
        all |= script->statements[i].hazards;
    json_open(out, '{');
    write_text(out, "chain", step->chain->name);
    write_text(out, "revision", revision->id);
    write_text(out, "what", revision->what);
    json_key(out, "reversible");
    json_bool(out, revision->down != NULL);
    write_hazards(all, out);
    json_key(out, "statements");
    json_open(out, '[');
    for (size_t i = 0; i < script->count; i++) {
        if (script->statements[i].what[0] != '\0')
            write_statement(&script->statements[i], out);
    }
    json_close(out, ']');
    json_close(out, '}');
}

static void write_tables(const struct plan_database *found, struct buffer *out)
{
    json_key(out, "tables");
    json_open(out, '[');
    for (size_t i = 0; i < found->table_count; i++) {
        json_open(out, '{');
        write_text(out, "table", found->tables[i].name);
        write_text(out, "lock", lock_mode_name(found->tables[i].mode));
        write_text(out, "revision", found->tables[i].revision);
        JSON_MEMBERS(out, member_int("rows", found->tables[i].rows), member_bool("exact", found->tables[i].exact));
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_value(const struct result *result, int row, int column, struct buffer *out)
{
    const char *text = result_text(result, row, column);
    Oid type = PQftype(result->pg, column);

    if (!text)
        json_nil(out);
    else if (type == TYPE_BOOL)
        json_bool(out, text[0] == 't');
    else if (type == TYPE_INT8 || type == TYPE_INT4 || type == TYPE_INT2)
        json_int(out, result_int(result, row, column));
    else if (type == TYPE_JSON || type == TYPE_JSONB)
        json_raw_compact(out, text);
    else
        json_text(out, text);
}

static void write_decision(const struct plan_decision *answer, struct buffer *out)
{
    static const char *const kinds[] = {
        [DECISION_CHANGE] = "change", [DECISION_REPORT] = "report", [DECISION_OBSTACLE] = "obstacle"};
    int rows = result_rows(&answer->result);
    int columns = PQnfields(answer->result.pg);

    json_open(out, '{');
    write_text(out, "name", answer->decision->name);
    write_text(out, "kind", kinds[answer->decision->kind]);
    write_text(out, "revision", revision_of(answer->step)->id);
    write_text(out, "what", answer->decision->what);
    json_key(out, "count");
    json_int(out, rows);
    json_key(out, "outcomes");
    json_open(out, '{');
    for (size_t i = 0; i < answer->outcome_count; i++) {
        json_key(out, answer->outcomes[i].word);
        json_int(out, answer->outcomes[i].rows);
    }
    json_close(out, '}');
    json_key(out, "rows");
    json_open(out, '[');
    for (int row = 0; row < rows; row++) {
        json_open(out, '{');
        for (int column = 0; column < columns; column++) {
            json_key(out, PQfname(answer->result.pg, column));
            write_value(&answer->result, row, column, out);
        }
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

static void write_undo(const struct plan_database *found, struct buffer *out)
{
    json_key(out, "undo");
    if (found->count == 0) {
        json_nil(out);
        return;
    }
    json_open(out, '{');
    json_key(out, "complete");
    json_bool(out, found->back);
    write_text(out, "to", found->floor);
    write_text(out, "reason", found->floor_reason);
    json_close(out, '}');
}

static void write_database(const struct plan_database *found, bool enterprise, struct buffer *out)
{
    json_open(out, '{');
    write_text(out, "database", migrate_database_name(found->state.database));
    write_text(out, "name", found->state.name);
    write_text(out, "state", migrate_condition_name(found->state.condition));
    write_text(out, "sentence", found->state.sentence);
    json_key(out, "revisions");
    json_open(out, '[');
    for (size_t i = 0; i < found->count; i++)
        write_revision(&found->steps[i], enterprise, out);
    json_close(out, ']');
    write_hazards(found->hazards, out);
    write_tables(found, out);
    json_key(out, "decisions");
    json_open(out, '[');
    for (size_t i = 0; i < found->decision_count; i++)
        write_decision(&found->decisions[i], out);
    json_close(out, ']');
    write_undo(found, out);
    write_text(out, "lacks", found->lacks);
    json_close(out, '}');
}

/* The first column of each row, or the pair of two columns. */
static void write_list(const char *key, const struct result *list, const char *number, struct buffer *out)
{
    json_key(out, key);
    json_open(out, '[');
    for (int row = 0; list->pg && row < result_rows(list); row++) {
        if (!number) {
            json_text(out, result_text(list, row, SIGNUP_TEXT));
            continue;
        }
        json_open(out, '{');
        write_text(out, "domain", result_text(list, row, SIGNUP_TEXT));
        json_key(out, number);
        json_int(out, result_int(list, row, SIGNUP_NUMBER));
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void write_signup_impact(const struct plan *plan, struct buffer *out)
{
    const struct plan_database *core = &plan->databases[DATABASE_CORE];

    json_key(out, "signup_impact");
    json_open(out, '{');
    JSON_MEMBERS(out, member_bool("opens_signup", core->opens_signup),
                 member_bool("restricted", plan->options->access_restricted),
                 member_bool("accepted", plan->options->accept_open_signup), member_int("users", core->impact.users));
    write_list("domains", &core->impact.domains, "users", out);
    write_list("owners", &core->impact.owners, NULL, out);
    write_list("inactive", &core->impact.inactive, NULL, out);
    json_key(out, "variables");
    json_open(out, '{');
    for (int i = 0; i < SIGNUP_VARIABLES && core->impact.users > 0; i++) {
        struct buffer effect = buffer_make(out->arena, 4096);

        signup_impact_describe(&core->impact, (enum signup_variable)i, &effect);
        write_text(out, signup_variable_name((enum signup_variable)i), buffer_string(&effect));
    }
    json_close(out, '}');
    json_close(out, '}');
}

void plan_write_json(const struct plan *plan, struct buffer *out)
{
    struct buffer command = buffer_make(out->arena, 4096);
    size_t pending = 0;

    json_open(out, '{');
    json_key(out, "databases");
    json_open(out, '[');
    for (int i = 0; i < DATABASE_COUNT; i++) {
        write_database(&plan->databases[i], plan->options->enterprise, out);
        pending += plan->databases[i].count;
    }
    json_close(out, ']');
    write_signup_impact(plan, out);
    json_key(out, "needs");
    json_open(out, '{');
    json_key(out, "allow");
    json_open(out, '[');
    if (plan_needs_losses(plan))
        json_text(out, hazards[HAZARD_DELETES_DATA].code);
    json_close(out, ']');
    json_key(out, "accept_open_signup");
    json_bool(out, plan_needs_signup(plan));
    json_close(out, '}');
    json_key(out, "obstructed");
    json_bool(out, plan_is_obstructed(plan));
    acceptance_command(plan->options, plan_needs_losses(plan), plan_needs_signup(plan), &command);
    write_text(out, "command", pending > 0 ? buffer_string(&command) : NULL);
    json_close(out, '}');
    buffer_char(out, '\n');
}
