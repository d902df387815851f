/* The one wording of what PostgreSQL words in two ways. */
#ifndef ORGD_SCHEMA_EXPRESSION_NORMALIZE_H
#define ORGD_SCHEMA_EXPRESSION_NORMALIZE_H

#include <stdbool.h>

/*
 * What PostgreSQL makes of a text of its own when it reads it again, as pg_dump lets it. An array that was cast,
 * `(ARRAY[a, b])::text[]`, becomes `ARRAY[(a)::text, (b)::text]`: it is how IN (...) on a column of the type character
 * varying is kept. `((a OR b) OR c)` becomes `(a OR b OR c)`, and so does AND: it is how BETWEEN and IN are kept.
 * The answer is a text of `arena`; NULL without memory.
 */
const char *expression_normalize(void *arena, const char *text);

/* Whether two texts differ at most in casts to types without a length, and in the parentheses that these need around a
 * word, as they do when a column got another type. `arena` holds what is needed for that. */
bool expression_same_but_casts(void *arena, const char *a, const char *b);

#endif
