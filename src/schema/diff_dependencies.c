/* Finds the cause of a difference: its table, constraint, column, type, or the object of a comment.
 */
#include "schema/diff_dependencies.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "schema/diff_index.h"
#include "schema/diff_inheritance.h"
#include "schema/expression_names.h"
#include "schema/expression_normalize.h"

#define NAME_MAX_BYTES ((size_t)1 << 20)

enum { PARTS_MAX = 3, CHAIN_MAX = 256 };

struct dependencies {
    const struct schema_document *documents[2];
    const struct schema_differences *found;
    struct diff_index *index;
    struct diff_inheritance inheritance;
    struct buffer names[2];
};

/* An object that only one dump has is a consequence of the object named by these fields, if that one is missing from
 * the same other dump. */
static const struct rule {
    enum schema_kind kind;
    enum space space;
    unsigned count, fields[PARTS_MAX];
} rules[] = {
    {SCHEMA_COLUMN, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_CONSTRAINT, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_INDEX, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_TRIGGER, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_ROWS, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_DOMAIN_CONSTRAINT, SPACE_TYPE, 2, {0, 1}},
    {SCHEMA_ATTRIBUTE, SPACE_TYPE, 2, {0, 1}},
    {SCHEMA_EXTENSION_SCHEMA, SPACE_EXTENSION, 1, {0}},
    {SCHEMA_COLUMN_COLLATION, SPACE_COLUMN, 3, {0, 1, 2}},
    {SCHEMA_COLUMN_COLLATION, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_SEQUENCE_SETTING, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_SEQUENCE_OWNERSHIP, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_PARTITION_KEY, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_PARTITION, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_INHERITANCE, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_PROPERTY, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_PARAMETER, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_COLUMN_PROPERTY, SPACE_COLUMN, 3, {0, 1, 2}},
    {SCHEMA_COLUMN_PROPERTY, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_COLUMN_PARAMETER, SPACE_COLUMN, 3, {0, 1, 2}},
    {SCHEMA_COLUMN_PARAMETER, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_RULE, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_TRIGGER_FIRING, SPACE_TRIGGER, 3, {0, 1, 2}},
    {SCHEMA_RULE_FIRING, SPACE_RULE, 3, {0, 1, 2}},
    {SCHEMA_RULE_FIRING, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_POLICY, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_FOREIGN_COLUMN, SPACE_RELATION, 2, {0, 1}},
    {SCHEMA_PUBLICATION_TABLE, SPACE_PUBLICATION, 1, {0}},
    {SCHEMA_PUBLICATION_TABLE, SPACE_RELATION, 2, {1, 2}},
    {SCHEMA_PUBLICATION_SCHEMA, SPACE_PUBLICATION, 1, {0}},
    {SCHEMA_PUBLICATION_SCHEMA, SPACE_SCHEMA, 1, {1}},
};

/* ---- parts of objects that are added, removed or renamed ---- */

/* Whether both objects are equal except for the name, the second field. */
static bool is_renamed_too(const struct schema_object *object, const struct schema_object *other)
{
    size_t i = 0;

    if (object->kind != other->kind)
        return false;
    for (const struct schema_field *field = schema_lines[object->kind].fields; field->name; field++, i++) {
        if (i == 1)
            continue;
        if (!object->values[i] || !other->values[i] ? object->values[i] != other->values[i]
                                                    : strcmp(object->values[i], other->values[i]) != 0)
            return false;
    }
    return true;
}

static const struct schema_difference *by_name(struct dependencies *dependencies,
                                               const struct schema_difference *difference);

/* A part of a renamed object is a consequence only if the object has it under the other name too. */
static bool has_counterpart(struct dependencies *dependencies, const struct schema_difference *difference,
                            const struct schema_difference *cause)
{
    for (size_t i = 0; i < dependencies->found->count; i++) {
        const struct schema_difference *other = &dependencies->found->items[i];

        if (is_single(other) && side_of(other) != side_of(difference) &&
            is_renamed_too(object_of(difference), object_of(other)) && by_name(dependencies, other) == cause)
            return true;
    }
    return false;
}

static const struct schema_difference *by_rule(struct dependencies *dependencies,
                                               const struct schema_difference *difference, const struct rule *rule)
{
    const struct schema_object *object = object_of(difference);
    const char *parts[PARTS_MAX] = {0};

    for (unsigned i = 0; i < rule->count; i++)
        parts[i] = object->values[rule->fields[i]];
    return diff_index_find(dependencies->index, side_of(difference), rule->space, parts[0], parts[1], parts[2]);
}

static bool leads(const struct schema_difference *cause)
{
    return cause && (is_single(cause) || cause->change == SCHEMA_RENAMED);
}

/* The object that the fields of the line name, if it is added, removed or renamed. */
static const struct schema_difference *by_name(struct dependencies *dependencies,
                                               const struct schema_difference *difference)
{
    const struct schema_object *object = object_of(difference);
    const struct schema_difference *cause;

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].kind != object->kind)
            continue;
        cause = by_rule(dependencies, difference, &rules[i]);
        if (leads(cause))
            return cause;
    }
    if (object->kind == SCHEMA_DEFAULT_PRIVILEGE)
        cause = diff_index_identify(dependencies->index, side_of(difference), "schema", object->values[1]);
    else if (object->kind == SCHEMA_COMMENT || object->kind == SCHEMA_PRIVILEGE || object->kind == SCHEMA_REVOCATION)
        cause = diff_index_identify(dependencies->index, side_of(difference), object->values[0], object->values[1]);
    else
        return NULL;
    return leads(cause) ? cause : NULL;
}

/* ---- objects that PostgreSQL drops together with a column ---- */

static bool has_other_type(const struct schema_difference *column)
{
    return column->change == SCHEMA_CHANGED &&
           strcmp(schema_value(column->a, "type"), schema_value(column->b, "type")) != 0;
}

/* The first column in the expression for which `is_leader` is true. */
static const struct schema_difference *by_name_in_expression(struct dependencies *dependencies, enum side side,
                                                             struct expression_names names, const char *schema,
                                                             const char *relation,
                                                             bool (*is_leader)(const struct schema_difference *))
{
    struct buffer *name = &dependencies->names[0];

    while (expression_names_next(&names, name)) {
        const struct schema_difference *column =
            diff_index_find(dependencies->index, side, SPACE_COLUMN, schema, relation, buffer_string(name));

        if (column && is_leader(column))
            return column;
    }
    return NULL;
}

static const struct schema_difference *by_column(struct dependencies *dependencies,
                                                 const struct schema_difference *difference)
{
    const struct schema_object *object = object_of(difference);

    return by_name_in_expression(dependencies, side_of(difference),
                                 expression_names_begin(schema_value(object, "definition")), object->values[0],
                                 object->values[1], is_single);
}

/* A changed column type changes the casts in constraints and indexes of the column. */
static const struct schema_difference *by_retyped(struct dependencies *dependencies,
                                                  const struct schema_difference *difference)
{
    const struct schema_object *object = difference->b;
    const char *before = schema_value(difference->a, "definition"), *now = schema_value(object, "definition");

    if (!expression_same_but_casts(dependencies->index, before, now))
        return NULL;
    return by_name_in_expression(dependencies, SIDE_B, expression_names_begin(now), object->values[0],
                                 object->values[1], has_other_type);
}

static const struct schema_difference *by_statistics(struct dependencies *dependencies,
                                                     const struct schema_difference *difference)
{
    const char *definition = schema_value(object_of(difference), "definition");
    const struct schema_difference *table;
    struct buffer schema = buffer_make(dependencies->index, NAME_MAX_BYTES);

    if (!expression_names_table(definition, &schema, &dependencies->names[1]))
        return NULL;
    table = diff_index_find(dependencies->index, side_of(difference), SPACE_RELATION, buffer_string(&schema),
                            buffer_string(&dependencies->names[1]), NULL);
    if (!is_single(difference)) {
        if (!expression_same_but_casts(dependencies->index, schema_value(difference->a, "definition"), definition))
            return NULL;
        return by_name_in_expression(dependencies, SIDE_B, expression_names_statistics(definition),
                                     buffer_string(&schema), buffer_string(&dependencies->names[1]), has_other_type);
    }
    if (leads(table))
        return table;
    return by_name_in_expression(dependencies, side_of(difference), expression_names_statistics(definition),
                                 buffer_string(&schema), buffer_string(&dependencies->names[1]), is_single);
}

/* ---- derived objects ---- */

/* A changed index is a consequence of its constraint only if both dumps have the constraint. */
static const struct schema_difference *by_constraint(struct dependencies *dependencies,
                                                     const struct schema_difference *index)
{
    const struct schema_object *const objects[] = {index->a, index->b};

    for (size_t i = 0; i < 2; i++) {
        const struct schema_difference *constraint =
            objects[i] ? diff_index_find(dependencies->index, (enum side)i, SPACE_CONSTRAINT, objects[i]->values[0],
                                         objects[i]->values[1], objects[i]->values[2])
                       : NULL;

        if (constraint && schema_is_key(i == SIDE_A ? constraint->a : constraint->b) &&
            (index->change != SCHEMA_CHANGED || !is_single(constraint)))
            return constraint;
    }
    return NULL;
}

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Whether the default uses the sequence: it contains the name, quoted as a name or in a string. */
static bool draws_from(struct dependencies *dependencies, const char *text, const char *sequence)
{
    struct buffer *name = &dependencies->names[0];
    const char *found;

    buffer_clear(name);
    for (; *sequence; sequence++)
        buffer_add(name, (const char[]){*sequence, *sequence}, *sequence == '"' || *sequence == '\'' ? 2 : 1);
    found = text && strstr(text, "nextval(") && buffer_string(name) ? strstr(text, buffer_string(name)) : NULL;
    return found && strchr("\".'", found[-1]) && strchr("\"'", found[name->len]);
}

/* Whether the change of the column adds or removes the sequence, or changes the type of an identity sequence. */
static bool has_sequence(struct dependencies *dependencies, const struct schema_difference *column,
                         const struct schema_difference *sequence, bool identity)
{
    const struct schema_object *object = column->b;

    if (is_single(sequence)) {
        if (side_of(sequence) == SIDE_A)
            object = column->a;
        if (identity)
            return strstr(column->what, "generated") != NULL;
        return strstr(column->what, "default") &&
               draws_from(dependencies, schema_value(object, "default"), schema_value(object_of(sequence), "name"));
    }
    return identity && sequence->change == SCHEMA_CHANGED &&
           is_same(schema_value(sequence->a, "type"), schema_value(column->a, "type")) &&
           is_same(schema_value(sequence->b, "type"), schema_value(column->b, "type"));
}

/* The column or table that owns the sequence. */
static const struct schema_difference *by_owner(struct dependencies *dependencies,
                                                const struct schema_difference *sequence)
{
    const struct schema_document *document = dependencies->documents[side_of(sequence)];
    const struct schema_object *object = object_of(sequence);
    const struct schema_object *owner =
        schema_find(document, &(struct schema_object){.kind = SCHEMA_SEQUENCE_OWNERSHIP,
                                                      .values = {object->values[0], object->values[1]}});
    const struct schema_difference *cause = NULL;

    if (!owner)
        return NULL;
    cause = diff_index_find(dependencies->index, side_of(sequence), SPACE_COLUMN, owner->values[2], owner->values[3],
                            owner->values[4]);
    if (cause && cause->change == SCHEMA_CHANGED && has_sequence(dependencies, cause, sequence, owner->values[5]))
        return cause;
    if (!cause)
        cause = diff_index_find(dependencies->index, side_of(sequence), SPACE_RELATION, owner->values[2],
                                owner->values[3], NULL);
    return cause && is_single(cause) && is_single(sequence) ? cause : NULL;
}

/* The type of a sequence determines its limits. */
static const struct schema_difference *by_sequence(struct dependencies *dependencies,
                                                   const struct schema_difference *setting)
{
    const struct schema_difference *cause = diff_index_find(dependencies->index, SIDE_B, SPACE_RELATION,
                                                            setting->b->values[0], setting->b->values[1], NULL);
    bool limits = strcmp(setting->what, "minimum") == 0 || strcmp(setting->what, "maximum") == 0 ||
                  strcmp(setting->what, "minimum, maximum") == 0;

    return cause && cause->kind == SCHEMA_SEQUENCE && cause->change == SCHEMA_CHANGED && limits ? cause : NULL;
}

/* The definition of an index contains its parameters. */
static const struct schema_difference *by_index(struct dependencies *dependencies,
                                                const struct schema_difference *parameter)
{
    const struct schema_object *object = object_of(parameter);
    const struct schema_difference *cause = diff_index_find(dependencies->index, side_of(parameter), SPACE_RELATION,
                                                            object->values[0], object->values[1], NULL);

    return cause && cause->kind == SCHEMA_INDEX && cause->change == SCHEMA_CHANGED ? cause : NULL;
}

/* A primary key sets its columns NOT NULL; dropping it leaves them so. */
static const struct schema_difference *by_primary_key(struct dependencies *dependencies,
                                                      const struct schema_difference *column)
{
    if (strcmp(column->what, "not null") != 0 || !schema_value(column->b, "not null"))
        return NULL;
    return diff_index_find(dependencies->index, SIDE_B, SPACE_PRIMARY, column->b->values[0], column->b->values[1],
                           column->b->values[2]);
}

/* Replica identity and clustering name an index, and end with it. */
static const struct schema_difference *by_named_index(struct dependencies *dependencies,
                                                      const struct schema_difference *property)
{
    static const char before[] = "index ";
    const struct schema_difference *cause;
    const char *now = property->to;

    if (!property->from || strncmp(property->from, before, strlen(before)) != 0)
        return NULL;
    cause = diff_index_find(dependencies->index, SIDE_A, SPACE_RELATION, property->a->values[0],
                            property->from + strlen(before), NULL);
    if (cause && cause->change == SCHEMA_REMOVED)
        return strcmp(property->a->values[2], "clustered") == 0 ? (now ? NULL : cause)
               : now && strcmp(now, SCHEMA_DROPPED_INDEX) == 0  ? cause
                                                                : NULL;
    return cause && cause->change == SCHEMA_RENAMED && now && strncmp(now, before, strlen(before)) == 0 &&
                   strcmp(schema_value(cause->b, "name"), now + strlen(before)) == 0
               ? cause
               : NULL;
}

static bool is_parent_of_same(const struct schema_difference *a, const struct schema_difference *b)
{
    return a->kind == SCHEMA_INHERITANCE && strcmp(object_of(a)->values[0], object_of(b)->values[0]) == 0 &&
           strcmp(object_of(a)->values[1], object_of(b)->values[1]) == 0;
}

static unsigned long position_of(const struct schema_object *inheritance)
{
    return strtoul(schema_value(inheritance, "position"), NULL, 10);
}

/* Adding or removing a parent shifts the position of the parents after it. */
static const struct schema_difference *by_other_parent(struct dependencies *dependencies,
                                                       const struct schema_difference *inheritance)
{
    unsigned long from = position_of(inheritance->a), to = position_of(inheritance->b), moved = from;
    const struct schema_difference *cause = NULL;

    for (size_t i = 0; i < dependencies->found->count; i++) {
        const struct schema_difference *other = &dependencies->found->items[i];

        if (!is_single(other) || !is_parent_of_same(other, inheritance))
            continue;
        if (other->change == SCHEMA_REMOVED && position_of(other->a) < from)
            moved--;
        else if (other->change == SCHEMA_ADDED && position_of(other->b) < to)
            moved++;
        else
            continue;
        cause = other;
    }
    return moved == to ? cause : NULL;
}

/* The table of a version row; the row names it in capitals. */
static const struct schema_difference *by_version_table(struct dependencies *dependencies,
                                                        const struct schema_difference *version)
{
    struct buffer *name = &dependencies->names[0];
    const struct schema_difference *a, *b;

    buffer_clear(name);
    for (const char *at = object_of(version)->values[0]; *at; at++)
        buffer_char(name, (char)(*at >= 'A' && *at <= 'Z' ? *at + 'a' - 'A' : *at));
    a = diff_index_find(dependencies->index, SIDE_A, SPACE_RELATION, "public", buffer_string(name), NULL);
    b = diff_index_find(dependencies->index, SIDE_B, SPACE_RELATION, "public", buffer_string(name), NULL);
    return a && is_single(a) ? a : b && is_single(b) ? b : NULL;
}

/* An operator class comes with a family of its name. */
static const struct schema_difference *by_class(struct dependencies *dependencies,
                                                const struct schema_difference *family)
{
    const struct schema_object *object = object_of(family);
    const struct schema_difference *class =
        strcmp(object->values[0], "operator family") == 0
            ? diff_index_identify(dependencies->index, side_of(family), "operator class", object->values[1])
            : NULL;

    return class && is_single(class) ? class : NULL;
}

/* ---- consequences of a changed type ---- */

/* A changed column type resets collation, storage and compression of the column. */
static const struct schema_difference *by_type(struct dependencies *dependencies,
                                               const struct schema_difference *difference)
{
    const char *const *values = (const char *const *)object_of(difference)->values;
    const struct schema_difference *column;

    if (difference->change != SCHEMA_REMOVED ||
        (difference->kind == SCHEMA_COLUMN_PROPERTY && strcmp(values[3], "statistics") == 0))
        return NULL;
    column = diff_index_find(dependencies->index, SIDE_A, SPACE_COLUMN, values[0], values[1], values[2]);
    return column && has_other_type(column) ? column : NULL;
}

/* ---- all rules ---- */

static const struct schema_difference *by_columns(struct dependencies *dependencies,
                                                  const struct schema_difference *difference)
{
    if (is_single(difference))
        return by_column(dependencies, difference);
    return difference->change == SCHEMA_CHANGED ? by_retyped(dependencies, difference) : NULL;
}

static const struct schema_difference *by_kind(struct dependencies *dependencies,
                                               const struct schema_difference *difference)
{
    const struct schema_difference *cause = NULL;

    if (is_single(difference) && (difference->kind == SCHEMA_TRIGGER || difference->kind == SCHEMA_INDEX ||
                                  difference->kind == SCHEMA_CONSTRAINT))
        cause = diff_inheritance_by_partition(&dependencies->inheritance, difference);
    if (cause)
        return cause;
    switch (difference->kind) {
    case SCHEMA_VERSION:
        return by_version_table(dependencies, difference);
    case SCHEMA_INDEX:
        cause = by_constraint(dependencies, difference);
        return cause ? cause : by_columns(dependencies, difference);
    case SCHEMA_CONSTRAINT:
        return by_columns(dependencies, difference);
    case SCHEMA_STATISTICS:
        return by_statistics(dependencies, difference);
    case SCHEMA_SEQUENCE:
        return by_owner(dependencies, difference);
    case SCHEMA_SEQUENCE_SETTING:
        return difference->change == SCHEMA_CHANGED ? by_sequence(dependencies, difference) : NULL;
    case SCHEMA_PARAMETER:
        return by_index(dependencies, difference);
    case SCHEMA_COLUMN:
        return difference->change == SCHEMA_CHANGED ? by_primary_key(dependencies, difference) : NULL;
    case SCHEMA_COLUMN_COLLATION:
    case SCHEMA_COLUMN_PROPERTY:
        return by_type(dependencies, difference);
    case SCHEMA_PROPERTY:
        return by_named_index(dependencies, difference);
    case SCHEMA_OTHER:
        return is_single(difference) ? by_class(dependencies, difference) : NULL;
    case SCHEMA_INHERITANCE:
        return difference->change == SCHEMA_CHANGED ? by_other_parent(dependencies, difference) : NULL;
    default:
        return NULL;
    }
}

static const struct schema_difference *cause_of(struct dependencies *dependencies,
                                                const struct schema_difference *difference)
{
    const struct schema_difference *cause = is_single(difference) ? by_name(dependencies, difference) : NULL;

    if (cause && (cause->change != SCHEMA_RENAMED || has_counterpart(dependencies, difference, cause)))
        return cause;
    cause = diff_inheritance_by_parent(&dependencies->inheritance, difference);
    return cause ? cause : by_kind(dependencies, difference);
}

/* Replaces each cause by the root of its chain. In a cycle no difference has a cause. */
static void follow_chains(size_t *causes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t steps = 0, end = causes[i];

        while (end != DIFF_NO_CAUSE && causes[end] != DIFF_NO_CAUSE && steps++ < CHAIN_MAX)
            end = causes[end];
        causes[i] = steps > CHAIN_MAX || end == i ? DIFF_NO_CAUSE : end;
    }
}

enum err diff_dependencies_find(void *arena, const struct schema_document *a, const struct schema_document *b,
                                const struct schema_differences *found, size_t *causes, struct error *error)
{
    struct dependencies dependencies = {.documents = {a, b}, .found = found, .index = diff_index_create(arena, found)};

    if (!dependencies.index)
        return error_set(error, ERR_MEMORY, "no memory for the differences");
    dependencies.inheritance =
        (struct diff_inheritance){.documents = {a, b}, .found = found, .index = dependencies.index};
    dependencies.names[0] = dependencies.names[1] = buffer_make(dependencies.index, NAME_MAX_BYTES);
    for (size_t i = 0; i < found->count; i++) {
        const struct schema_difference *cause = cause_of(&dependencies, &found->items[i]);

        causes[i] = cause && cause != &found->items[i] ? (size_t)(cause - found->items) : DIFF_NO_CAUSE;
    }
    follow_chains(causes, found->count);
    talloc_free(dependencies.index);
    return OK;
}
