/* An index of differences by the names of their objects. */
#ifndef ORGD_SCHEMA_DIFF_INDEX_H
#define ORGD_SCHEMA_DIFF_INDEX_H

#include "schema/diff.h"

/* The first or the second dump. */
enum side { SIDE_A, SIDE_B };

/* Name spaces. */
enum space {
    SPACE_NONE,
    SPACE_RELATION, /* schema, name: tables, views, sequences, indexes */
    SPACE_COLUMN,   /* schema, relation, name */
    SPACE_CONSTRAINT,
    SPACE_TRIGGER,
    SPACE_RULE,
    SPACE_TYPE,        /* schema, name */
    SPACE_PARTITION,   /* schema, name */
    SPACE_PUBLICATION, /* name */
    SPACE_EXTENSION,
    SPACE_SCHEMA,
    SPACE_PRIMARY, /* schema, relation, column of a primary key */
    SPACE_PART,    /* schema, relation, and the whole definition of a part of the relation */
    SPACE_IDENTITY /* the name that comments and privileges use */
};

/* Whether only one of the two dumps has the object. */
static inline bool is_single(const struct schema_difference *difference)
{
    return difference->change == SCHEMA_ADDED || difference->change == SCHEMA_REMOVED;
}

/* The second dump when it has the object, else the first. */
static inline enum side side_of(const struct schema_difference *difference)
{
    return difference->b ? SIDE_B : SIDE_A;
}

static inline const struct schema_object *object_of(const struct schema_difference *difference)
{
    return difference->b ? difference->b : difference->a;
}

struct diff_index;

/* Builds the index in `arena`; borrows the differences. NULL without memory. */
struct diff_index *diff_index_create(void *arena, const struct schema_differences *found);

/* The difference whose object has the name on that side, or NULL. Unused parts of the name are NULL. */
const struct schema_difference *diff_index_find(struct diff_index *index, enum side side, enum space space,
                                                const char *one, const char *two, const char *three);

/* The difference whose object has this type and identity in PostgreSQL's terms, or else that of the table of such a
 * column; NULL when neither exists. */
const struct schema_difference *diff_index_identify(struct diff_index *index, enum side side, const char *type,
                                                    const char *identity);

/* The difference that changes a part of `schema`.`relation` in the same way as `difference` changes a part of another
 * relation, or NULL. */
const struct schema_difference *diff_index_alike(struct diff_index *index, const struct schema_difference *difference,
                                                 const char *schema, const char *relation);

/* Whether both are parts of relations, of one kind and with the same definition. Names are compared for triggers only.
 */
bool diff_index_same_part(const struct schema_object *a, const struct schema_object *b);

/* Whether the object is part of a relation; stores the name of the relation then. */
bool diff_index_part(const struct schema_object *object, const char **schema, const char **relation);

#endif
