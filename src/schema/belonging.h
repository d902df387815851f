/* Which differences follow from others: what belongs to an object that is itself added or removed. */
#ifndef ORGD_SCHEMA_BELONGING_H
#define ORGD_SCHEMA_BELONGING_H

#include "schema/diff.h"

struct belonging;

/* An empty set, in `arena`; the documents are borrowed. NULL without memory. */
struct belonging *belonging_create(void *arena, const struct schema_document *a, const struct schema_document *b);

/* Notes an object that only one of the documents has. False without memory, as the next one. */
bool belonging_note(struct belonging *set, const struct schema_object *object) MUST_CHECK;
/* Notes the constraints and columns that differ: their indexes and sequences follow. */
bool belonging_learn(struct belonging *set, const struct schema_differences *found) MUST_CHECK;

/* Whether the difference follows from another one. */
bool belonging_follows(const struct belonging *set, const struct schema_difference *difference);

#endif
