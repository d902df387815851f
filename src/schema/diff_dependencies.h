/* Which differences follow from others: what belongs to an object that is itself added, removed or renamed. */
#ifndef ORGD_SCHEMA_DIFF_DEPENDENCIES_H
#define ORGD_SCHEMA_DIFF_DEPENDENCIES_H

#include "schema/diff.h"

#define DIFF_NO_CAUSE ((size_t)-1)

/*
 * Stores for each difference the place of the one that it follows from in the end, or DIFF_NO_CAUSE: leaders[i] for
 * found->items[i]. What another one follows from follows from none. ERR_MEMORY.
 */
enum err diff_dependencies_find(void *arena, const struct schema_document *a, const struct schema_document *b,
                                const struct schema_differences *found, size_t *causes, struct error *error) MUST_CHECK;

#endif
