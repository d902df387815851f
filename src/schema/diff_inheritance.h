/* Which differences of partitions and children follow from those of their parents. */
#ifndef ORGD_SCHEMA_DIFF_INHERITANCE_H
#define ORGD_SCHEMA_DIFF_INHERITANCE_H

#include "schema/diff.h"

struct diff_index;

/* The two dumps, and their differences in the order of the dumps; all are borrowed. */
struct diff_inheritance {
    const struct schema_document *documents[2];
    const struct schema_differences *found;
    struct diff_index *index;
};

/* They have what their parents have: a change there is one here too, when they are children on every side. NULL: it
 * follows from none. */
const struct schema_difference *diff_inheritance_by_parent(const struct diff_inheritance *inheritance,
                                                           const struct schema_difference *difference);

/* To be attached to a parent gives it the parent's triggers, indexes and keys; to be detached takes the triggers. NULL:
 * it follows from none. */
const struct schema_difference *diff_inheritance_by_partition(const struct diff_inheritance *inheritance,
                                                              const struct schema_difference *difference);

#endif
