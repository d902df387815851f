/* Normalizes expressions that PostgreSQL prints in two forms. */
#ifndef ORGD_SCHEMA_EXPRESSION_NORMALIZE_H
#define ORGD_SCHEMA_EXPRESSION_NORMALIZE_H

#include <stdbool.h>

/*
 * Rewrites an expression to the form that PostgreSQL prints after pg_dump and restore. A cast array
 * `(ARRAY[a, b])::text[]` becomes `ARRAY[(a)::text, (b)::text]`; IN (...) on a character varying column is stored so.
 * `((a OR b) OR c)` becomes `(a OR b OR c)`, and the same for AND; BETWEEN and IN are stored so. The result is a text
 * in `arena`; NULL without memory.
 */
const char *expression_normalize(void *arena, const char *text);

/* Whether two expressions differ only in casts to types without a length, and in the parentheses that such casts need:
 * a changed column type has this effect. `arena` is used for temporary memory. */
bool expression_same_but_casts(void *arena, const char *a, const char *b);

#endif
