/* A hash table from text to indexes. */
#ifndef ORGD_SCHEMA_HASH_TABLE_H
#define ORGD_SCHEMA_HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define HASH_TABLE_NONE ((size_t)-1)

struct hash_table;

/* An empty table in `arena`; NULL without memory. */
struct hash_table *hash_table_create(void *arena);

/* Stores `place` under a copy of `key`, unless the key exists. False without memory. */
bool hash_table_put(struct hash_table *table, const char *key, size_t place) MUST_CHECK;

/* The value of `key`, or HASH_TABLE_NONE. */
size_t hash_table_find(const struct hash_table *table, const char *key);

#endif
