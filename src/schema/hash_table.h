/* A table of places by text. */
#ifndef ORGD_SCHEMA_HASH_TABLE_H
#define ORGD_SCHEMA_HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define LOOKUP_NONE ((size_t)-1)

struct lookup;

/* An empty one, in `arena`; NULL without memory. */
struct lookup *lookup_create(void *arena);

/* Puts `place` under a copy of `key`, unless something is there already. False without memory. */
bool lookup_put(struct lookup *lookup, const char *key, size_t place) MUST_CHECK;

/* What is under `key`, or LOOKUP_NONE. */
size_t lookup_find(const struct lookup *lookup, const char *key);

#endif
