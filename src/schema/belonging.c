/* Knows what belongs to what: columns to tables, indexes to constraints, sequences to columns, comments to all of them.
 */
#include "schema/belonging.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum { ID_MAX = 1024, PARTS_MAX = 4 };

/* Names of different kinds of objects that cannot be confused. */
enum space {
    SPACE_RELATION = 'R', /* tables, views, sequences, indexes */
    SPACE_COLUMN = 'C',
    SPACE_TYPE = 'T',
    SPACE_TRIGGER = 'X',
    SPACE_RULE = 'Y',
    SPACE_PUBLICATION = 'P',
    SPACE_EXTENSION = 'E',
    SPACE_SCHEMA = 'S',
    SPACE_IDENTITY = 'I',   /* as PostgreSQL identifies objects: what comments and privileges are on */
    SPACE_CONSTRAINT = 'K', /* those that differ */
    SPACE_DIFFERENCE = 'D', /* columns and indexes that differ */
    SPACE_RESULT = 'F',     /* what parts of relations became: partitions and children follow */
    SPACE_NOT_NULL = 'N',   /* columns of a primary key that differs */
};

/* An open-addressing set of strings. */
struct belonging {
    const struct schema_document *a, *b;
    char **ids;
    size_t room, count;
};

static size_t hash_of(const char *text)
{
    size_t hash = 14695981039346656037u; /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static char **place_of(char **ids, size_t room, const char *id)
{
    size_t at = hash_of(id) & (room - 1);

    while (ids[at] && strcmp(ids[at], id) != 0)
        at = (at + 1) & (room - 1);
    return &ids[at];
}

static bool grow(struct belonging *set)
{
    size_t room = set->room ? 2 * set->room : 256;
    char **ids = talloc_zero_array(set, char *, (unsigned)room);

    if (!ids)
        return false;
    for (size_t i = 0; i < set->room; i++)
        if (set->ids[i])
            *place_of(ids, room, set->ids[i]) = set->ids[i];
    TALLOC_FREE(set->ids);
    set->ids = ids;
    set->room = room;
    return true;
}

struct belonging *belonging_create(void *arena, const struct schema_document *a, const struct schema_document *b)
{
    struct belonging *set = talloc_zero(arena, struct belonging);

    if (!set)
        return NULL;
    set->a = a;
    set->b = b;
    return grow(set) ? set : NULL;
}

static bool add(struct belonging *set, const char *id)
{
    char **place;

    if (2 * set->count >= set->room && !grow(set))
        return false;
    place = place_of(set->ids, set->room, id);
    if (*place)
        return true;
    *place = talloc_strdup(set, id);
    set->count++;
    return *place != NULL;
}

/* ---- ids ---- */

/* Names of PostgreSQL have at most 63 bytes; what is longer is no object that anything belongs to. */
static bool make_id(char id[ID_MAX], enum space space, const char *const *parts, size_t count)
{
    size_t len = 1;

    id[0] = (char)space;
    for (size_t i = 0; i < count; i++) {
        size_t more = parts[i] ? strlen(parts[i]) : ID_MAX;

        if (len + more + 2 > ID_MAX)
            return false;
        id[len++] = '\1';
        memcpy(id + len, parts[i], more);
        len += more;
    }
    id[len] = '\0';
    return true;
}

static bool has(const struct belonging *set, enum space space, const char *one, const char *two, const char *three)
{
    const char *const parts[] = {one, two, three};
    char id[ID_MAX];

    return make_id(id, space, parts, three ? 3 : two ? 2 : 1) && *place_of(set->ids, set->room, id);
}

static bool put(struct belonging *set, enum space space, const char *one, const char *two, const char *three)
{
    const char *const parts[] = {one, two, three};
    char id[ID_MAX];

    return !make_id(id, space, parts, three ? 3 : two ? 2 : 1) || add(set, id);
}

/* As PostgreSQL writes names in identities; its key words, which it quotes as well, are rare enough. */
static void add_quoted(struct buffer *out, const char *name)
{
    bool plain = name[0] && !strchr("0123456789$", name[0]) &&
                 strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_$") == strlen(name);

    if (plain) {
        buffer_text(out, name);
        return;
    }
    buffer_char(out, '"');
    for (; *name; name++)
        buffer_format(out, *name == '"' ? "\"\"" : "%c", *name);
    buffer_char(out, '"');
}

/* `schema`.`name`[.`column`], or `part` on `schema`.`name` */
struct identity {
    const char *schema, *name, *column, *part;
};

static bool put_identity(struct belonging *set, const struct identity *identity)
{
    struct buffer out = buffer_make(set, ID_MAX);
    bool good;

    if (identity->part) {
        add_quoted(&out, identity->part);
        buffer_text(&out, " on ");
    }
    if (identity->schema) {
        add_quoted(&out, identity->schema);
        buffer_char(&out, '.');
    }
    add_quoted(&out, identity->name);
    if (identity->column) {
        buffer_char(&out, '.');
        add_quoted(&out, identity->column);
    }
    good = !buffer_string(&out) || put(set, SPACE_IDENTITY, out.data, NULL, NULL);
    TALLOC_FREE(out.data);
    return good;
}

/* ---- noting ---- */

static bool note_relation(struct belonging *set, const char *schema, const char *name)
{
    return put(set, SPACE_RELATION, schema, name, NULL) &&
           put_identity(set, &(struct identity){.schema = schema, .name = name});
}

static bool note_part(struct belonging *set, const struct schema_object *object)
{
    return put_identity(set, &(struct identity){.schema = schema_value(object, "schema"),
                                                .name = schema_value(object, "relation"),
                                                .part = schema_value(object, "name")});
}

bool belonging_note(struct belonging *set, const struct schema_object *object)
{
    const char *schema = schema_value(object, "schema"), *name = schema_value(object, "name");
    const char *relation = schema_value(object, "relation");

    switch (object->kind) {
    case SCHEMA_TABLE:
    case SCHEMA_VIEW:
    case SCHEMA_SEQUENCE:
    case SCHEMA_FOREIGN_TABLE:
    case SCHEMA_INDEX:
        return note_relation(set, schema, name);
    case SCHEMA_COLUMN:
    case SCHEMA_FOREIGN_COLUMN:
        return put(set, SPACE_COLUMN, schema, relation, name) &&
               put_identity(set, &(struct identity){.schema = schema, .name = relation, .column = name});
    case SCHEMA_ENUM:
    case SCHEMA_DOMAIN:
    case SCHEMA_COMPOSITE:
    case SCHEMA_RANGE:
        return put(set, SPACE_TYPE, schema, name, NULL) &&
               put_identity(set, &(struct identity){.schema = schema, .name = name});
    case SCHEMA_STATISTICS:
    case SCHEMA_COLLATION:
        return put_identity(set, &(struct identity){.schema = schema, .name = name});
    case SCHEMA_FUNCTION:
        return put_identity(set, &(struct identity){.schema = schema, .name = name});
    case SCHEMA_TRIGGER:
        return put(set, SPACE_TRIGGER, schema, relation, name) && note_part(set, object);
    case SCHEMA_RULE:
        return put(set, SPACE_RULE, schema, relation, name) && note_part(set, object);
    case SCHEMA_CONSTRAINT:
    case SCHEMA_POLICY:
        return note_part(set, object);
    case SCHEMA_PUBLICATION:
        return put(set, SPACE_PUBLICATION, name, NULL, NULL) && put_identity(set, &(struct identity){.name = name});
    case SCHEMA_EXTENSION:
        return put(set, SPACE_EXTENSION, name, NULL, NULL) && put_identity(set, &(struct identity){.name = name});
    case SCHEMA_SCHEMA:
        return put(set, SPACE_SCHEMA, name, NULL, NULL) && put_identity(set, &(struct identity){.name = name});
    default:
        return true;
    }
}

/* A part of a relation: which relation's, and what else it is called by. */
struct part {
    const char *schema, *relation, *more;
};

static bool part_of(const struct schema_object *object, struct part *part)
{
    const struct schema_field *third = &schema_lines[object->kind].fields[2];

    if (object->kind == SCHEMA_PUBLICATION_TABLE) {
        *part = (struct part){object->values[1], object->values[2], object->values[0]};
        return true;
    }
    *part = (struct part){object->values[0], object->values[1], third->name && third->key ? object->values[2] : ""};
    return schema_value(object, "relation") != NULL;
}

/* What a part of a relation is and became, as if it were part of `schema`.`relation`. */
static char *result_of(const struct schema_difference *difference, const struct part *part, const char *schema,
                       const char *relation)
{
    return talloc_asprintf(NULL, "%c\1%d\1%s\1%s\1%s\1%s", SPACE_RESULT, (int)difference->kind, schema, relation,
                           part->more, difference->to ? difference->to : "");
}

/* A primary key makes its columns NOT NULL. */
static bool learn_primary_key(struct belonging *set, const struct schema_object *constraint)
{
    static const char key[] = "PRIMARY KEY (";
    const char *at = constraint->values[3];
    bool good = true;

    if (strncmp(at, key, strlen(key)) != 0)
        return true;
    at += strlen(key);
    while (good && *at && *at != ')') {
        size_t len = strcspn(at, ",)");
        char *column = talloc_strndup(NULL, at, len);

        good = column && put(set, SPACE_NOT_NULL, constraint->values[0], constraint->values[1], column);
        talloc_free(column);
        at += len;
        at += strspn(at, ", ");
    }
    return good;
}

static bool learn_object(struct belonging *set, const struct schema_object *object)
{
    switch (object->kind) {
    case SCHEMA_CONSTRAINT:
        return put(set, SPACE_CONSTRAINT, object->values[0], object->values[1], object->values[2]) &&
               learn_primary_key(set, object);
    case SCHEMA_COLUMN:
        return put(set, SPACE_DIFFERENCE, object->values[0], object->values[1], object->values[2]);
    case SCHEMA_INDEX:
        return put(set, SPACE_DIFFERENCE, object->values[0], object->values[2], NULL);
    default:
        return true;
    }
}

bool belonging_learn(struct belonging *set, const struct schema_differences *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct schema_difference *difference = &found->items[i];
        const struct schema_object *object = difference->b ? difference->b : difference->a;
        struct part part;
        char *result;
        bool good;

        if ((difference->a && !learn_object(set, difference->a)) ||
            (difference->b && !learn_object(set, difference->b)))
            return false;
        if (!part_of(object, &part))
            continue;
        result = result_of(difference, &part, part.schema, part.relation);
        good = result && add(set, result);
        talloc_free(result);
        if (!good)
            return false;
    }
    return true;
}

/* ---- asking ---- */

/* Whether what an identity names, or the table of the column, or what the part is on, is gone. */
static bool identity_is_gone(const struct belonging *set, const char *identity)
{
    const char *on = strstr(identity, " on "), *dot = strrchr(identity, '.'), *open = strchr(identity, '(');
    char table[ID_MAX];

    if (open) { /* of a function its name counts: arguments are written in two ways */
        dot = open;
        on = NULL;
    }
    if (has(set, SPACE_IDENTITY, identity, NULL, NULL) || (on && has(set, SPACE_IDENTITY, on + 4, NULL, NULL)))
        return true;
    if (!dot || (size_t)(dot - identity) >= sizeof table)
        return false;
    memcpy(table, identity, (size_t)(dot - identity));
    table[dot - identity] = '\0';
    return has(set, SPACE_IDENTITY, table, NULL, NULL);
}

/* The table of a version row, whose name is written in capitals. */
static bool version_table_is_gone(const struct belonging *set, const struct schema_object *object)
{
    char name[ID_MAX];
    size_t len = strlen(object->values[0]);

    if (len >= sizeof name)
        return false;
    for (size_t i = 0; i <= len; i++) {
        char c = object->values[0][i];

        name[i] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
    }
    return has(set, SPACE_RELATION, "public", name, NULL);
}

/* Whether what the object is a part of is only in one of the documents. */
static bool belongs(const struct belonging *set, const struct schema_object *object)
{
    const char *const *values = object->values;
    bool relation = has(set, SPACE_RELATION, values[0], values[1], NULL);

    switch (object->kind) {
    case SCHEMA_COLUMN:
    case SCHEMA_CONSTRAINT:
    case SCHEMA_INDEX:
    case SCHEMA_TRIGGER:
    case SCHEMA_RULE:
    case SCHEMA_POLICY:
    case SCHEMA_PROPERTY:
    case SCHEMA_PARAMETER:
    case SCHEMA_FOREIGN_COLUMN:
    case SCHEMA_ROWS:
    case SCHEMA_SEQUENCE_SETTING:
    case SCHEMA_SEQUENCE_OWNERSHIP:
    case SCHEMA_PARTITION_KEY:
    case SCHEMA_PARTITION:
    case SCHEMA_INHERITANCE:
        return relation;
    case SCHEMA_COLUMN_COLLATION:
    case SCHEMA_COLUMN_PROPERTY:
    case SCHEMA_COLUMN_PARAMETER:
        return relation || has(set, SPACE_COLUMN, values[0], values[1], values[2]);
    case SCHEMA_TRIGGER_FIRING:
        return relation || has(set, SPACE_TRIGGER, values[0], values[1], values[2]);
    case SCHEMA_RULE_FIRING:
        return relation || has(set, SPACE_RULE, values[0], values[1], values[2]);
    case SCHEMA_DOMAIN_CONSTRAINT:
    case SCHEMA_ATTRIBUTE:
        return has(set, SPACE_TYPE, values[0], values[1], NULL);
    case SCHEMA_PUBLICATION_TABLE:
        return has(set, SPACE_PUBLICATION, values[0], NULL, NULL) ||
               has(set, SPACE_RELATION, values[1], values[2], NULL);
    case SCHEMA_PUBLICATION_SCHEMA:
        return has(set, SPACE_PUBLICATION, values[0], NULL, NULL) || has(set, SPACE_SCHEMA, values[1], NULL, NULL);
    case SCHEMA_EXTENSION_SCHEMA:
        return has(set, SPACE_EXTENSION, values[0], NULL, NULL);
    case SCHEMA_COMMENT:
    case SCHEMA_PRIVILEGE:
    case SCHEMA_REVOCATION:
        return identity_is_gone(set, values[1]);
    default:
        return false;
    }
}

static int compare(const void *a, const void *b)
{
    return schema_compare(a, b);
}

/* Whether the sequence is one that a column has, and that column differs or its table is gone. */
static bool sequence_follows(const struct belonging *set, const struct schema_difference *difference)
{
    const struct schema_object *sequence = difference->a ? difference->a : difference->b;
    const struct schema_document *document = difference->a ? set->a : set->b;
    struct schema_object wanted = {.kind = SCHEMA_SEQUENCE_OWNERSHIP,
                                   .values = {sequence->values[0], sequence->values[1]}};
    const struct schema_object *owner =
        document->count > 0 ? bsearch(&wanted, document->objects, document->count, sizeof *document->objects, compare)
                            : NULL;

    return owner && (has(set, SPACE_RELATION, owner->values[2], owner->values[3], NULL) ||
                     has(set, SPACE_DIFFERENCE, owner->values[2], owner->values[3], owner->values[4]));
}

static bool index_follows(const struct belonging *set, const struct schema_object *index)
{
    return index && has(set, SPACE_CONSTRAINT, index->values[0], index->values[1], index->values[2]);
}

/* The first object of a kind whose first key fields these are, of those with the greater keys; NULL: there is none. */
static const struct schema_object *first_of(const struct schema_document *document, enum schema_kind kind,
                                            const char *schema, const char *name)
{
    size_t from = 0, to = document->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct schema_object *object = &document->objects[middle];
        int order = object->kind != kind ? (object->kind < kind ? -1 : 1) : strcmp(object->values[0], schema);

        if (order == 0)
            order = strcmp(object->values[1], name);
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from < document->count && document->objects[from].kind == kind &&
                   strcmp(document->objects[from].values[0], schema) == 0 &&
                   strcmp(document->objects[from].values[1], name) == 0
               ? &document->objects[from]
               : NULL;
}

/* Whether the same became of the parent. */
static bool parent_has(const struct belonging *set, const struct schema_difference *difference, const struct part *part,
                       const struct schema_object *parent)
{
    char *result = result_of(difference, part, parent->values[2], parent->values[3]);
    bool found = result && *place_of(set->ids, set->room, result);

    talloc_free(result);
    return found;
}

/* Partitions and children have what their parents have: a change there is one here too. */
static bool parent_changed(const struct belonging *set, const struct schema_difference *difference)
{
    static const enum schema_kind kinds[] = {SCHEMA_PARTITION, SCHEMA_INHERITANCE};
    const struct schema_object *object = difference->b ? difference->b : difference->a;
    const struct schema_document *document = difference->b ? set->b : set->a;
    struct part part;
    bool is_part = part_of(object, &part);

    for (size_t i = 0; i < 2 && (is_part || object->kind == SCHEMA_TABLE); i++) {
        const struct schema_object *parent = first_of(document, kinds[i], part.schema, part.relation);

        if (parent && is_part && parent_has(set, difference, &part, parent))
            return true;
        if (parent && !is_part && difference->change == SCHEMA_REMOVED &&
            has(set, SPACE_RELATION, parent->values[2], parent->values[3], NULL))
            return true;
    }
    return false;
}

static bool follows_primary_key(const struct belonging *set, const struct schema_difference *difference)
{
    const char *const *values = difference->a ? difference->a->values : difference->b->values;

    return difference->kind == SCHEMA_COLUMN && strcmp(difference->what, "not null") == 0 &&
           has(set, SPACE_NOT_NULL, values[0], values[1], values[2]);
}

bool belonging_follows(const struct belonging *set, const struct schema_difference *difference)
{
    const struct schema_object *object = difference->a ? difference->a : difference->b;
    bool single = difference->change == SCHEMA_ADDED || difference->change == SCHEMA_REMOVED;

    if ((single && belongs(set, object)) || parent_changed(set, difference) || follows_primary_key(set, difference))
        return true;
    switch (difference->kind) {
    case SCHEMA_VERSION:
        return version_table_is_gone(set, object);
    case SCHEMA_INDEX:
        return index_follows(set, difference->a) || index_follows(set, difference->b);
    case SCHEMA_PARAMETER: /* an index has its parameters in its definition too */
        return has(set, SPACE_DIFFERENCE, object->values[0], object->values[1], NULL);
    case SCHEMA_SEQUENCE:
        return single && sequence_follows(set, difference);
    default:
        return false;
    }
}
