/* Indexes differences by the names of their objects. */
#include "schema/diff_index.h"

#include <string.h>
#include <talloc.h>

#include "schema/expression_names.h"
#include "schema/hash_table.h"

#define KEY_MAX ((size_t)64 << 20)

enum { PARTS_MAX = 3 };

/* The notations of object names in comments and privileges. */
enum form {
    FORM_NONE,
    FORM_NAME,     /* schema.name, or only a name */
    FORM_COLUMN,   /* schema.relation.name */
    FORM_PART,     /* name on schema.relation */
    FORM_FUNCTION, /* schema.name(types) */
    FORM_TEXT      /* unchanged */
};

/* How a kind of object is found: the fields that are its name, and its type and notation in comments and privileges
 * (see `words` below). */
static const struct naming {
    enum space space;
    unsigned count, fields[PARTS_MAX];
    enum form form;
    const char *type;
} namings[SCHEMA_KIND_COUNT] = {
    [SCHEMA_TABLE] = {SPACE_RELATION, 2, {0, 1}, FORM_NAME, "relation"},
    [SCHEMA_VIEW] = {SPACE_RELATION, 2, {1, 2}, FORM_NAME, "relation"},
    [SCHEMA_SEQUENCE] = {SPACE_RELATION, 2, {0, 1}, FORM_NAME, "relation"},
    [SCHEMA_FOREIGN_TABLE] = {SPACE_RELATION, 2, {0, 1}, FORM_NAME, "relation"},
    [SCHEMA_INDEX] = {SPACE_RELATION, 2, {0, 2}, FORM_NAME, "relation"},
    [SCHEMA_COLUMN] = {SPACE_COLUMN, 3, {0, 1, 2}, FORM_COLUMN, "column"},
    [SCHEMA_FOREIGN_COLUMN] = {SPACE_COLUMN, 3, {0, 1, 2}, FORM_COLUMN, "column"},
    [SCHEMA_CONSTRAINT] = {SPACE_CONSTRAINT, 3, {0, 1, 2}, FORM_PART, "table constraint"},
    [SCHEMA_TRIGGER] = {SPACE_TRIGGER, 3, {0, 1, 2}, FORM_PART, "trigger"},
    [SCHEMA_RULE] = {SPACE_RULE, 3, {0, 1, 2}, FORM_PART, "rule"},
    [SCHEMA_POLICY] = {SPACE_NONE, 0, {0}, FORM_PART, "policy"},
    [SCHEMA_DOMAIN_CONSTRAINT] = {SPACE_NONE, 0, {0}, FORM_PART, "domain constraint"},
    [SCHEMA_ENUM] = {SPACE_TYPE, 2, {0, 1}, FORM_NAME, "type"},
    [SCHEMA_DOMAIN] = {SPACE_TYPE, 2, {0, 1}, FORM_NAME, "type"},
    [SCHEMA_COMPOSITE] = {SPACE_TYPE, 2, {0, 1}, FORM_NAME, "type"},
    [SCHEMA_RANGE] = {SPACE_TYPE, 2, {0, 1}, FORM_NAME, "type"},
    [SCHEMA_ATTRIBUTE] = {SPACE_NONE, 0, {0}, FORM_COLUMN, "attribute"},
    [SCHEMA_COLLATION] = {SPACE_NONE, 0, {0}, FORM_NAME, "collation"},
    [SCHEMA_STATISTICS] = {SPACE_NONE, 0, {0}, FORM_NAME, "statistics object"},
    [SCHEMA_FUNCTION] = {SPACE_NONE, 0, {0}, FORM_FUNCTION, "function"},
    [SCHEMA_PARTITION] = {SPACE_PARTITION, 2, {0, 1}, FORM_NONE},
    [SCHEMA_PUBLICATION] = {SPACE_PUBLICATION, 1, {0}, FORM_NAME, "publication"},
    [SCHEMA_EXTENSION] = {SPACE_EXTENSION, 1, {0}, FORM_NAME, "extension"},
    [SCHEMA_SCHEMA] = {SPACE_SCHEMA, 1, {0}, FORM_NAME, "schema"},
    [SCHEMA_SUBSCRIPTION] = {SPACE_NONE, 0, {0}, FORM_NAME, "subscription"},
    [SCHEMA_EVENT_TRIGGER] = {SPACE_NONE, 0, {0}, FORM_NAME, "event trigger"},
    [SCHEMA_FOREIGN_WRAPPER] = {SPACE_NONE, 0, {0}, FORM_NAME, "foreign-data wrapper"},
    [SCHEMA_FOREIGN_SERVER] = {SPACE_NONE, 0, {0}, FORM_NAME, "server"},
    [SCHEMA_OTHER] = {SPACE_NONE, 0, {0}, FORM_TEXT},
};

/* Object types that several kinds share, or that comments name differently. */
static const struct {
    const char *type, *is;
} words[] = {
    {"table", "relation"},
    {"view", "relation"},
    {"materialized view", "relation"},
    {"foreign table", "relation"},
    {"index", "relation"},
    {"sequence", "relation"},
    {"table column", "column"},
    {"view column", "column"},
    {"materialized view column", "column"},
    {"foreign table column", "column"},
    {"index column", "column"},
    {"composite type", "type"},
    {"composite type column", "attribute"},
    {"procedure", "function"},
    {"aggregate", "function"},
};

struct diff_index {
    const struct schema_differences *found;
    struct hash_table *table;
    struct buffer key, name;
};

/* ---- keys ---- */

static void begin_key(struct diff_index *index, enum side side, enum space space)
{
    buffer_clear(&index->key);
    buffer_format(&index->key, "%d %d", (int)side, (int)space);
}

static void add_key(struct diff_index *index, const char *part)
{
    buffer_char(&index->key, '\1');
    buffer_text(&index->key, part ? part : "");
}

static bool put(struct diff_index *index, size_t place)
{
    const char *key = buffer_string(&index->key);

    return key && hash_table_put(index->table, key, place);
}

static const struct schema_difference *find(struct diff_index *index)
{
    const char *key = buffer_string(&index->key);
    size_t place = key ? hash_table_find(index->table, key) : HASH_TABLE_NONE;

    return place != HASH_TABLE_NONE ? &index->found->items[place] : NULL;
}

static bool is_plain(const char *name, size_t len)
{
    if (len == 0 || strchr("0123456789$", name[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_$", name[i]))
            return false;
    return true;
}

/* Writes a name as in PostgreSQL's identities, except that key words are not quoted. */
static void add_quoted(struct buffer *out, const char *name)
{
    if (is_plain(name, strlen(name))) {
        buffer_text(out, name);
        return;
    }
    buffer_char(out, '"');
    for (; *name; name++)
        buffer_add(out, *name == '"' ? "\"\"" : name, *name == '"' ? 2 : 1);
    buffer_char(out, '"');
}

/* The parenthesis outside of quotes that begins the arguments of a function, or NULL. */
static const char *arguments_of(const char *identity)
{
    const char *end = identity + strlen(identity);

    while (identity < end && *identity != '(') {
        const char *after = *identity == '"' ? expression_after_quote(identity, end) : NULL;

        identity = after ? after : identity + 1;
    }
    return identity < end ? identity : NULL;
}

/* Writes an identity of PostgreSQL's without the quotes around key words. */
static void add_names(struct buffer *out, const char *identity, size_t len)
{
    const char *end = identity + len;

    while (identity < end) {
        const char *after = *identity == '"' ? expression_after_quote(identity, end) : NULL;

        if (after && is_plain(identity + 1, (size_t)(after - identity - 2)))
            buffer_add(out, identity + 1, (size_t)(after - identity - 2));
        else if (after)
            buffer_add(out, identity, (size_t)(after - identity));
        else
            buffer_char(out, *identity);
        identity = after ? after : identity + 1;
    }
}

/* The length of the prefix when the text begins with it, else 0. */
static size_t prefix_length(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(text, prefix, len) == 0 ? len : 0;
}

/* Normalizes argument types: PostgreSQL separates and qualifies them in several ways. */
static void add_types(struct buffer *out, const char *types)
{
    while (*types) {
        size_t qualifier = prefix_length(types, "pg_catalog.");

        if (qualifier == 0)
            qualifier = prefix_length(types, "public.");
        if (qualifier > 0) {
            types += qualifier;
            continue;
        }
        buffer_char(out, *types);
        types += types[0] == ',' && types[1] == ' ' ? 2 : 1;
    }
}

/* Writes the identity of an object in its normal form. */
static void add_identified(struct buffer *out, const char *identity)
{
    const char *arguments = arguments_of(identity);

    add_names(out, identity, arguments ? (size_t)(arguments - identity) : strlen(identity));
    if (arguments)
        add_types(out, arguments);
}

static void add_identity(struct buffer *out, const struct schema_object *object)
{
    enum form form = namings[object->kind].form;
    const char *schema = schema_value(object, "schema"), *name = schema_value(object, "name");

    if (form == FORM_TEXT) {
        add_identified(out, object->values[1]);
        return;
    }
    if (form == FORM_PART) {
        add_quoted(out, name);
        buffer_text(out, " on ");
    }
    if (schema) {
        add_quoted(out, schema);
        buffer_char(out, '.');
    }
    if (form == FORM_PART || form == FORM_COLUMN) {
        add_quoted(out, object->values[1]);
        buffer_text(out, form == FORM_COLUMN ? "." : "");
    }
    if (form != FORM_PART)
        add_quoted(out, name);
    if (form == FORM_FUNCTION) {
        buffer_char(out, '(');
        add_types(out, schema_value(object, "arguments"));
        buffer_char(out, ')');
    }
}

/* ---- parts of relations ---- */

bool diff_index_part(const struct schema_object *object, const char **schema, const char **relation)
{
    size_t at = object->kind == SCHEMA_PUBLICATION_TABLE ? 1 : 0;

    *schema = object->values[at];
    *relation = object->values[at + 1];
    return at == 1 || schema_value(object, "relation") != NULL;
}

/* How the definition of a part splits around the names of the object and its table. */
static const struct {
    enum schema_kind kind;
    const char *before, *after;
} cuts[] = {
    {SCHEMA_INDEX, "INDEX ", " USING "},
    {SCHEMA_TRIGGER, " ON ", " FOR EACH "},
};

/* The definition without these names: its beginning and its end. */
static void cut(enum schema_kind kind, const char *text, size_t *head, const char **tail)
{
    *head = 0;
    *tail = text;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        const char *before = cuts[i].kind == kind ? strstr(text, cuts[i].before) : NULL;
        const char *after = before ? strstr(before, cuts[i].after) : NULL;

        if (!after)
            continue;
        *head = (size_t)(before - text);
        *tail = after;
    }
}

bool diff_index_same_part(const struct schema_object *a, const struct schema_object *b)
{
    const char *left = schema_value(a, "definition"), *right = schema_value(b, "definition");
    const char *left_tail, *right_tail;
    size_t left_head, right_head;

    if (a->kind != b->kind || !left || !right || (a->kind == SCHEMA_TRIGGER && strcmp(a->values[2], b->values[2]) != 0))
        return false;
    cut(a->kind, left, &left_head, &left_tail);
    cut(b->kind, right, &right_head, &right_tail);
    return left_head == right_head && strncmp(left, right, left_head) == 0 && strcmp(left_tail, right_tail) == 0;
}

static void add_state(struct diff_index *index, enum schema_kind kind, const char *text)
{
    const char *tail = text ? text : "";
    size_t head = 0;

    if (text)
        cut(kind, text, &head, &tail);
    buffer_char(&index->key, '\1');
    buffer_add(&index->key, text, head);
    add_key(index, tail);
}

/* Makes the key of a part as if it belonged to `schema`.`relation`. The names of indexes and constraints are left out:
 * those of partitions differ. */
static void make_part_key(struct diff_index *index, const struct schema_difference *difference, enum side side,
                          const char *schema, const char *relation)
{
    const struct schema_object *object = side == SIDE_A ? difference->a : difference->b;
    bool named = object->kind != SCHEMA_INDEX &&
                 (object->kind != SCHEMA_CONSTRAINT || prefix_length(object->values[3], "CHECK ") > 0);

    begin_key(index, side, SPACE_PART);
    buffer_format(&index->key, " %d", (int)object->kind);
    add_key(index, schema);
    add_key(index, relation);
    add_key(index, !named ? "" : object->kind == SCHEMA_PUBLICATION_TABLE ? object->values[0] : object->values[2]);
    add_state(index, object->kind, side == SIDE_A ? difference->from : difference->to);
}

/* ---- building ---- */

/* Adds the columns of a primary key. */
static bool put_primary_key(struct diff_index *index, enum side side, const struct schema_object *constraint,
                            size_t place)
{
    struct expression_names names = expression_names_begin(constraint->values[3]);
    bool good = true;

    if (strncmp(constraint->values[3], "PRIMARY KEY ", strlen("PRIMARY KEY ")) != 0)
        return true;
    while (good && expression_names_next(&names, &index->name)) {
        begin_key(index, side, SPACE_PRIMARY);
        add_key(index, constraint->values[0]);
        add_key(index, constraint->values[1]);
        add_key(index, index->name.data);
        good = put(index, place);
    }
    return good;
}

static bool put_object(struct diff_index *index, enum side side, const struct schema_object *object, size_t place)
{
    const struct naming *naming = &namings[object->kind];
    bool good = true;

    if (naming->space != SPACE_NONE) {
        begin_key(index, side, naming->space);
        for (unsigned i = 0; i < naming->count; i++)
            add_key(index, object->values[naming->fields[i]]);
        good = put(index, place);
    }
    if (good && naming->form != FORM_NONE) {
        begin_key(index, side, SPACE_IDENTITY);
        add_key(index, naming->type ? naming->type : object->values[0]);
        buffer_char(&index->key, '\1');
        add_identity(&index->key, object);
        good = put(index, place);
    }
    return good && (object->kind != SCHEMA_CONSTRAINT || put_primary_key(index, side, object, place));
}

static bool put_side(struct diff_index *index, enum side side, size_t place)
{
    const struct schema_difference *difference = &index->found->items[place];
    const struct schema_object *object = side == SIDE_A ? difference->a : difference->b;
    const char *schema, *relation;

    if (!object)
        return true;
    if (!put_object(index, side, object, place))
        return false;
    if (!diff_index_part(object, &schema, &relation))
        return true;
    make_part_key(index, difference, side, schema, relation);
    return put(index, place);
}

struct diff_index *diff_index_create(void *arena, const struct schema_differences *found)
{
    struct diff_index *index = talloc_zero(arena, struct diff_index);

    if (!index)
        return NULL;
    index->found = found;
    index->table = hash_table_create(index);
    index->key = index->name = buffer_make(index, KEY_MAX);
    for (size_t i = 0; index->table && i < found->count; i++)
        if (!put_side(index, SIDE_A, i) || !put_side(index, SIDE_B, i))
            return NULL;
    return index->table ? index : NULL;
}

/* ---- lookup ---- */

const struct schema_difference *diff_index_find(struct diff_index *index, enum side side, enum space space,
                                                const char *one, const char *two, const char *three)
{
    const char *const parts[] = {one, two, three};

    begin_key(index, side, space);
    for (size_t i = 0; i < PARTS_MAX && parts[i]; i++)
        add_key(index, parts[i]);
    return find(index);
}

/* The last dot outside of quoted names. */
static const char *last_dot(const char *identity)
{
    const char *dot = NULL;
    bool quoted = false;

    for (; *identity && (quoted || *identity != '('); identity++) {
        quoted = quoted != (*identity == '"');
        if (*identity == '.' && !quoted)
            dot = identity;
    }
    return *identity ? NULL : dot;
}

static void begin_identity(struct diff_index *index, enum side side, const char *type)
{
    begin_key(index, side, SPACE_IDENTITY);
    add_key(index, type);
    buffer_char(&index->key, '\1');
}

const struct schema_difference *diff_index_identify(struct diff_index *index, enum side side, const char *type,
                                                    const char *identity)
{
    const char *dot = last_dot(identity);
    const struct schema_difference *found;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].type, type) == 0) {
            type = words[i].is;
            break;
        }
    }
    begin_identity(index, side, type);
    add_identified(&index->key, identity);
    found = find(index);
    if (!found && strcmp(type, "type") == 0) { /* the row type of a table */
        begin_identity(index, side, "relation");
        add_names(&index->key, identity, strlen(identity));
        found = find(index);
        return found && (found->kind == SCHEMA_TABLE || found->kind == SCHEMA_VIEW ||
                         found->kind == SCHEMA_FOREIGN_TABLE)
                   ? found
                   : NULL;
    }
    if (found || !dot || (strcmp(type, "column") != 0 && strcmp(type, "attribute") != 0))
        return found;
    begin_identity(index, side, strcmp(type, "column") == 0 ? "relation" : "type");
    add_names(&index->key, identity, (size_t)(dot - identity));
    return find(index);
}

const struct schema_difference *diff_index_alike(struct diff_index *index, const struct schema_difference *difference,
                                                 const char *schema, const char *relation)
{
    const struct schema_difference *a = NULL, *b = NULL;

    if (difference->a) {
        make_part_key(index, difference, SIDE_A, schema, relation);
        a = find(index);
    }
    if (difference->b) {
        make_part_key(index, difference, SIDE_B, schema, relation);
        b = find(index);
    }
    if (a && b)
        return a == b ? a : NULL;
    if (a)
        return !difference->b || !a->b ? a : NULL;
    return b && (!difference->a || !b->a) ? b : NULL;
}
