/* Fuzzes the reader of dumps: the input is the text of a dump, or the lines of its first section. */
#include <string.h>
#include <talloc.h>

#include "base/buffer.h"
#include "fuzz.h"
#include "schema/diff.h"

#define HEADING                                                                                                        \
    SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_DATABASE "d\n" SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_SERVER "15\n\n"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED(
        HEADING
        "## EXTENSIONS\nEXTENSION ltree 1.2\n\n## ENUM TYPES\nENUM public.\"a \"\"b\\n\" = (x, \"y z\", \"\")\n\n"
        "## COLUMNS (sorted by name; see COLUMN-ORDER for physical order)\n"
        "TABLE public.t COLUMN c numeric(8,2) NOT NULL DEFAULT 'a NOT NULL'::text GENERATED ALWAYS AS ((x * (2)::numeric)) STORED\n\n"
        "## COLUMN ORDER\nTABLE public.t COLUMN-ORDER (c, \"d, e\")\n\n## VIEWS\nMATERIALIZED VIEW public.v SELECT 1;\n\n"
        "## ALEMBIC\nALEMBIC_VERSION a\nALEMBIC_VERSION b\n\n"),
    FUZZ_SEED(
        "## FUNCTIONS\nFUNCTION public.f(a integer, b text) \\CREATE\\n\\tx\\u0001\\\\\n\n## POLICIES\n"
        "TABLE public.t POLICY p AS PERMISSIVE FOR ALL TO (a, b) USING ((x = ') WITH CHECK ('::text)) WITH CHECK ((y))\n"),
    FUZZ_SEED("## COMMENTS\nCOMMENT ON table NAMED public.t IS it's\n## PRIVILEGES (where not the default)\n"
              "GRANT ON table NAMED public.t TO x = (SELECT, INSERT *)\n"),
    FUZZ_SEED("## TRIGGERS\nTABLE a.b TRIGGER c \\CREATE \\u00ff\n"),
    {0},
};

/* Written once more, by the table that it was read by. */
static void write(struct buffer *out, const struct schema_object *object)
{
    size_t i = 0;

    for (const struct schema_field *field = schema_lines[object->kind].fields; field->name; field++, i++) {
        const char *value = object->values[i];

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

static const char *text_of(void *arena, const struct schema_document *document)
{
    struct buffer out = buffer_make(arena, 1 << 20);
    int section = -1;

    buffer_text(&out, HEADING);
    for (size_t i = 0; i < document->count; i++) {
        int now = (int)schema_lines[document->objects[i].kind].section;

        if (now != section)
            buffer_format(&out, SCHEMA_FORMAT_HEADING "%s\n", schema_sections[now].title);
        section = now;
        write(&out, &document->objects[i]);
    }
    return buffer_string(&out);
}

/* What was read is, written again, read as the same; and nothing differs from itself. */
static void check(void *arena, const char *text, size_t len)
{
    struct schema_document document, again;
    struct schema_differences found;
    struct error error = {0};
    enum err code = schema_document_read(arena, text, len, &document, &error);
    const char *written;

    require(code == OK || (code == ERR_PARSE && error.cause[0]));
    if (code != OK)
        return;
    require(schema_diff(arena, &document, &document, &found, &error) == OK && found.count == 0);
    written = text_of(arena, &document);
    if (!written || schema_document_read(arena, written, strlen(written), &again, &error) != OK)
        return; /* a text may hold what ends it, where nobody's catalog does */
    require(schema_diff(arena, &document, &again, &found, &error) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    struct buffer text = buffer_make(arena, 1 << 20);

    check(arena, (const char *)data, size);
    buffer_text(&text, HEADING);
    buffer_add(&text, data, size);
    if (!text.failed)
        check(arena, text.data, text.len);
    (void)talloc_free(arena);
    return 0;
}
