/* Checks that the losses of a run, and open sign-up, are accepted. */
#include "migrate/run_acceptance.h"

#include <inttypes.h>
#include <string.h>
#include <talloc.h>

#include "base/utf8.h"
#include "migrate/signup_impact.h"

enum { TEXT_MAX = 4096 };

static bool is_loss(const char *outcome)
{
    return strcmp(outcome, "archived") == 0 || strcmp(outcome, "deleted") == 0 || strcmp(outcome, "dropped") == 0;
}

/* Counts a dropped object: a table when it has rows, a type never, any other object as one. */
static void add_object(struct losses *losses, const struct result *result, int row, int rows_column)
{
    int kind_column = PQfnumber(result->pg, "kind");
    int name_column = PQfnumber(result->pg, "name");
    const char *kind = kind_column >= 0 ? result_text(result, row, kind_column) : NULL;
    int64_t rows = result_int(result, row, rows_column);

    if (result_text(result, row, rows_column)) {
        if (losses->names && name_column >= 0 && rows > 0) {
            buffer_format(losses->names, "%s%s: %" PRId64, losses->tables > 0 ? ", " : "",
                          result_text(result, row, name_column), rows);
        }
        losses->tables += rows > 0;
        losses->table_rows += rows;
        losses->any = losses->any || rows > 0;
    } else if (kind && strcmp(kind, "type") != 0) {
        losses->objects++;
        losses->any = true;
    }
}

void losses_add(struct losses *losses, size_t number, const struct result *result)
{
    int outcome = PQnfields(result->pg) - 2;
    int rows_column = PQfnumber(result->pg, "rows");
    int holds_column = PQfnumber(result->pg, "holds");
    int rows = result_rows(result);

    for (int row = 0; row < rows; row++) {
        const char *word = result_text(result, row, outcome);

        if (!word || !is_loss(word))
            continue;
        if (holds_column >= 0 && !result_text(result, row, holds_column))
            continue; /* an empty frame */
        if (rows_column >= 0) {
            add_object(losses, result, row, rows_column);
        } else if (number < LOSSES_MAX) {
            losses->rows[number]++;
            losses->any = true;
        }
    }
}

void losses_write(const struct losses *losses, struct buffer *out)
{
    const char *between = "";

    if (losses->tables > 0) {
        buffer_format(out, "%" PRId64 " table%s with %" PRId64 " row%s", losses->tables, losses->tables == 1 ? "" : "s",
                      losses->table_rows, losses->table_rows == 1 ? "" : "s");
        between = ", ";
    }
    if (losses->objects > 0) {
        buffer_format(out, "%sother objects that depend on them: %" PRId64, between, losses->objects);
        between = ", ";
    }
    for (size_t i = 0; i < decision_count && i < LOSSES_MAX; i++) {
        if (losses->rows[i] > 0) {
            buffer_format(out, "%s%s: %" PRId64, between, decisions[i].name, losses->rows[i]);
            between = ", ";
        }
    }
}

bool acceptance_opens_signup(const struct migrate_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].chain->legacy && steps[i].chain->open && steps[i].chain->database == DATABASE_CORE)
            return true;
    }
    return false;
}

void acceptance_command(const struct migrate_options *options, bool losses, bool opens, struct buffer *out)
{
    buffer_text(out, "orgd migrate up");
    if (options->to || options->target == MIGRATE_TO_AGENTA)
        buffer_format(out, " --to %s", options->to ? options->to : "agenta");
    if (options->legacy == MIGRATE_DROP)
        buffer_text(out, " --legacy drop");
    if (options->everyone && options->everyone[0] != '\0')
        buffer_format(out, " --everyone %s", options->everyone);
    if (options->strict)
        buffer_text(out, " --strict-v0.104.0");
    if (options->atomic)
        buffer_text(out, " --atomic");
    if (losses)
        buffer_format(out, " --allow %s", hazards[HAZARD_DELETES_DATA].code);
    if (opens)
        buffer_text(out, " --accept-open-signup");
}

bool acceptance_step_deletes(const struct migrate_step *step, bool enterprise)
{
    const struct script *script = &step->chain->revisions[step->at].up[enterprise ? EDITION_EE : EDITION_OSS];

    for (size_t i = 0; i < script->count; i++) {
        if (script->statements[i].hazards & HAZARD_BIT(DELETES_DATA))
            return true;
    }
    return false;
}

static bool changes(const struct decision *decision, const struct migrate_step *step)
{
    return decision->kind == DECISION_CHANGE &&
           decision_is_for(decision, step->chain, &step->chain->revisions[step->at], step->down);
}

bool acceptance_is_uncounted(const struct migrate_step *step, bool enterprise)
{
    for (size_t i = 0; i < decision_count; i++) {
        if (changes(&decisions[i], step))
            return false;
    }
    return acceptance_step_deletes(step, enterprise);
}

/* Uses the decisions of the steps that delete. A step whose losses no decision counts is taken to lose something. */
static enum err count_losses(struct db *db, const struct migrate_step *steps, size_t count, bool enterprise,
                             struct losses *losses)
{
    enum err err = OK;

    for (size_t i = 0; i < count && !err; i++) {
        losses->any = losses->any || (!steps[i].down && acceptance_is_uncounted(&steps[i], enterprise));
        if (!steps[i].down && !acceptance_step_deletes(&steps[i], enterprise))
            continue;
        for (size_t k = 0; k < decision_count && !err; k++) {
            struct result result;

            if (!changes(&decisions[k], &steps[i]))
                continue;
            err = migrate_decide(db, &decisions[k], enterprise, &result);
            if (!err) {
                losses_add(losses, k, &result);
                result_clear(&result);
            }
        }
    }
    return err;
}

static void advise(const struct signup_impact *impact, const struct migrate_options *options, void *arena)
{
    for (int i = 0; options->advise && i < SIGNUP_VARIABLES; i++) {
        struct buffer effect = buffer_make(arena, TEXT_MAX);
        struct buffer line = buffer_make(arena, 2 * TEXT_MAX);

        signup_impact_describe(impact, (enum signup_variable)i, &effect);
        buffer_format(&line, "%s: ", signup_variable_name((enum signup_variable)i));
        utf8_show(&line, buffer_string(&effect) ?: "", TEXT_MAX);
        if (buffer_string(&line))
            options->advise(options->context, buffer_string(&line));
    }
}

static enum err refuse_down(const struct migrate_state *state, const struct migrate_options *options,
                            const struct losses *losses, struct error *error)
{
    void *arena = talloc_new(NULL);
    struct buffer text = buffer_make(arena, TEXT_MAX);
    enum err err;

    buffer_format(&text, "the %s database loses ", migrate_database_name(state->database));
    losses_write(losses, &text);
    buffer_format(&text, " for good (%s); if that is meant, run `orgd migrate down --to %s --allow %s`",
                  buffer_string(losses->names), options->to, hazards[HAZARD_DELETES_DATA].code);
    err = error_set(error, ERR_REFUSED, "%s", buffer_string(&text) ? buffer_string(&text) : "no memory");
    (void)talloc_free(arena);
    return err;
}

static enum err refuse(const struct migrate_state *state, const struct migrate_options *options,
                       const struct losses *losses, const struct signup_impact *impact, struct error *error)
{
    void *arena = talloc_new(NULL);
    struct buffer text = buffer_make(arena, TEXT_MAX);
    bool opens = impact->users > 0;
    enum err err;

    buffer_format(&text, "the %s database", migrate_database_name(state->database));
    if (losses->any) {
        buffer_text(&text, " loses ");
        losses_write(losses, &text);
        buffer_format(&text, "%s%s", options->legacy == MIGRATE_ARCHIVE ? " to the archive" : " for good",
                      opens ? "" : " (`orgd migrate plan` lists them)");
    }
    if (opens) {
        buffer_format(&text, "%s has %" PRId64 " users, and sign-up opens to everybody: set one of",
                      losses->any ? ", and" : "", impact->users);
        for (int i = 0; i < SIGNUP_VARIABLES; i++)
            buffer_format(&text, "%s %s", i > 0 ? "," : "", signup_variable_name((enum signup_variable)i));
    }
    buffer_format(&text, "%s run `", opens ? ", or" : "; if that is meant,");
    acceptance_command(options, losses->any || (options->allow & HAZARD_BIT(DELETES_DATA)),
                       opens || options->accept_open_signup, &text);
    buffer_char(&text, '`');
    err = error_set(error, ERR_REFUSED, "%s", buffer_string(&text) ? buffer_string(&text) : "no memory");
    (void)talloc_free(arena);
    return err;
}

enum err migrate_check_acceptance(struct db *db, const struct migrate_state *state, const struct migrate_step *steps,
                                  size_t count, const struct migrate_options *options, struct error *error)
{
    void *arena = talloc_new(NULL);
    bool down = count > 0 && steps[0].down;
    bool opens =
        !down && acceptance_opens_signup(steps, count) && !options->accept_open_signup && !options->access_restricted;
    struct buffer names = buffer_make(arena, TEXT_MAX);
    struct losses losses = {.names = &names};
    struct signup_impact impact = {0};
    enum err err = OK;

    if (!(options->allow & HAZARD_BIT(DELETES_DATA)))
        err = count_losses(db, steps, count, options->enterprise, &losses);
    if (!err && opens)
        err = signup_impact_read(db, arena, &impact);
    if (err) {
        err = error_set(error, err, "the %s database: what the run takes away cannot be counted: %s",
                        migrate_database_name(state->database), db_error(db)->cause);
    } else if (down && losses.any) {
        err = refuse_down(state, options, &losses, error);
    } else if (losses.any || impact.users > 0) {
        if (impact.users > 0)
            advise(&impact, options, arena);
        err = refuse(state, options, &losses, &impact, error);
    }
    (void)talloc_free(arena);
    return err;
}
