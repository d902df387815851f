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

struct leaders;

/* Puts all of them in, in `arena`; borrows them. NULL without memory. */
struct leaders *leaders_create(void *arena, const struct schema_differences *found);

/* The difference that has the name on that side; names that are not needed are NULL. NULL: there is none. */
const struct schema_difference *leaders_find(struct leaders *leaders, enum side side, enum space space, const char *one,
                                             const char *two, const char *three);

/* The one about what PostgreSQL identifies so, by its type and name, or else about what that is a column of. */
const struct schema_difference *leaders_identify(struct leaders *leaders, enum side side, const char *type,
                                                 const char *identity);

/* The one that tells of a part of `schema`.`relation` what `difference` tells of a part of another relation: where both
 * have been or become something, it is the same. */
const struct schema_difference *leaders_alike(struct leaders *leaders, const struct schema_difference *difference,
                                              const char *schema, const char *relation);

/* Whether both are parts of relations, of one kind and with the same definition; names count only of triggers. */
bool leaders_same_part(const struct schema_object *a, const struct schema_object *b);

/* Whether the object is part of a relation, which is then told. */
bool leaders_part(const struct schema_object *object, const char **schema, const char **relation);

#endif
