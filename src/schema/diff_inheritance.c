/* Matches differences of partitions and inheritance children with those of their parents. */
#include "schema/diff_inheritance.h"

#include <string.h>

#include "schema/diff_index.h"

/* The first object of the kind whose first fields are these, or NULL. */
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
    if (from == document->count || document->objects[from].kind != kind ||
        strcmp(document->objects[from].values[0], schema) != 0 || strcmp(document->objects[from].values[1], name) != 0)
        return NULL;
    return &document->objects[from];
}

/* The number of directly preceding differences that are equal to this one except for the name of the part. */
static size_t same_before(const struct diff_inheritance *inheritance, const struct schema_difference *difference)
{
    const struct schema_object *object = object_of(difference);
    const struct schema_difference *other = difference;
    size_t count = 0;

    while (other > inheritance->found->items) {
        const struct schema_object *before = object_of(--other);

        if (before->kind != object->kind || strcmp(before->values[0], object->values[0]) != 0 ||
            strcmp(before->values[1], object->values[1]) != 0)
            break;
        count += other->change == difference->change && diff_index_same_part(before, object);
    }
    return count;
}

/* One part of the parent accounts for one equal part of the child, not for all of them. */
static bool is_one_too_many(const struct diff_inheritance *inheritance, const struct schema_difference *difference,
                            const struct schema_difference *cause)
{
    const struct schema_difference *end = inheritance->found->items + inheritance->found->count;
    const struct schema_object *object = object_of(cause);
    size_t count;

    if (!is_single(difference) || (difference->kind != SCHEMA_INDEX && difference->kind != SCHEMA_CONSTRAINT) ||
        strncmp(object->values[3], "CHECK ", strlen("CHECK ")) == 0) /* check constraints are matched by name */
        return false;
    count = same_before(inheritance, cause) + 1;
    for (const struct schema_difference *other = cause + 1; other < end; other++) {
        const struct schema_object *after = object_of(other);

        if (after->kind != object->kind || strcmp(after->values[0], object->values[0]) != 0 ||
            strcmp(after->values[1], object->values[1]) != 0)
            break;
        count += other->change == cause->change && diff_index_same_part(after, object);
    }
    return same_before(inheritance, difference) >= count;
}

/* Whether CREATE and ALTER TABLE give a child this kind of part along with its parent. */
static bool is_inherited(const struct schema_object *object, enum schema_kind by)
{
    const char *definition = schema_value(object, "definition"), *name = schema_value(object, "name");

    switch (object->kind) {
    case SCHEMA_COLUMN:
    case SCHEMA_FOREIGN_COLUMN:
    case SCHEMA_COLUMN_COLLATION:
        return true;
    case SCHEMA_COLUMN_PROPERTY:
        return strcmp(name, "statistics") == 0 || strcmp(name, "storage") == 0;
    case SCHEMA_CONSTRAINT:
        return by == SCHEMA_PARTITION ||
               (strncmp(definition, "CHECK ", strlen("CHECK ")) == 0 && !strstr(definition, " NO INHERIT"));
    case SCHEMA_INDEX:
    case SCHEMA_TRIGGER_FIRING:
        return by == SCHEMA_PARTITION;
    case SCHEMA_TRIGGER:
        return by == SCHEMA_PARTITION && strstr(definition, " FOR EACH ROW ");
    default:
        return false;
    }
}

/* Whether an existing table got a new parent: it must have had the same columns before. */
static bool is_other_than_parent(const struct diff_inheritance *inheritance, enum side side,
                                 const struct schema_object *link)
{
    const struct schema_difference *child =
        diff_index_find(inheritance->index, side, SPACE_RELATION, link->values[0], link->values[1], NULL);
    const struct schema_difference *parent =
        diff_index_find(inheritance->index, side, SPACE_RELATION, link->values[2], link->values[3], NULL);

    return parent && is_single(parent) && !(child && is_single(child));
}

static const struct schema_difference *by_parent_in(const struct diff_inheritance *inheritance, enum side side,
                                                    const struct schema_difference *difference)
{
    static const enum schema_kind kinds[] = {SCHEMA_PARTITION, SCHEMA_INHERITANCE};
    const struct schema_document *document = inheritance->documents[side];
    const struct schema_object *object = side == SIDE_A ? difference->a : difference->b;
    const struct schema_object *end = document->objects + document->count;
    const char *schema, *relation;
    bool part = diff_index_part(object, &schema, &relation);

    for (size_t i = 0; i < (part ? 2 : object->kind == SCHEMA_TABLE);
         i++) { /* children remain when their parent is dropped */
        const struct schema_object *parent =
            part && !is_inherited(object, kinds[i]) ? NULL : first_of(document, kinds[i], schema, relation);

        for (; parent && parent < end && parent->kind == kinds[i] && strcmp(parent->values[0], schema) == 0 &&
               strcmp(parent->values[1], relation) == 0;
             parent++) {
            const struct schema_difference *cause =
                part ? diff_index_alike(inheritance->index, difference, parent->values[2], parent->values[3])
                     : diff_index_find(inheritance->index, side, SPACE_RELATION, parent->values[2], parent->values[3],
                                       NULL);

            if (cause && part &&
                (is_one_too_many(inheritance, difference, cause) || is_other_than_parent(inheritance, side, parent)))
                cause = NULL;
            if (cause && cause != difference && (part || (is_single(difference) && is_single(cause))))
                return cause;
        }
    }
    return NULL;
}

const struct schema_difference *diff_inheritance_by_parent(const struct diff_inheritance *inheritance,
                                                           const struct schema_difference *difference)
{
    const struct schema_difference *a = difference->a ? by_parent_in(inheritance, SIDE_A, difference) : NULL;
    const struct schema_difference *b = difference->b ? by_parent_in(inheritance, SIDE_B, difference) : NULL;

    return !difference->b ? a : !difference->a || a == b ? b : NULL;
}

const struct schema_difference *diff_inheritance_by_partition(const struct diff_inheritance *inheritance,
                                                              const struct schema_difference *difference)
{
    const struct schema_document *document = inheritance->documents[side_of(difference)];
    const struct schema_object *object = object_of(difference), *end = document->objects + document->count;
    const struct schema_difference *partition = diff_index_find(
        inheritance->index, side_of(difference), SPACE_PARTITION, object->values[0], object->values[1], NULL);
    const struct schema_object *parent, *part;
    size_t before;

    if (!partition || !is_single(partition) ||
        (partition->change == SCHEMA_REMOVED && difference->kind != SCHEMA_TRIGGER))
        return NULL;
    parent = object_of(partition);
    part = first_of(document, object->kind, parent->values[2], parent->values[3]);
    before = same_before(inheritance, difference);
    for (; part && part < end && part->kind == object->kind && strcmp(part->values[0], parent->values[2]) == 0 &&
           strcmp(part->values[1], parent->values[3]) == 0;
         part++)
        if (diff_index_same_part(object, part) && before-- == 0)
            return partition;
    return NULL;
}
