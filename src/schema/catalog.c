/* Reads the catalog by a table of statements, one for each kind of line, in one snapshot. */
#include "schema/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/utf8.h"
#include "schema/statements.h"

enum {
    VERSION_OLDEST = 120000,
    /* Tables that counting locks at a time; the server has room for max_locks_per_transaction (64) times its
     * connections. */
    LOCKED_MAX = 200,
    POSITION_SIZE = 24,
};

/* The statement that reads one kind of line: a column for each field. */
struct source {
    const struct statement *statement;
    int since;                      /* server version; 0: all */
    const struct statement *before; /* for servers before `since`; NULL: they lack the feature */
};

static const struct source sources[SCHEMA_KIND_COUNT] = {
    [SCHEMA_EXTENSION] = {&schema_extensions},
    [SCHEMA_ENUM] = {&schema_enums},
    [SCHEMA_SEQUENCE] = {&schema_sequences},
    [SCHEMA_COLUMN] = {&schema_columns},
    [SCHEMA_TABLE] = {&schema_tables},
    [SCHEMA_CONSTRAINT] = {&schema_constraints},
    [SCHEMA_INDEX] = {&schema_indexes},
    [SCHEMA_TRIGGER] = {&schema_triggers},
    [SCHEMA_VIEW] = {&schema_views},
    [SCHEMA_SCHEMA] = {&schema_schemas},
    [SCHEMA_EXTENSION_SCHEMA] = {&schema_extension_schemas},
    [SCHEMA_DOMAIN] = {&schema_domains},
    [SCHEMA_DOMAIN_CONSTRAINT] = {&schema_domain_constraints},
    [SCHEMA_COMPOSITE] = {&schema_composites},
    [SCHEMA_ATTRIBUTE] = {&schema_attributes},
    [SCHEMA_RANGE] = {&schema_ranges},
    [SCHEMA_COLLATION] = {&schema_collations},
    [SCHEMA_COLUMN_COLLATION] = {&schema_column_collations},
    [SCHEMA_FUNCTION] = {&schema_functions},
    [SCHEMA_SEQUENCE_SETTING] = {&schema_sequence_settings},
    [SCHEMA_SEQUENCE_OWNERSHIP] = {&schema_sequence_ownership},
    [SCHEMA_PARTITION_KEY] = {&schema_partition_keys},
    [SCHEMA_PARTITION] = {&schema_partitions},
    [SCHEMA_INHERITANCE] = {&schema_inheritance},
    [SCHEMA_PROPERTY] = {&schema_properties},
    [SCHEMA_COLUMN_PROPERTY] = {&schema_column_properties, 140000, &schema_column_properties_13},
    [SCHEMA_PARAMETER] = {&schema_parameters},
    [SCHEMA_COLUMN_PARAMETER] = {&schema_column_parameters},
    [SCHEMA_RULE] = {&schema_rules},
    [SCHEMA_TRIGGER_FIRING] = {&schema_trigger_firing},
    [SCHEMA_RULE_FIRING] = {&schema_rule_firing},
    [SCHEMA_EVENT_TRIGGER] = {&schema_event_triggers},
    [SCHEMA_POLICY] = {&schema_policies},
    [SCHEMA_FOREIGN_WRAPPER] = {&schema_foreign_wrappers},
    [SCHEMA_FOREIGN_SERVER] = {&schema_foreign_servers},
    [SCHEMA_FOREIGN_TABLE] = {&schema_foreign_tables},
    [SCHEMA_FOREIGN_COLUMN] = {&schema_foreign_columns},
    [SCHEMA_PUBLICATION] = {&schema_publications},
    [SCHEMA_PUBLICATION_TABLE] = {&schema_published_tables, 150000, &schema_published_tables_14},
    [SCHEMA_PUBLICATION_SCHEMA] = {&schema_published_schemas, 150000, NULL},
    [SCHEMA_SUBSCRIPTION] = {&schema_subscriptions, 150000, &schema_subscriptions_14},
    [SCHEMA_STATISTICS] = {&schema_statistics},
    [SCHEMA_PRIVILEGE] = {&schema_privileges},
    [SCHEMA_REVOCATION] = {&schema_revocations},
    [SCHEMA_DEFAULT_PRIVILEGE] = {&schema_default_privileges},
    [SCHEMA_COMMENT] = {&schema_comments},
    [SCHEMA_OTHER] = {&schema_others},
};

struct line {
    enum schema_kind kind;
    struct catalog_value values[CATALOG_FIELDS_MAX];
};

struct reading {
    struct db *db;
    void *arena;
    const struct catalog_options *options;
    const struct catalog_receiver *receiver;
    enum schema_section next; /* the first section not announced yet */
    struct error error;       /* an error that is not the database's */
    bool sorting;             /* the server sorts by another encoding: lines are collected and sorted here */
    struct line *lines;
    size_t line_count, line_room;
    char position[POSITION_SIZE];                      /* position of the write-ahead log before the snapshot */
    enum schema_kind kinds[2 * SCHEMA_KIND_COUNT + 2]; /* by statement of the running pipeline */
};

static bool is_wanted(const struct reading *reading, enum schema_section section)
{
    switch (schema_sections[section].when) {
    case SCHEMA_WITH_COUNTS:
        return reading->options->counts;
    case SCHEMA_WITH_FULL:
        return reading->options->full;
    case SCHEMA_ALWAYS:
        break;
    }
    return true;
}

/* Begins every section up to this one that has not begun yet. */
static enum err announce(struct reading *reading, enum schema_section section)
{
    enum err err = OK;

    for (; reading->next <= section && !err; reading->next++) {
        if (is_wanted(reading, reading->next))
            err = reading->receiver->section(reading->receiver->context, reading->next);
    }
    return err;
}

static enum err deliver(struct reading *reading, enum schema_kind kind, const struct catalog_value *values)
{
    TRY(announce(reading, schema_lines[kind].section));
    return reading->receiver->line(reading->receiver->context, kind, values);
}

/* A copy in `arena` with a replacement character for each byte that is not UTF-8. A role name may have the encoding of
 * another database. */
static struct catalog_value settle(void *arena, struct catalog_value value)
{
    struct buffer text = buffer_make(arena, 3 * value.len + 1);
    uint32_t point;

    for (const char *at = value.text, *end = at + value.len; at < end;) {
        size_t len = utf8_read(at, end, &point);

        buffer_add(&text, len > 0 ? at : "\xef\xbf\xbd", len > 0 ? len : 3);
        at += len > 0 ? len : 1;
    }
    return (struct catalog_value){buffer_string(&text), text.len};
}

/* Keeps a line until it can be sorted. */
static enum err keep(struct reading *reading, enum schema_kind kind, const struct catalog_value *values)
{
    struct line *line;

    if (reading->line_count == reading->line_room) {
        reading->line_room = reading->line_room ? 2 * reading->line_room : 256;
        reading->lines = talloc_realloc(reading->arena, reading->lines, struct line, (unsigned)reading->line_room);
    }
    if (!reading->lines)
        return error_set(&reading->error, ERR_MEMORY, "no memory");
    line = &reading->lines[reading->line_count++];
    *line = (struct line){.kind = kind};
    for (size_t i = 0; schema_lines[kind].fields[i].name; i++) {
        line->values[i].len = values[i].len;
        line->values[i].text = values[i].text ? talloc_strndup(reading->lines, values[i].text, values[i].len) : NULL;
        if (values[i].text && !line->values[i].text)
            return error_set(&reading->error, ERR_MEMORY, "no memory");
    }
    return OK;
}

static enum err hand_over(struct reading *reading, enum schema_kind kind, const struct catalog_value *values)
{
    struct catalog_value settled[CATALOG_FIELDS_MAX] = {0};

    for (size_t i = 0; schema_lines[kind].fields[i].name; i++) {
        bool good = !values[i].text || text_valid(values[i].text, values[i].len);

        settled[i] = good ? values[i] : settle(reading->arena, values[i]);
        if (!good && !settled[i].text)
            return error_set(&reading->error, ERR_MEMORY, "no memory");
    }
    return (reading->sorting ? keep : deliver)(reading, kind, settled);
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    int order = left->kind < right->kind ? -1 : left->kind > right->kind;

    for (size_t i = 0; order == 0 && schema_lines[left->kind].fields[i].name; i++)
        if (schema_lines[left->kind].fields[i].key)
            order = strcmp(left->values[i].text, right->values[i].text);
    return order;
}

/* Delivers the collected lines in the order of a dump. A server with encoding UTF-8 already sorts this way. */
static enum err deliver_kept(struct reading *reading)
{
    enum err err = OK;

    if (reading->line_count > 0)
        qsort(reading->lines, reading->line_count, sizeof *reading->lines, compare_lines);
    for (size_t i = 0; i < reading->line_count && !err; i++)
        err = deliver(reading, reading->lines[i].kind, reading->lines[i].values);
    (void)talloc_free(reading->lines);
    reading->lines = NULL;
    reading->line_count = reading->line_room = 0;
    return err;
}

static struct catalog_value value_of(const struct result *result, int row, int column)
{
    return (struct catalog_value){.text = result_text(result, row, column), .len = result_length(result, row, column)};
}

/* Delivers a row as a line of its kind. */
static enum err read_line(void *context, size_t number, const struct result *row)
{
    struct reading *reading = context;
    enum schema_kind kind = reading->kinds[number];
    const struct schema_field *fields = schema_lines[kind].fields;
    struct catalog_value values[CATALOG_FIELDS_MAX] = {0};

    for (int i = 0; fields[i].name; i++) {
        values[i] = value_of(row, 0, i);
        if (!values[i].text && !fields[i].optional) {
            return error_set(&reading->error, ERR_BUSY, "a %s vanished while the catalog was read; read it again",
                             schema_lines[kind].kind);
        }
    }
    return hand_over(reading, kind, values);
}

/* The statement for this server version; NULL when the server lacks the feature. */
static const struct statement *statement_for(const struct reading *reading, enum schema_kind kind)
{
    const struct source *source = &sources[kind];

    return PQserverVersion(db_handle(reading->db)) >= source->since ? source->statement : source->before;
}

/*
 * Reads the kinds from `first` up to, but without, `end`. PostgreSQL resolves functions when it parses a statement, and
 * prints definitions when it runs it. So each statement is declared as a cursor while the search_path is pg_catalog
 * only, and fetched while it includes `public`, as the reference format requires. A function in `public` is never
 * called this way.
 */
static enum err read_kinds(struct reading *reading, enum schema_kind first, enum schema_kind end)
{
    const char *texts[2 * SCHEMA_KIND_COUNT + 3];
    size_t count = 0, cursors = 0;
    enum schema_kind kinds[SCHEMA_KIND_COUNT];

    for (enum schema_kind kind = first; kind < end; kind++) {
        const struct statement *statement = statement_for(reading, kind);

        if (!statement || !is_wanted(reading, schema_lines[kind].section))
            continue;
        kinds[cursors++] = kind;
        texts[count++] =
            talloc_asprintf(reading->arena, "DECLARE %s NO SCROLL CURSOR FOR %s", statement->name, statement->sql);
    }
    texts[count++] = "SET LOCAL search_path = public";
    for (size_t i = 0; i < cursors; i++) {
        reading->kinds[count] = kinds[i];
        texts[count++] = talloc_asprintf(reading->arena, "FETCH ALL FROM %s", statement_for(reading, kinds[i])->name);
    }
    texts[count++] = "SET LOCAL search_path = pg_catalog";
    for (size_t i = 0; i < count; i++) {
        if (!texts[i])
            return error_set(&reading->error, ERR_MEMORY, "no memory");
    }
    TRY(db_pipeline(reading->db, texts, count, read_line, reading));
    return deliver_kept(reading);
}

/* State of counting rows. */
struct counting {
    struct reading *reading;
    struct result tables; /* of schema_countable */
    int row;              /* the present one */
    size_t total;         /* tables that can be counted */
    size_t done;
};

static bool is_hidden(const struct counting *counting)
{
    return result_text(&counting->tables, counting->row, SCHEMA_COUNTABLE_HIDDEN) != NULL;
}

static enum err write_count(struct counting *counting, const char *count)
{
    struct catalog_value values[CATALOG_FIELDS_MAX] = {value_of(&counting->tables, counting->row, 0),
                                                       value_of(&counting->tables, counting->row, 1),
                                                       {count, strlen(count)}};

    return hand_over(counting->reading, SCHEMA_ROWS, values);
}

static enum err write_hidden(struct counting *counting)
{
    char *why = talloc_asprintf(counting->reading->arena, SCHEMA_HIDDEN "%s)",
                                result_text(&counting->tables, counting->row, SCHEMA_COUNTABLE_HIDDEN));

    return why ? write_count(counting, why) : error_set(&counting->reading->error, ERR_MEMORY, "no memory");
}

static enum err read_count(void *context, const char *rows)
{
    return write_count(context, rows);
}

/* Counts in parts, each in a savepoint that is rolled back: a lock lasts until then. */
static enum err count_rows(struct counting *counting)
{
    const struct catalog_receiver *receiver = counting->reading->receiver;
    const char *before = counting->done % LOCKED_MAX != 0 ? ""
                         : counting->done == 0            ? "SAVEPOINT part; "
                                                          : "ROLLBACK TO SAVEPOINT part; ";
    char *text = talloc_asprintf(counting->reading->arena, "%s%s", before,
                                 result_text(&counting->tables, counting->row, SCHEMA_COUNTABLE_COPY));
    enum err err;

    if (!text)
        return error_set(&counting->reading->error, ERR_MEMORY, "no memory");
    err = db_copy(counting->reading->db, text, NULL, read_count, counting);
    talloc_free(text);
    counting->done++;
    if (!err && receiver->counted)
        receiver->counted(receiver->context, counting->done, counting->total);
    return err;
}

static enum err read_counts(struct reading *reading)
{
    struct counting counting = {.reading = reading};
    enum err err = DB_RUN(reading->db, schema_countable, &counting.tables);
    int rows = !err ? result_rows(&counting.tables) : 0;

    for (counting.row = 0; counting.row < rows; counting.row++)
        counting.total += !is_hidden(&counting);
    for (counting.row = 0; counting.row < rows && !err; counting.row++)
        err = is_hidden(&counting) ? write_hidden(&counting) : count_rows(&counting);
    result_clear(&counting.tables);
    return err ? err : deliver_kept(reading);
}

static enum err write_version(struct reading *reading, const char *table, const char *revision)
{
    return deliver(reading, SCHEMA_VERSION,
                   (struct catalog_value[]){{table, strlen(table)}, {revision, strlen(revision)}});
}

/* The revisions of a version table. */
struct revisions {
    void *arena;
    const char **texts;
    size_t count;
};

/* Reads a row of CSV: text in quotes, with quotes doubled; an empty field is null. */
static enum err read_revision(void *context, const char *row, size_t len)
{
    struct revisions *revisions = context;
    struct buffer text = buffer_make(revisions->arena, len + 1);

    for (const char *at = row + 1; row[0] == '"' && at < row + len && (at[0] != '"' || at[1] == '"'); at++) {
        at += *at == '"';
        buffer_char(&text, *at);
    }
    revisions->texts = talloc_realloc(revisions->arena, revisions->texts, const char *, (unsigned)revisions->count + 1);
    if (!revisions->texts || text.failed)
        return ERR_MEMORY;
    revisions->texts[revisions->count++] = row[0] == '"' ? buffer_string(&text) : NULL;
    return OK;
}

/* Sorts nulls last. */
static int compare_texts(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return *left && *right ? strcmp(*left, *right) : !*left - !*right;
}

/* Reads the lines of one readable version table. */
static enum err read_version(struct reading *reading, const char *table, const char *text)
{
    struct revisions revisions = {.arena = reading->arena};
    enum err err = db_copy(reading->db, text, read_revision, NULL, &revisions);

    if (err == ERR_MEMORY)
        return error_set(&reading->error, err, "no memory");
    if (revisions.count > 0)
        qsort(revisions.texts, revisions.count, sizeof *revisions.texts, compare_texts);
    for (size_t i = 0; i < revisions.count && !err; i++)
        err = write_version(reading, table, revisions.texts[i] ? revisions.texts[i] : SCHEMA_NULL);
    if (!err && revisions.count == 0)
        err = write_version(reading, table, SCHEMA_EMPTY);
    return err;
}

static enum err read_versions(struct reading *reading)
{
    struct result tables;
    enum err err = DB_RUN(reading->db, schema_version_tables, &tables);
    int rows = !err ? result_rows(&tables) : 0;

    for (int row = 0; row < rows && !err; row++) {
        const char *table = result_text(&tables, row, SCHEMA_VERSION_TABLES_NAME);
        const char *hidden = result_text(&tables, row, SCHEMA_VERSION_TABLES_HIDDEN);
        const char *text = result_text(&tables, row, SCHEMA_VERSION_TABLES_COPY);

        if (hidden) {
            char *why = talloc_asprintf(reading->arena, SCHEMA_HIDDEN "%s)", hidden);

            err =
                why != NULL ? write_version(reading, table, why) : error_set(&reading->error, ERR_MEMORY, "no memory");
        } else {
            err = text != NULL ? read_version(reading, table, text) : write_version(reading, table, SCHEMA_ABSENT);
        }
    }
    result_clear(&tables);
    return err;
}

/* Whether the position of the write-ahead log is unchanged: then nothing was changed. Stores it on the first call. */
static enum err read_position(struct reading *reading, bool *same)
{
    struct result result;
    enum err err = DB_RUN(reading->db, schema_position, &result);
    const char *now = !err ? result_text(&result, 0, SCHEMA_POSITION_POSITION) : NULL;

    *same = now && strcmp(now, reading->position) == 0;
    (void)snprintf(reading->position, sizeof reading->position, "%s", now ? now : "");
    result_clear(&result);
    return err;
}

/* Detects changes during the read: the server prints definitions from the live catalog, not from the snapshot. */
static enum err check_unchanged(struct reading *reading)
{
    struct result result;
    bool same;
    enum err err = read_position(reading, &same);

    if (err || same)
        return err;
    err = DB_RUN(reading->db, schema_changed, &result);
    if (!err && result_bool(&result, 0, SCHEMA_CHANGED_CHANGED))
        err = error_set(&reading->error, ERR_BUSY, "the schema was changed while it was read; read it again");
    result_clear(&result);
    return err;
}

static enum err read_header(struct reading *reading)
{
    struct result result;
    enum err err;

    TRY(DB_RUN(reading->db, schema_server, &result));
    reading->sorting = result_bool(&result, 0, SCHEMA_SERVER_SORTING);
    err = reading->receiver->header(reading->receiver->context, result_text(&result, 0, SCHEMA_SERVER_NAME),
                                    result_text(&result, 0, SCHEMA_SERVER_VERSION));
    if (!err && result_bool(&result, 0, SCHEMA_SERVER_QUALIFIED) && reading->receiver->qualified)
        reading->receiver->qualified(reading->receiver->context, result_text(&result, 0, SCHEMA_SERVER_NAME));
    result_clear(&result);
    return err;
}

/* Reads all sections inside the transaction. */
static enum err read_all(struct reading *reading)
{
    TRY(read_header(reading));
    TRY(read_kinds(reading, SCHEMA_EXTENSION, SCHEMA_ROWS));
    if (reading->options->counts)
        TRY(read_counts(reading));
    TRY(read_versions(reading));
    if (reading->options->full)
        TRY(read_kinds(reading, SCHEMA_VERSION + 1, SCHEMA_KIND_COUNT));
    TRY(check_unchanged(reading));
    return announce(reading, SCHEMA_SECTION_COUNT - 1);
}

enum err catalog_failed(const struct db *db, enum err err, struct error *error)
{
    bool locks = strcmp(db_sqlstate(db), "53200") == 0;

    return error_set(error, err, "the catalog cannot be read: %.400s%s", db_error(db)->cause,
                     locks ? "; the server may need a larger max_locks_per_transaction" : "");
}

static enum err check_version(struct db *db, struct error *error)
{
    int version = PQserverVersion(db_handle(db));

    return version >= VERSION_OLDEST
               ? OK
               : error_set(error, ERR_REFUSED, "the server is PostgreSQL %d; PostgreSQL %d or newer is needed",
                           version / 10000, VERSION_OLDEST / 10000);
}

enum err catalog_begin(struct db *db, struct error *error)
{
    enum err err;

    TRY(check_version(db, error));
    err = db_begin(db);
    if (!err) {
        err = db_script(db,
                        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
                        "SET LOCAL search_path = pg_catalog; SET LOCAL cursor_tuple_fraction = 1;"
                        "SET LOCAL work_mem = '64MB'; SET LOCAL row_security = off",
                        NULL);
    }
    return err ? catalog_failed(db, err, error) : OK;
}

enum err catalog_read(struct db *db, const struct catalog_options *options, const struct catalog_receiver *receiver,
                      struct error *error)
{
    struct reading reading = {.db = db, .options = options, .receiver = receiver};
    bool same;
    enum err err;

    TRY(check_version(db, error));
    err = read_position(&reading, &same);
    err = !err ? catalog_begin(db, error) : catalog_failed(db, err, error);
    if (err) {
        db_rollback(db);
        return err;
    }
    reading.arena = talloc_new(NULL);
    err = read_all(&reading);
    if (err && reading.error.code)
        *error = reading.error;
    else if (err)
        (void)catalog_failed(db, err, error);
    db_rollback(db); /* nothing was written */
    (void)talloc_free(reading.arena);
    return err;
}
