/* Compares the lines of a database's dump with those of its shape. */
#include "migrate/verify.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <zlib.h>

#include "migrate/shapes.h"
#include "schema/dump.h"

enum { DUMP_MAX = 64 << 20 };

/* The lines of a dump that count, sorted. */
struct lines {
    const char **line;
    size_t count;
};

const char *verify_kind_name(enum verify_kind kind)
{
    static const char *const names[] = {
        [VERIFY_MISSING] = "missing", [VERIFY_CHANGED] = "changed", [VERIFY_ADDED] = "added",
        [VERIFY_BESIDE] = "beside",   [VERIFY_ORDER] = "order",
    };
    return names[kind];
}

static bool starts_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Where word number `count` ends, from 1; the end of the text when there are fewer. */
static size_t words(const char *text, int count)
{
    size_t at = 0;

    for (int word = 0; word < count && text[at] != '\0'; word++) {
        at += strspn(text + at, " ");
        at += strcspn(text + at, " ");
    }
    return at;
}

/* How much of a line names its object; the rest says what it is like. */
static size_t key_length(const char *line)
{
    if (starts_with(line, "TABLE "))
        return words(line, strstr(line, " COLUMN-ORDER ") ? 3 : 4);
    return words(line, starts_with(line, "MATERIALIZED ") ? 3 : 2);
}

/* "public.users" in "TABLE public.users COLUMN ..."; its length. */
static size_t table_length(const char *line)
{
    return starts_with(line, "TABLE ") ? words(line, 2) : 0;
}

/* An object that this program adds to Agenta's. */
static bool is_ours(const char *line)
{
    const char *name = strchr(line, ' ');
    size_t third = words(line, 3);

    return (name && (starts_with(name, " orgd.") || starts_with(name, " orgd_archive."))) ||
           (starts_with(line, "TABLE ") && starts_with(line + third, " orgd_"));
}

/* Which revisions are there is looked at elsewhere, and the archive is nobody's shape. */
static bool counts(const char *line, enum migrate_target target)
{
    const char *name = strchr(line, ' ');

    return line[0] != '\0' && line[0] != '#' && !starts_with(line, "ALEMBIC") && !starts_with(line, "server: ") &&
           !(name && starts_with(name, " orgd_archive.")) && !(target == MIGRATE_TO_AGENTA && is_ours(line));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Cuts `text` into lines, in place. */
static bool split(void *arena, char *text, enum migrate_target target, struct lines *lines)
{
    size_t most = 1;

    for (const char *at = text; *at; at++)
        most += *at == '\n';
    lines->line = talloc_array(arena, const char *, (unsigned)most);
    lines->count = 0;
    if (!lines->line)
        return false;
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');

        if (end)
            *end = '\0';
        if (counts(line, target))
            lines->line[lines->count++] = line;
        line = end ? end + 1 : NULL;
    }
    qsort(lines->line, lines->count, sizeof *lines->line, by_text);
    return true;
}

/* The line with the same key; NULL when there is none. Lines are sorted, so those of a key lie together. */
static const char *find(const struct lines *lines, const char *line)
{
    size_t length = key_length(line);
    size_t low = 0;
    size_t high = lines->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (strncmp(lines->line[middle], line, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < lines->count && strncmp(lines->line[low], line, length) == 0; low++) {
        if (key_length(lines->line[low]) == length)
            return lines->line[low];
    }
    return NULL;
}

/* Whether the shape has anything on the line's table. */
static bool knows_table(const struct lines *shape, const char *line)
{
    size_t length = table_length(line);

    for (size_t i = 0; length > 0 && i < shape->count; i++) {
        if (strncmp(shape->line[i], line, length) == 0 && shape->line[i][length] == ' ')
            return true;
    }
    return false;
}

static int by_character(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

/* Whether two column orders have the same columns: then they have the same letters, and the columns are compared
 * anyway. */
static bool is_reordered(void *arena, const char *a, const char *b)
{
    char *left = talloc_strdup(arena, a);
    char *right = talloc_strdup(arena, b);

    if (!left || !right || strlen(left) != strlen(right))
        return false;
    qsort(left, strlen(left), 1, by_character);
    qsort(right, strlen(right), 1, by_character);
    return strcmp(left, right) == 0;
}

static enum verify_kind judge_changed(void *arena, const char *found, const char *expected)
{
    if (starts_with(found, "EXTENSION "))
        return VERIFY_BESIDE; /* another version of it */
    if (strstr(found, " COLUMN-ORDER ") && is_reordered(arena, found, expected))
        return VERIFY_ORDER;
    return VERIFY_CHANGED;
}

static enum verify_kind judge_added(const struct lines *shape, const char *found)
{
    const char *what = found + table_length(found);
    bool rests = starts_with(what, " COLUMN ") || starts_with(what, " CONSTRAINT ") || starts_with(what, " TRIGGER ");

    return rests && knows_table(shape, found) ? VERIFY_ADDED : VERIFY_BESIDE;
}

static void add(struct verify *verify, enum verify_kind kind, const char *found, const char *expected)
{
    verify->findings[verify->count++] = (struct verify_finding){kind, found, expected};
    if (kind < VERIFY_BESIDE)
        verify->equal = false;
}

static enum err compare(void *arena, const struct lines *found, const struct lines *shape, struct verify *verify)
{
    verify->findings = talloc_array(arena, struct verify_finding, (unsigned)(found->count + shape->count) + 1);
    if (!verify->findings)
        return ERR_MEMORY;
    for (size_t i = 0; i < shape->count; i++) {
        const char *expected = shape->line[i];
        const char *there = find(found, expected);

        if (!there)
            add(verify, VERIFY_MISSING, NULL, expected);
        else if (strcmp(there, expected) != 0)
            add(verify, judge_changed(arena, there, expected), there, expected);
    }
    for (size_t i = 0; i < found->count; i++) {
        if (!find(shape, found->line[i]))
            add(verify, judge_added(shape, found->line[i]), found->line[i], NULL);
    }
    return OK;
}

/* The shape of this database in this edition, in `arena`. */
static char *inflate_shape(void *arena, enum database database, bool enterprise)
{
    char *name = talloc_asprintf(arena, "%s_%s", enterprise ? "ee" : "oss", migrate_database_name(database));

    for (size_t i = 0; name && i < shape_count; i++) {
        uLongf length = shapes[i].length;
        char *text;

        if (strcmp(shapes[i].name, name) != 0)
            continue;
        text = talloc_array(arena, char, (unsigned)length + 1);
        if (!text || uncompress((Bytef *)text, &length, shapes[i].data, shapes[i].size) != Z_OK)
            return NULL;
        text[length] = '\0';
        return text;
    }
    return NULL;
}

enum err verify_database(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                         void *arena, struct verify *verify, struct error *error)
{
    struct schema_dump_options options = {0};
    struct buffer dump = buffer_make(arena, DUMP_MAX);
    struct lines found, expected;
    char *shape;
    enum err err = migrate_state(db, database, enterprise, target, &verify->state, error);

    verify->equal = false;
    if (err != OK || verify->state.condition != MIGRATE_CURRENT)
        return err;
    err = schema_dump(db, &options, &dump, error);
    if (err != OK)
        return err;
    shape = inflate_shape(arena, database, enterprise);
    verify->equal = true;
    if (!shape || !split(arena, shape, target, &expected) || !split(arena, dump.data, target, &found) ||
        compare(arena, &found, &expected, verify) != OK)
        return error_set(error, ERR_MEMORY, "no memory");
    return OK;
}
