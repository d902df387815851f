/* The one wording of what PostgreSQL words in two ways. */
#ifndef ORGD_SCHEMA_WORDING_H
#define ORGD_SCHEMA_WORDING_H

/*
 * An array that was cast, `(ARRAY[a, b])::text[]`, becomes what PostgreSQL makes of it when it reads that again, as
 * pg_dump lets it: `ARRAY[(a)::text, (b)::text]`. It is how IN (...) on a column of the type character varying is kept.
 * The answer is a text of `arena`; NULL without memory.
 */
const char *wording_settle(void *arena, const char *text);

#endif
