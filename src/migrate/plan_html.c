/* Writes a plan as an HTML page. */
#include <inttypes.h>
#include <stdio.h>
#include <talloc.h>

#include "base/page.h"
#include "migrate/plan.h"

enum {
    ROWS_SHOWN = 200,
    COLUMNS_MAX = 16,
    NUMBER_SIZE = 40,
    TEXT_MAX = 64 << 10,
    /* sizes in the units of the picture */
    NAME_WIDTH = 150,
    LINE_WIDTH = 420,
    HEAD_WIDTH = 150,
    ROW_HEIGHT = 32,
    STEP_MAX = 60,
    DOT = 6,
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct revision *revision_of(const struct migrate_step *step)
{
    return &step->chain->revisions[step->at];
}

/* ---- the chains ---- */

/* A line of dots for the revisions of a chain: full ones are applied. */
static void draw_chain(const struct migrate_position *position, int y, struct buffer *out)
{
    const struct chain *chain = position->chain;
    int last = (int)chain->count - 1;
    int step = last > 0 && LINE_WIDTH / last < STEP_MAX ? LINE_WIDTH / last : STEP_MAX;

    buffer_format(out, "<text x=\"0\" y=\"%d\">%s</text>", y + 4, chain->name);
    buffer_format(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", NAME_WIDTH, NAME_WIDTH + last * step, y, y);
    for (int i = 0; i <= last; i++) {
        buffer_format(out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"><title>%s: ",
                      i <= position->at ? "done" : "todo", NAME_WIDTH + i * step, y, DOT, chain->revisions[i].id);
        page_text(out, chain->revisions[i].what);
        buffer_text(out, "</title></circle>");
    }
    buffer_format(out, "<text x=\"%d\" y=\"%d\">%s</text>\n", NAME_WIDTH + last * step + 2 * DOT, y + 4,
                  chain->revisions[last].id);
}

static void draw_chains(const struct migrate_state *state, bool enterprise, struct buffer *out)
{
    struct buffer drawn = buffer_make(out->arena, TEXT_MAX);
    int y = ROW_HEIGHT / 2;

    for (size_t i = 0; i < state->count; i++) {
        if (!migrate_is_reported(&state->positions[i], enterprise))
            continue;
        draw_chain(&state->positions[i], y, &drawn);
        y += ROW_HEIGHT;
    }
    buffer_format(out,
                  "<svg role=\"img\" aria-label=\"The chains of migrations: full dots are applied, empty ones are to "
                  "come\" viewBox=\"0 0 %d %d\" width=\"%d\">\n%s</svg>\n",
                  NAME_WIDTH + LINE_WIDTH + HEAD_WIDTH, y - ROW_HEIGHT / 2, NAME_WIDTH + LINE_WIDTH + HEAD_WIDTH,
                  buffer_string(&drawn) ? buffer_string(&drawn) : "");
}

/* ---- a database ---- */

static const char *hazards_of(const struct script *script, void *arena)
{
    struct buffer list = buffer_make(arena, TEXT_MAX);
    unsigned all = 0;

    for (size_t i = 0; i < script->count; i++)
        all |= script->statements[i].hazards;
    for (int i = 0; i < HAZARD_COUNT; i++)
        if (all >> i & 1U)
            buffer_format(&list, "%s%s", list.len > 0 ? ", " : "", hazards[i].code);
    return list.len > 0 ? buffer_string(&list) : "-";
}

static void write_revisions(const struct plan_database *found, bool enterprise, struct buffer *out)
{
    static const char *const headings[] = {"Revision", "What it does", "Can be undone", "Hazards"};

    page_element(out, "h3", "Revisions to apply");
    page_table_begin(out, headings, COUNT(headings));
    for (size_t i = 0; i < found->count; i++) {
        const struct revision *revision = revision_of(&found->steps[i]);
        const char *const cells[] = {revision->id, revision->what, revision->down ? "yes" : "no",
                                     hazards_of(&revision->up[enterprise ? EDITION_EE : EDITION_OSS], out->arena)};

        page_table_row(out, headings, cells, COUNT(cells));
    }
    page_table_end(out);
}

static void write_tables(const struct plan_database *found, struct buffer *out)
{
    static const char *const headings[] = {"Table", "Rows", "Strongest lock", "By"};

    if (found->table_count == 0)
        return;
    buffer_format(out, "<details><summary>Tables that are locked: %zu</summary>\n", found->table_count);
    page_table_begin(out, headings, COUNT(headings));
    for (size_t i = 0; i < found->table_count; i++) {
        const struct plan_table *locked = &found->tables[i];
        char rows[NUMBER_SIZE];
        const char *const cells[] = {locked->name, rows, lock_mode_name(locked->mode), locked->revision};

        (void)snprintf(rows, sizeof rows, "%s%" PRId64, locked->exact ? "" : "about ", locked->rows);
        page_table_row(out, headings, cells, COUNT(cells));
    }
    page_table_end(out);
    buffer_text(out, "</details>\n");
}

static void write_rows(const struct result *result, struct buffer *out)
{
    int columns = PQnfields(result->pg), rows = result_rows(result);
    const char *names[COLUMNS_MAX], *cells[COLUMNS_MAX];

    if (columns > COLUMNS_MAX)
        return;
    for (int column = 0; column < columns; column++)
        names[column] = PQfname(result->pg, column);
    page_table_begin(out, names, (size_t)columns);
    for (int row = 0; row < rows && row < ROWS_SHOWN; row++) {
        for (int column = 0; column < columns; column++)
            cells[column] = result_text(result, row, column);
        page_table_row(out, names, cells, (size_t)columns);
    }
    page_table_end(out);
    if (rows > ROWS_SHOWN)
        buffer_format(out, "<p class=\"dim\">and %d more; orgd migrate plan --json has all of them</p>\n",
                      rows - ROWS_SHOWN);
}

static void write_decision(const struct plan_decision *answer, struct buffer *out)
{
    bool obstacle = answer->decision->kind == DECISION_OBSTACLE;
    int rows = result_rows(&answer->result);

    if (rows == 0 && obstacle)
        return;
    buffer_format(out, "<details%s><summary><span class=\"%s\">", obstacle ? " open" : "", obstacle ? "grave" : "dim");
    page_text(out, answer->decision->what);
    buffer_format(out, "</span> %d", rows);
    for (size_t i = 0; i < answer->outcome_count; i++) {
        buffer_format(out, "%s%" PRId64 " ", i == 0 ? ": " : ", ", answer->outcomes[i].rows);
        page_text(out, answer->outcomes[i].word);
    }
    buffer_text(out, "</summary>\n");
    if (rows > 0)
        write_rows(&answer->result, out);
    buffer_text(out, "</details>\n");
}

static void write_undo(const struct plan_database *found, struct buffer *out)
{
    if (found->back)
        buffer_format(out,
                      "<p>Can be undone: <code>orgd migrate down --to %s</code> leads back to where the database is "
                      "now.</p>\n",
                      found->floor);
    else
        buffer_format(out, "<p>Cannot be undone further than to %s: %s.</p>\n", found->floor, found->floor_reason);
}

static void write_database(const struct plan_database *found, bool enterprise, struct buffer *out)
{
    page_element(out, "h2", found->state.database == DATABASE_CORE ? "Core database" : "Tracing database");
    page_element(out, "p", found->state.sentence);
    draw_chains(&found->state, enterprise, out);
    if (found->count == 0) {
        page_element(out, "p", "Nothing to do.");
        return;
    }
    write_revisions(found, enterprise, out);
    if (found->decision_count > 0)
        page_element(out, "h3", "What happens to the data");
    for (size_t i = 0; i < found->decision_count; i++)
        write_decision(&found->decisions[i], out);
    write_tables(found, out);
    write_undo(found, out);
    if (found->lacks) {
        buffer_text(out, "<p class=\"grave\">");
        page_text(out, found->lacks);
        buffer_text(out, "; run it as one that can.</p>\n");
    }
}

/* ---- the whole ---- */

static void write_signup_impact(const struct plan *plan, struct buffer *out)
{
    const struct signup_impact *impact = &plan->databases[DATABASE_CORE].impact;

    if (!plan->databases[DATABASE_CORE].opens_signup)
        return;
    page_element(out, "h2", "Sign-up opens");
    buffer_format(
        out,
        "<p>From v0.104.0 on sign-up is open to everybody, and everybody may own organizations; now there are "
        "%" PRId64 " users in one organization.%s</p>\n<ul>\n",
        impact->users, plan->options->access_restricted ? " An access variable is set and stays in force." : "");
    for (int i = 0; i < SIGNUP_VARIABLES && impact->users > 0; i++) {
        struct buffer effect = buffer_make(out->arena, TEXT_MAX);

        signup_impact_describe(impact, (enum signup_variable)i, &effect);
        buffer_format(out, "<li><code>%s</code>: ", signup_variable_name((enum signup_variable)i));
        page_text(out, buffer_string(&effect));
        buffer_text(out, ".</li>\n");
    }
    buffer_text(out, "</ul>\n");
}

static void write_end(const struct plan *plan, struct buffer *out)
{
    struct buffer command = buffer_make(out->arena, TEXT_MAX);

    if (plan_is_obstructed(plan)) {
        buffer_text(out,
                    "<p class=\"grave\">Something prevents the upgrade; see the marked lines above. <code>orgd migrate "
                    "up</code> refuses until it is solved.</p>\n");
        return;
    }
    acceptance_command(plan->options, plan_needs_losses(plan), plan_needs_signup(plan), &command);
    page_element(out, "h2", "To do this");
    buffer_text(out, "<p><code>");
    page_text(out, buffer_string(&command));
    buffer_text(out, "</code></p>\n");
}

void plan_write_html(const struct plan *plan, struct buffer *out)
{
    size_t pending = 0;

    page_begin(out, "Upgrade plan");
    page_element(out, "h1", "Upgrade plan");
    for (int i = 0; i < DATABASE_COUNT; i++) {
        write_database(&plan->databases[i], plan->options->enterprise, out);
        pending += plan->databases[i].count;
    }
    write_signup_impact(plan, out);
    if (pending > 0)
        write_end(plan, out);
    page_end(out);
}
