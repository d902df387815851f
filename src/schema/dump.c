/* Prints the catalog of a database as text. */
#include "schema/dump.h"

#include <string.h>

#include "statements.h"

#define RULE "################################################################\n"

struct section {
    const char *title;
    const struct statement *lines; /* one text column, one row per line */
    bool only_counts;
};

static const struct section sections[] = {
    {"EXTENSIONS", &schema_extensions, false},
    {"ENUM TYPES", &schema_enums, false},
    {"SEQUENCES", &schema_sequences, false},
    {"COLUMNS (sorted by name; see COLUMN-ORDER for physical order)", &schema_columns, false},
    {"COLUMN ORDER", &schema_order, false},
    {"CONSTRAINTS (PK / FK / UNIQUE / CHECK / EXCLUDE)", &schema_constraints, false},
    {"INDEXES", &schema_indexes, false},
    {"TRIGGERS", &schema_triggers, false},
    {"VIEWS", &schema_views, false},
    {"ROW COUNTS", &schema_counts, true},
};

/* Agenta's version tables, in the order of the columns of schema_version_tables. */
static const struct {
    const char *label;
    const char *read;
} version_tables[] = {
    {"ALEMBIC_VERSION", "SELECT version_num FROM public.alembic_version ORDER BY 1"},
    {"ALEMBIC_VERSION_OSS", "SELECT version_num FROM public.alembic_version_oss ORDER BY 1"},
    {"ALEMBIC_VERSION_EE", "SELECT version_num FROM public.alembic_version_ee ORDER BY 1"},
};

static enum err write_header(struct db *db, struct buffer *out)
{
    struct result result;
    enum err err = db_run(db, &schema_server, NULL, 0, &result);

    if (err != OK)
        return err;
    buffer_text(out, RULE);
    buffer_format(out, "## SCHEMA DUMP — database: %s\n", result_text(&result, 0, 0));
    buffer_text(out, RULE);
    buffer_format(out, "server: %s\n\n", result_text(&result, 0, 1));
    result_clear(&result);
    return OK;
}

static enum err write_section(struct db *db, const struct section *section, struct buffer *out)
{
    struct result result;
    enum err err = db_run(db, section->lines, NULL, 0, &result);
    int rows;

    if (err != OK)
        return err;
    buffer_format(out, "## %s\n", section->title);
    rows = result_rows(&result);
    for (int row = 0; row < rows; row++) {
        buffer_add(out, result_text(&result, row, 0), result_length(&result, row, 0));
        buffer_char(out, '\n');
    }
    buffer_char(out, '\n');
    result_clear(&result);
    return OK;
}

static enum err write_version(struct db *db, const char *label, const char *read, struct buffer *out)
{
    struct result result;
    enum err err = db_script(db, read, &result);
    int rows;

    if (err != OK)
        return err;
    rows = result_rows(&result);
    for (int row = 0; row < rows; row++)
        buffer_format(out, "%s %s\n", label, result_text(&result, row, 0));
    if (rows == 0)
        buffer_format(out, "%s (empty)\n", label);
    result_clear(&result);
    return OK;
}

static enum err write_versions(struct db *db, struct buffer *out)
{
    bool exists[sizeof version_tables / sizeof version_tables[0]];
    struct result result;
    enum err err = db_run(db, &schema_version_tables, NULL, 0, &result);

    if (err != OK)
        return err;
    for (size_t i = 0; i < sizeof exists / sizeof exists[0]; i++)
        exists[i] = result_bool(&result, 0, (int)i);
    result_clear(&result);
    buffer_text(out, "## ALEMBIC\n");
    for (size_t i = 0; i < sizeof exists / sizeof exists[0] && err == OK; i++) {
        if (exists[i]) {
            err = write_version(db, version_tables[i].label, version_tables[i].read, out);
        } else {
            buffer_format(out, "%s (absent)\n", version_tables[i].label);
        }
    }
    buffer_char(out, '\n');
    return err;
}

/* Inside the transaction. */
static enum err write_all(struct db *db, const struct schema_dump_options *options, struct buffer *out)
{
    enum err err = db_script(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", NULL);

    if (err == OK) {
        err = db_script(
            db,
            "SET LOCAL search_path = public; SET LOCAL quote_all_identifiers = off; SET LOCAL statement_timeout = 0",
            NULL);
    }
    if (err == OK)
        err = write_header(db, out);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0] && err == OK; i++) {
        if (options->counts || !sections[i].only_counts)
            err = write_section(db, &sections[i], out);
    }
    return err == OK ? write_versions(db, out) : err;
}

enum err schema_dump(struct db *db, const struct schema_dump_options *options, struct buffer *out, struct error *error)
{
    enum err err;

    err = db_begin(db);
    if (err == OK)
        err = write_all(db, options, out);
    if (err != OK) {
        error_set(error, err, "the catalog cannot be read: %s", db_error(db)->cause);
    } else if (out->failed) {
        err = error_set(error, ERR_MEMORY, "the dump is larger than %zu MiB", out->max >> 20);
    }
    db_rollback(db); /* nothing was written */
    return err;
}
