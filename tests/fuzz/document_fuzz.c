/* Fuzzes the parser of schema dumps: a parsed dump is written, parsed again as the same, and compared with another. */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include <talloc.h>

#include "fuzz.h"
#include "schema/report.h"

/*
 * The input is two dumps with this between them, or one dump, which is compared with the same sections without lines.
 */
#define BETWEEN "\f"
#define HEAD                                                                                                           \
    SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_DATABASE "a\n" SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_SERVER "15.6\n\n"
#define FIRST                                                                                                          \
    "## EXTENSIONS\nEXTENSION ltree 1.2\n\n## ENUM TYPES\nENUM public.mood = (sad, \"so so\", \"\")\n\n"               \
    "## SEQUENCES\nSEQUENCE public.t_id_seq integer\n\n"
#define COLUMNS "## COLUMNS (sorted by name; see COLUMN-ORDER for physical order)\n"
#define ORDER "\n## COLUMN ORDER\n"
#define CONSTRAINTS "\n## CONSTRAINTS (PK / FK / UNIQUE / CHECK / EXCLUDE)\n"
#define INDEXES "\n## INDEXES\n"
#define REST                                                                                                           \
    "\n## TRIGGERS\n\n## VIEWS\nMATERIALIZED VIEW public.v SELECT 1;\n\n## ALEMBIC\nALEMBIC_VERSION a\n"               \
    "ALEMBIC_VERSION b\nALEMBIC_VERSION_OSS o\nALEMBIC_VERSION_EE (absent)\n\n"

static const char one[] = HEAD FIRST COLUMNS
    "TABLE public.t COLUMN id integer NOT NULL DEFAULT nextval('t_id_seq'::regclass)\n"
    "TABLE public.t COLUMN \"x\\ny\" text DEFAULT ' NOT NULL'::text GENERATED ALWAYS AS IDENTITY\n" ORDER
    "TABLE public.t COLUMN-ORDER (id, \"x\\ny\")\n" CONSTRAINTS
    "TABLE public.t CONSTRAINT \"p\\nk\" PRIMARY KEY (id)\n" INDEXES
    "TABLE public.t INDEX \"p\\nk\" \\CREATE UNIQUE INDEX \"p\\nk\" ON public.t USING btree (id)\n" REST
    "\f" HEAD FIRST COLUMNS "TABLE public.t COLUMN id bigint NOT NULL DEFAULT nextval('t_id_seq'::regclass)\n" ORDER
    "TABLE public.t COLUMN-ORDER (id)\n" CONSTRAINTS "TABLE public.t CONSTRAINT pk PRIMARY KEY (id)\n" INDEXES
    "TABLE public.t INDEX pk CREATE UNIQUE INDEX pk ON public.t USING btree (id)\n" REST;
#define NOTHING FIRST COLUMNS ORDER CONSTRAINTS INDEXES REST
#define COMPOSITES_TO_COLLATIONS "## COMPOSITE TYPES\n\n## RANGE TYPES\n\n## COLLATIONS\n\n"
#define SETTINGS_TO_PROPERTIES                                                                                         \
    "## SEQUENCE SETTINGS\n\n## SEQUENCE OWNERSHIP\n\n## PARTITIONS AND INHERITANCE\n\n## PROPERTIES (where not the default)\n\n"
#define RULES_TO_EVENTS "## RULES\n\n## FIRING OF TRIGGERS AND RULES (where not the default)\n\n## EVENT TRIGGERS\n\n"
#define FOREIGN_TO_SUBSCRIPTIONS "## FOREIGN DATA\n\n## PUBLICATIONS\n\n## SUBSCRIPTIONS\n\n"
#define END "## OTHER OBJECTS\n\n" SCHEMA_FORMAT_END "\n"
static const char full[] = HEAD NOTHING
    "## SCHEMAS\n\n## DOMAINS\nDOMAIN zoo.short AS character varying(8) COLLATE pg_catalog.\"C\" NOT NULL DEFAULT 'x'\n"
    "DOMAIN zoo.short CONSTRAINT c CHECK ((VALUE <> ''::text))\n\n" COMPOSITES_TO_COLLATIONS
    "## FUNCTIONS\nFUNCTION zoo.touch(integer, zoo.mood) \\CREATE FUNCTION touch()\\n\\tSELECT '\\\\'\\u0007\n\n" SETTINGS_TO_PROPERTIES
    "## STORAGE PARAMETERS\nRELATION public.pk PARAMETER fillfactor = 50\n\n" RULES_TO_EVENTS
    "## POLICIES\nTABLE zoo.a POLICY \"p \"\"q\" AS RESTRICTIVE FOR UPDATE TO (zoo_reader) USING ((name = ') WITH CHECK (')) "
    "WITH CHECK ((weight > 0))\n\n" FOREIGN_TO_SUBSCRIPTIONS
    "## STATISTICS OBJECTS\nSTATISTICS zoo.s CREATE STATISTICS zoo.s ON id, \"x y\" FROM t\n\n"
    "## PRIVILEGES (where not the default)\nGRANT ON table NAMED zoo.a TO public = (SELECT)\nREVOKE ON table NAMED zoo.a FROM (owner) = (DELETE)\n"
    "DEFAULT OF postgres IN zoo ON tables = (\"zoo_reader=r/postgres\")\n\n"
    "## COMMENTS\nCOMMENT ON table column NAMED zoo.a.name IS \\\\\\begins\nCOMMENT ON table NAMED public.t IS it's\n\n" END
    "\f" HEAD NOTHING "## SCHEMAS\n\n## DOMAINS\n\n" COMPOSITES_TO_COLLATIONS "## FUNCTIONS\n\n" SETTINGS_TO_PROPERTIES
    "## STORAGE PARAMETERS\n\n" RULES_TO_EVENTS "## POLICIES\n\n" FOREIGN_TO_SUBSCRIPTIONS "## STATISTICS OBJECTS\n\n"
    "## PRIVILEGES (where not the default)\n\n## COMMENTS\nCOMMENT ON table NAMED public.t IS its\n\n" END;
static const char twice[] = HEAD NOTHING "## SCHEMAS\nSCHEMA a\nSCHEMA a\n\n";
static const char escape[] = HEAD NOTHING "## COMMENTS\nCOMMENT ON a NAMED b IS \\\\u0000\n";

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED(one), FUZZ_SEED(full), FUZZ_SEED(HEAD), FUZZ_SEED(twice), FUZZ_SEED(escape), {0},
};

static void write_object(struct buffer *out, const struct schema_object *object)
{
    size_t i = 0;

    for (const struct schema_field *field = schema_lines[object->kind].fields; field->name; field++, i++) {
        const char *value = object->values[i];

        require(value || field->optional);
        if (!value)
            continue;
        buffer_text(out, field->before);
        if (field->type == SCHEMA_NAME)
            schema_format_name(out, value, strlen(value));
        else if (field->type == SCHEMA_TEXT)
            schema_format_text(out, value, strlen(value));
        else
            buffer_text(out, value);
        buffer_text(out, field->after ? field->after : "");
    }
    buffer_char(out, '\n');
}

static void write_document(struct buffer *out, const struct schema_document *document)
{
    size_t at = 0;

    buffer_text(out, HEAD);
    for (int section = 0; section < SCHEMA_SECTION_COUNT; section++) {
        if (!document->has[section])
            continue;
        buffer_format(out, SCHEMA_FORMAT_HEADING "%s\n", schema_sections[section].title);
        for (; at < document->count && (int)schema_lines[document->objects[at].kind].section == section; at++)
            write_object(out, &document->objects[at]);
        buffer_char(out, '\n');
    }
    if (document->has[SCHEMA_SECTION_OTHERS])
        buffer_text(out, SCHEMA_FORMAT_END "\n");
    require(at == document->count);
}

/* Including consequences, which differ between the two directions. */
static size_t count_differences(void *arena, const struct schema_document *a, const struct schema_document *b,
                                struct schema_differences *found)
{
    struct error error = {0};
    size_t count;

    require(schema_diff(arena, a, b, found, &error) == OK);
    count = found->count;
    for (size_t i = 0; i < found->count; i++)
        count += found->items[i].with_count;
    return count;
}

/* A written dump is parsed as the same. */
static void check_written(void *arena, const struct schema_document *document, size_t size)
{
    struct buffer text = buffer_make(arena, 16 * size + 65536);
    struct schema_document again;
    struct schema_differences found;
    struct error error = {0};

    write_document(&text, document);
    require(buffer_string(&text) != NULL);
    require(schema_document_read(arena, text.data, text.len, &again, &error) == OK);
    require(again.count == document->count && memcmp(again.has, document->has, sizeof again.has) == 0);
    require(count_differences(arena, document, &again, &found) == 0);
}

/* A line for each difference, well-formed JSON, and a page without a tag from the dump. */
static void check_reports(void *arena, const struct schema_document *a, const struct schema_document *b,
                          const struct schema_differences *found)
{
    struct buffer text = buffer_make(arena, (size_t)64 << 20), json = text, html = text;
    size_t lines = 0;
    json_t *read;

    schema_report_text(&text, found);
    for (const char *at = buffer_string(&text); *at; at++)
        lines += *at == '\n';
    require(lines == found->count + 1);
    schema_report_json(&json, a, b, found);
    read = json_loads(buffer_string(&json), JSON_REJECT_DUPLICATES, NULL);
    require(read && json_array_size(json_object_get(read, "differences")) == found->count);
    json_decref(read);
    schema_report_html(&html, a, b, found);
    require(buffer_string(&html) && !strstr(html.data, "<x"));
}

static bool same_object(const struct schema_object *a, const struct schema_object *b)
{
    for (size_t i = 0; i < SCHEMA_FIELDS_MAX; i++)
        if ((!a->values[i]) != (!b->values[i]) || (a->values[i] && strcmp(a->values[i], b->values[i]) != 0))
            return false;
    return a->kind == b->kind;
}

/* The objects of the sections that both dumps have. */
static bool same_objects(const struct schema_document *a, const struct schema_document *b)
{
    size_t i = 0, j = 0;

    for (;;) {
        while (i < a->count && !b->has[schema_lines[a->objects[i].kind].section])
            i++;
        while (j < b->count && !a->has[schema_lines[b->objects[j].kind].section])
            j++;
        if (i == a->count || j == b->count)
            return i == a->count && j == b->count;
        if (!same_object(&a->objects[i++], &b->objects[j++]))
            return false;
    }
}

/* If lists of columns differ only in length, the differences are those of the columns, if the dump has any. */
static bool tells_all(const struct schema_differences *found, const struct schema_document *a,
                      const struct schema_document *b)
{
    const struct schema_document *const both[] = {a, b};

    if (found->count > 0 || same_objects(a, b))
        return (found->count > 0) == !same_objects(a, b);
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < both[i]->count; j++)
            if (schema_value(&both[i]->objects[j], "column order") ||
                schema_value(&both[i]->objects[j], "attribute order"))
                return true;
    return false;
}

/* Both directions have the same number of differences, and none only if the dumps are equal. */
static void compare(void *arena, const struct schema_document *a, const struct schema_document *b)
{
    struct schema_differences there, back;

    require(count_differences(arena, a, b, &there) == count_differences(arena, b, a, &back));
    require(tells_all(&there, a, b));
    check_reports(arena, a, b, &there);
}

/* The seeds that consist of two dumps, so that fuzzing begins with comparisons. */
static void check_seeds(void)
{
    static bool checked;
    const struct fuzz_seed pairs[] = {FUZZ_SEED(one), FUZZ_SEED(full)};
    void *arena = checked ? NULL : talloc_new(NULL);

    for (size_t i = 0; !checked && i < sizeof pairs / sizeof *pairs; i++) {
        size_t len = (size_t)(strchr(pairs[i].data, BETWEEN[0]) - pairs[i].data);
        struct schema_document document;
        struct error error = {0};

        require(schema_document_read(arena, pairs[i].data, len, &document, &error) == OK);
        require(schema_document_read(arena, pairs[i].data + len + 1, pairs[i].len - len - 1, &document, &error) == OK);
    }
    checked = true;
    (void)talloc_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    const char *text = (const char *)data, *between = size > 0 ? memchr(text, BETWEEN[0], size) : NULL;
    size_t len = between ? (size_t)(between - text) : size;
    struct schema_document a, b;
    struct error error = {0};
    enum err err = schema_document_read(arena, text, len, &a, &error);

    check_seeds();
    require(err == OK || (err == ERR_PARSE && error.cause[0] != '\0'));
    if (err == OK)
        check_written(arena, &a, size);
    if (err == OK && between && schema_document_read(arena, between + 1, size - len - 1, &b, &error) == OK)
        compare(arena, &a, &b);
    (void)talloc_free(arena);
    return 0;
}
