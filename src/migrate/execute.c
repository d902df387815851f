/* Runs the statements of a script, and estimates how long each takes. */
#include "migrate/execute.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/buffer.h"
#include "migrate/statements.h"

enum { EXPLAIN_MAX = 256 << 10, NAMES_MAX = 16 << 10 };

static bool starts_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The planner's total cost, or a negative number. EXPLAIN is prefixed to SQL of this program only. */
static enum err explain(struct db *db, const char *sql, double *cost)
{
    void *arena = talloc_new(NULL);
    struct buffer text = buffer_make(arena, EXPLAIN_MAX);
    struct result result = {NULL};
    enum err err = OK;

    *cost = -1;
    buffer_format(&text, "EXPLAIN %s", sql);
    if (buffer_string(&text))
        err = db_script(db, buffer_string(&text), &result);
    if (!err && result.pg) {
        const char *dots = result_rows(&result) > 0 ? strstr(result_text(&result, 0, 0), "..") : NULL;

        *cost = dots ? strtod(dots + 2, NULL) : -1;
        result_clear(&result);
    }
    (void)talloc_free(arena);
    return err;
}

/* Pages of the locked tables: building an index or checking a constraint reads them once. */
static enum err count_pages(struct db *db, const struct script_statement *statement, double *cost)
{
    void *arena = talloc_new(NULL);
    struct buffer names = buffer_make(arena, NAMES_MAX);
    struct result result;
    enum err err = OK;

    buffer_char(&names, '{');
    for (size_t i = 0; i < statement->lock_count; i++)
        buffer_format(&names, "%s%s", i > 0 ? "," : "", statement->locks[i].table);
    buffer_char(&names, '}');
    *cost = -1;
    if (buffer_string(&names))
        err = DB_RUN(db, migrate_pages, &result, param_text(buffer_string(&names)));
    if (!err && buffer_string(&names)) {
        *cost = (double)result_int(&result, 0, MIGRATE_PAGES_PAGES);
        result_clear(&result);
    }
    (void)talloc_free(arena);
    return err;
}

static enum err estimate(struct db *db, const struct script_statement *statement, double *cost)
{
    static const char *const planned[] = {"INSERT ", "UPDATE ", "DELETE ", "CREATE TEMPORARY TABLE ", "WITH "};

    *cost = -1;
    for (size_t i = 0; i < sizeof planned / sizeof planned[0]; i++) {
        if (starts_with(statement->sql, planned[i]))
            return explain(db, statement->sql, cost);
    }
    if (statement->hazards & (HAZARD_BIT(INDEX_BUILD) | HAZARD_BIT(IMPACTS_DATABASE_PERFORMANCE)))
        return count_pages(db, statement, cost);
    return OK;
}

enum err migrate_execute(struct db *db, const struct script *script, struct progress_view place,
                         struct progress *progress, const struct script_statement **failed)
{
    enum err err = OK;

    for (size_t i = 0; i < script->count && !err; i++) {
        const struct script_statement *statement = &script->statements[i];
        double cost = -1;

        if (progress_is_stopped(progress))
            return ERR_STOPPING;
        if (progress_is_shown(progress))
            err = estimate(db, statement, &cost);
        if (!err) {
            place.what = statement->what;
            place.number = i + 1;
            place.count = script->count;
            progress_begin(progress, &place, cost);
            err = db_script(db, statement->sql, NULL);
            progress_end(progress);
        }
        if (err)
            *failed = statement;
    }
    return err;
}
