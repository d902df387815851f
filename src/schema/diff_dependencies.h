/* Finds which differences are consequences of others: parts of an object that is added, removed or renamed. */
#ifndef ORGD_SCHEMA_DIFF_DEPENDENCIES_H
#define ORGD_SCHEMA_DIFF_DEPENDENCIES_H

#include "schema/diff.h"

#define DIFF_NO_CAUSE ((size_t)-1)

/*
 * Stores in causes[i] the index of the difference that is the root cause of found->items[i], or DIFF_NO_CAUSE. A root
 * cause has no cause itself. ERR_MEMORY.
 */
enum err diff_dependencies_find(void *arena, const struct schema_document *a, const struct schema_document *b,
                                const struct schema_differences *found, size_t *causes, struct error *error) MUST_CHECK;

#endif
