/* Writes a plan as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "base/utf8.h"
#include "migrate/plan.h"

enum { COLUMNS_MAX = 16, ROWS_SHOWN = 200, CELL_MAX = 60, INDENT = 2, NUMBER_SIZE = 32, VALUE_MAX = 64 << 10 };

/* Cells of text in columns as wide as they need to be. The texts live as long as the table. */
struct table {
    void *arena;
    const char **cells;
    size_t count;
    size_t columns;
    unsigned right; /* bits of the columns that are numbers */
};

static struct table table_make(void *arena, size_t columns, unsigned right)
{
    return (struct table){.arena = arena, .columns = columns, .right = right};
}

static void cell(struct table *table, const char *text)
{
    const char **cells = talloc_realloc(table->arena, table->cells, const char *, (unsigned)table->count + 1);

    if (!cells)
        return;
    table->cells = cells;
    table->cells[table->count++] = text ? text : "-";
}

static void number_cell(struct table *table, int64_t number)
{
    cell(table, talloc_asprintf(table->arena, "%" PRId64, number));
}

static size_t width(const char *text)
{
    return text_count(text);
}

/* The last column is not padded. */
static void table_write(const struct table *table, struct buffer *out)
{
    size_t widths[COLUMNS_MAX] = {0};

    for (size_t i = 0; i < table->count; i++) {
        size_t wide = width(table->cells[i]);

        if (wide > widths[i % table->columns])
            widths[i % table->columns] = wide;
    }
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->columns;
        int pad = (int)(widths[column] - width(table->cells[i]));
        bool right = (table->right >> column & 1U) != 0;
        bool last = column + 1 == table->columns;

        buffer_format(out, "%*s", column == 0 ? INDENT : 2, "");
        buffer_format(out, "%*s%s", right ? pad : 0, "", table->cells[i]);
        if (last)
            buffer_char(out, '\n');
        else
            buffer_format(out, "%*s", right ? 0 : pad, "");
    }
}

static const struct revision *revision_of(const struct migrate_step *step)
{
    return &step->chain->revisions[step->at];
}

/* Counts the statements that affect other connections. */
static int64_t noticeable(const struct script *script)
{
    int64_t count = 0;

    for (size_t i = 0; i < script->count; i++)
        count += script->statements[i].what[0] != '\0';
    return count;
}

static void write_revisions(const struct plan_database *found, bool enterprise, void *arena, struct buffer *out)
{
    struct table table = table_make(arena, 4, 1U << 1);

    cell(&table, "REVISION");
    cell(&table, "STATEMENTS");
    cell(&table, "UNDO");
    cell(&table, "WHAT IT DOES");
    for (size_t i = 0; i < found->count; i++) {
        const struct revision *revision = revision_of(&found->steps[i]);

        cell(&table, revision->id);
        number_cell(&table, noticeable(&revision->up[enterprise ? EDITION_EE : EDITION_OSS]));
        cell(&table, revision->down ? "yes" : "no");
        cell(&table, revision->what);
    }
    buffer_char(out, '\n');
    table_write(&table, out);
}

static void write_hazards(const struct plan_database *found, bool enterprise, void *arena, struct buffer *out)
{
    struct table table = table_make(arena, 3, 0);

    if (!found->hazards)
        return;
    cell(&table, "HAZARD");
    cell(&table, "REVISIONS");
    cell(&table, "MEANS");
    for (int hazard = 0; hazard < HAZARD_COUNT; hazard++) {
        struct buffer list = buffer_make(arena, 4096);

        if (!(found->hazards >> hazard & 1U))
            continue;
        for (size_t i = 0; i < found->count; i++) {
            const struct script *script = &revision_of(&found->steps[i])->up[enterprise ? EDITION_EE : EDITION_OSS];
            unsigned all = 0;

            for (size_t k = 0; k < script->count; k++)
                all |= script->statements[k].hazards;
            if (all >> hazard & 1U)
                buffer_format(&list, "%s%s", list.len > 0 ? " " : "", revision_of(&found->steps[i])->id);
        }
        cell(&table, hazards[hazard].code);
        cell(&table, buffer_string(&list));
        cell(&table, hazards[hazard].what);
    }
    buffer_char(out, '\n');
    table_write(&table, out);
}

static void write_tables(const struct plan_database *found, void *arena, struct buffer *out)
{
    struct table table = table_make(arena, 4, 1U << 1);

    if (found->table_count == 0)
        return;
    cell(&table, "TABLE");
    cell(&table, "ROWS");
    cell(&table, "STRONGEST LOCK");
    cell(&table, "BY");
    for (size_t i = 0; i < found->table_count; i++) {
        const struct plan_table *locked = &found->tables[i];

        cell(&table, locked->name);
        cell(&table, talloc_asprintf(arena, "%s%" PRId64, locked->exact ? "" : "about ", locked->rows));
        cell(&table, lock_mode_name(locked->mode));
        cell(&table, locked->revision);
    }
    buffer_char(out, '\n');
    table_write(&table, out);
}

/* A value on one line, shortened, without control characters. The last column, the reason, is not written. */
static const char *value(void *arena, const char *text, bool cut)
{
    char *line = text ? talloc_strdup(arena, text) : NULL;
    struct buffer shown = buffer_make(arena, VALUE_MAX);
    size_t len = 0;

    if (!line)
        return NULL;
    for (char *at = line; *at; at++) {
        if (*at == '\n' || *at == '\t')
            *at = ' ';
        len += (*at & 0xc0) != 0x80;
        if (cut && len > CELL_MAX && (at[1] & 0xc0) != 0x80)
            at[1] = '\0';
    }
    utf8_show(&shown, line, VALUE_MAX / 2);
    return buffer_string(&shown);
}

static void write_rows(const struct plan_decision *answer, void *arena, struct buffer *out)
{
    int columns = PQnfields(answer->result.pg);
    int rows = result_rows(&answer->result);
    struct table table = table_make(arena, (size_t)columns, 0);

    if (rows == 0 || columns > COLUMNS_MAX)
        return;
    for (int column = 0; column < columns; column++)
        cell(&table, PQfname(answer->result.pg, column));
    for (int row = 0; row < rows && row < ROWS_SHOWN; row++) {
        for (int column = 0; column < columns; column++)
            cell(&table, value(arena, result_text(&answer->result, row, column), column + 1 < columns));
    }
    table_write(&table, out);
    if (rows > ROWS_SHOWN)
        buffer_format(out, "  and %d more; `orgd migrate plan --json` has all of them\n", rows - ROWS_SHOWN);
}

static void write_decision(const struct plan_decision *answer, void *arena, struct buffer *out)
{
    if (result_rows(&answer->result) == 0) {
        if (answer->decision->kind != DECISION_OBSTACLE)
            buffer_format(out, "\n  %s (%s): none\n", answer->decision->name, revision_of(answer->step)->id);
        return;
    }
    buffer_format(out, "\n  %s (%s): %s\n  %d in all", answer->decision->name, revision_of(answer->step)->id,
                  answer->decision->what, result_rows(&answer->result));
    for (size_t i = 0; i < answer->outcome_count; i++)
        buffer_format(out, ", %" PRId64 " %s", answer->outcomes[i].rows, answer->outcomes[i].word);
    buffer_char(out, '\n');
    write_rows(answer, arena, out);
}

static void write_undo(const struct plan_database *found, const struct plan *plan, struct buffer *out)
{
    if (found->count == 0)
        return;
    if (found->back) {
        buffer_format(out,
                      "\n  Can be undone: `orgd migrate down --to %s` leads back to where the database is now%s.\n",
                      found->floor,
                      plan->options->legacy == MIGRATE_ARCHIVE && found->losses.any
                          ? ", with what the archive keeps until `orgd migrate purge`"
                          : "");
    } else {
        buffer_format(out, "\n  Cannot be undone further than to %s: %s.\n", found->floor, found->floor_reason);
    }
}

static void write_database(const struct plan_database *found, const struct plan *plan, struct buffer *out)
{
    void *arena = talloc_new(out->arena);
    bool enterprise = plan->options->enterprise;

    buffer_format(out, "%s database: %s\n", migrate_database_name(found->state.database), found->state.sentence);
    if (found->count == 0)
        buffer_text(out, "\n  Nothing to do.\n");
    else
        write_revisions(found, enterprise, arena, out);
    write_hazards(found, enterprise, arena, out);
    write_tables(found, arena, out);
    for (size_t i = 0; i < found->decision_count; i++)
        write_decision(&found->decisions[i], arena, out);
    write_undo(found, plan, out);
    buffer_char(out, '\n');
    (void)talloc_free(arena);
}

static void write_signup_impact(const struct plan *plan, struct buffer *out)
{
    const struct signup_impact *impact = &plan->databases[DATABASE_CORE].impact;

    if (!plan->databases[DATABASE_CORE].opens_signup)
        return;
    buffer_format(out,
                  "sign-up: from v0.104.0 on it is open to everybody, and everybody may own organizations; now there "
                  "are %" PRId64 " users in one organization.\n",
                  impact->users);
    if (plan->options->access_restricted)
        buffer_text(out, "  An access variable is set and stays in force.\n");
    for (int i = 0; i < SIGNUP_VARIABLES && impact->users > 0; i++) {
        struct buffer effect = buffer_make(out->arena, VALUE_MAX);

        buffer_format(out, "  %s: ", signup_variable_name((enum signup_variable)i));
        signup_impact_describe(impact, (enum signup_variable)i, &effect);
        utf8_show(out, buffer_string(&effect) ?: "", VALUE_MAX);
        buffer_text(out, ".\n");
    }
    buffer_char(out, '\n');
}

void plan_write_text(const struct plan *plan, struct buffer *out)
{
    size_t pending = 0;

    for (int i = 0; i < DATABASE_COUNT; i++) {
        write_database(&plan->databases[i], plan, out);
        pending += plan->databases[i].count;
    }
    write_signup_impact(plan, out);
    for (int i = 0; i < DATABASE_COUNT; i++)
        if (plan->databases[i].lacks)
            buffer_format(out, "%s database: %s; run it as one that can.\n", migrate_database_name((enum database)i),
                          plan->databases[i].lacks);
    if (plan_is_obstructed(plan)) {
        buffer_text(out, "Something prevents the upgrade; see above. `orgd migrate up` refuses until it is solved.\n");
    } else if (pending > 0) {
        buffer_text(out, "To do this: ");
        acceptance_command(plan->options, plan_needs_losses(plan), plan_needs_signup(plan), out);
        buffer_char(out, '\n');
    }
}
