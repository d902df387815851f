/* Finds which differences of partitions and inheritance children are consequences of their parents' differences. */
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

/* The same change of the parent, when the table is its child in every dump that has the difference; or NULL. */
const struct schema_difference *diff_inheritance_by_parent(const struct diff_inheritance *inheritance,
                                                           const struct schema_difference *difference);

/* The attaching of a partition, which gives it the parent's triggers, indexes and keys, or the detaching, which removes
 * the triggers; or NULL. */
const struct schema_difference *diff_inheritance_by_partition(const struct diff_inheritance *inheritance,
                                                              const struct schema_difference *difference);

#endif
