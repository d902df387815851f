/* The differences by the names of what they are about. */
#ifndef ORGD_SCHEMA_DIFF_INDEX_H
#define ORGD_SCHEMA_DIFF_INDEX_H

#include "schema/diff.h"

/* Which of the two dumps has the name. */
enum side { SIDE_A, SIDE_B };

/* Names of different kinds that cannot be confused. */
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
    SPACE_PART,    /* schema, relation, and all that is said about a part of it */
    SPACE_IDENTITY /* what comments and privileges name */
};

/* Whether only one of the two dumps has it. */
static inline bool is_single(const struct schema_difference *difference)
{
    return difference->change == SCHEMA_ADDED || difference->change == SCHEMA_REMOVED;
}

/* Where it is, or has come to be. */
static inline enum side side_of(const struct schema_difference *difference)
{
    return difference->b ? SIDE_B : SIDE_A;
}

static inline const struct schema_object *object_of(const struct schema_difference *difference)
{
    return difference->b ? difference->b : difference->a;
}

struct diff_index;

/* Puts all of them in, in `arena`; borrows them. NULL without memory. */
struct diff_index *diff_index_create(void *arena, const struct schema_differences *found);

/* The difference that has the name on that side; names that are not needed are NULL. NULL: there is none. */
const struct schema_difference *diff_index_find(struct diff_index *index, enum side side, enum space space,
                                                const char *one, const char *two, const char *three);

/* The one about what PostgreSQL identifies so, by its type and name, or else about what that is a column of. */
const struct schema_difference *diff_index_identify(struct diff_index *index, enum side side, const char *type,
                                                    const char *identity);

/* The one that tells of a part of `schema`.`relation` what `difference` tells of a part of another relation: where both
 * have been or become something, it is the same. */
const struct schema_difference *diff_index_alike(struct diff_index *index, const struct schema_difference *difference,
                                                 const char *schema, const char *relation);

/* Whether both are parts of relations, of one kind and with the same definition; names count only of triggers. */
bool diff_index_same_part(const struct schema_object *a, const struct schema_object *b);

/* Whether the object is part of a relation, which is then told. */
bool diff_index_part(const struct schema_object *object, const char **schema, const char **relation);

#endif
