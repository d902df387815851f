/* Compares the dump of a database with the expected one. */
#include "migrate/verify.h"

#include <string.h>
#include <talloc.h>
#include <zlib.h>

#include "migrate/expected_schemas.h"
#include "schema/diff.h"
#include "schema/dump.h"

enum { DUMP_MAX = 64 << 20 };

/* Expected dumps are stored without their header. */
static const char heading[] =
    SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_DATABASE "shape\n" SCHEMA_FORMAT_RULE "\n" SCHEMA_FORMAT_SERVER "any\n\n";

/* A dump, as text and as objects. */
struct text {
    struct schema_document document;
    const char **lines;
};

const char *verify_kind_name(enum verify_kind kind)
{
    static const char *const names[] = {
        [VERIFY_MISSING] = "missing",     [VERIFY_CHANGED] = "changed", [VERIFY_ADDED] = "added",
        [VERIFY_UNRELATED] = "unrelated", [VERIFY_ORDER] = "order",
    };
    return names[kind];
}

static bool is_in(const struct schema_object *object, const char *schema)
{
    const char *in = schema_value(object, "schema");

    return in && strcmp(in, schema) == 0;
}

/* Whether orgd's chain adds the object to Agenta's schema. */
static bool is_ours(const struct schema_object *object)
{
    const char *name = schema_value(object, "name");

    return is_in(object, "orgd") || (name && strncmp(name, "orgd_", strlen("orgd_")) == 0);
}

/* Reads a dump, and keeps its lines. */
static enum err read_text(void *arena, char *dump, size_t len, struct text *text, struct error *error)
{
    enum err err = schema_document_read(arena, dump, len, &text->document, error);
    size_t count = 1;

    if (err)
        return err;
    for (const char *at = dump; *at; at++)
        count += *at == '\n';
    text->lines = talloc_array(arena, const char *, (unsigned)count);
    if (!text->lines)
        return error_set(error, ERR_MEMORY, "no memory");
    count = 0;
    for (char *line = dump; line;)
        text->lines[count++] = strsep(&line, "\n");
    return OK;
}

static enum verify_kind judge(const struct schema_difference *difference)
{
    bool rests = difference->kind == SCHEMA_COLUMN || difference->kind == SCHEMA_CONSTRAINT ||
                 difference->kind == SCHEMA_TRIGGER;

    switch (difference->change) {
    case SCHEMA_ADDED: /* objects of an added table are not reported */
        return rests ? VERIFY_ADDED : VERIFY_UNRELATED;
    case SCHEMA_REMOVED:
        return VERIFY_MISSING;
    case SCHEMA_REORDERED:
        return VERIFY_ORDER;
    default:
        return difference->kind == SCHEMA_EXTENSION ? VERIFY_UNRELATED : VERIFY_CHANGED; /* its version differs */
    }
}

/* Version tables are checked elsewhere; the archive has no expected schema. */
static bool counts(const struct schema_object *object, enum migrate_target target)
{
    return object->kind != SCHEMA_VERSION && !is_in(object, "orgd_archive") &&
           !(target == MIGRATE_TO_AGENTA && is_ours(object));
}

static enum err compare(void *arena, const struct text *shape, const struct text *found, enum migrate_target target,
                        struct verify *verify, struct error *error)
{
    struct schema_differences differences;

    TRY(schema_diff(arena, &shape->document, &found->document, &differences, error));
    verify->findings = talloc_array(arena, struct verify_finding, (unsigned)differences.count + 1);
    if (!verify->findings)
        return error_set(error, ERR_MEMORY, "no memory");
    for (size_t i = 0; i < differences.count; i++) {
        struct schema_difference difference = differences.items[i];
        const struct schema_object *object;
        enum verify_kind kind;

        /* remove orgd's objects, so that no other index is taken for a renamed one */
        if (target == MIGRATE_TO_AGENTA && difference.a && difference.b && is_ours(difference.a)) {
            difference.change = SCHEMA_ADDED;
            difference.a = NULL;
        }
        object = difference.b ? difference.b : difference.a;
        if (!object || !counts(object, target))
            continue;
        kind = judge(&difference);
        verify->findings[verify->count++] =
            (struct verify_finding){.kind = kind,
                                    .found = difference.b ? found->lines[difference.b->line - 1] : NULL,
                                    .expected = difference.a ? shape->lines[difference.a->line - 1] : NULL};
        verify->equal = verify->equal && kind >= VERIFY_UNRELATED;
    }
    return OK;
}

/* The expected dump of this database in this edition, in `arena`. */
static char *inflate_shape(void *arena, enum database database, bool enterprise)
{
    char *name = talloc_asprintf(arena, "%s_%s", enterprise ? "ee" : "oss", migrate_database_name(database));

    for (size_t i = 0; name && i < shape_count; i++) {
        uLongf length = shapes[i].length;
        char *text;

        if (strcmp(shapes[i].name, name) != 0)
            continue;
        text = talloc_array(arena, char, (unsigned)(sizeof heading + length));
        if (!text || uncompress((Bytef *)text + strlen(heading), &length, shapes[i].data, shapes[i].size) != Z_OK)
            return NULL;
        memcpy(text, heading, strlen(heading));
        text[strlen(heading) + length] = '\0';
        return text;
    }
    return NULL;
}

enum err verify_database(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                         void *arena, struct verify *verify, struct error *error)
{
    struct schema_dump_options options = {0};
    struct buffer dump = buffer_make(arena, DUMP_MAX);
    struct text expected, found;
    char *shape;
    enum err err = migrate_state(db, database, enterprise, target, &verify->state, error);

    verify->equal = false;
    if (err || verify->state.condition != MIGRATE_CURRENT)
        return err;
    TRY(schema_dump(db, &options, &dump, error));
    shape = inflate_shape(arena, database, enterprise);
    if (!shape)
        return error_set(error, ERR_MEMORY, "no memory");
    verify->equal = true;
    TRY(read_text(arena, shape, strlen(shape), &expected, error));
    TRY(read_text(arena, dump.data, dump.len, &found, error));
    return compare(arena, &expected, &found, target, verify, error);
}
