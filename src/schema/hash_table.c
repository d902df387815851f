/* A hash table with open addressing. */
#include "schema/hash_table.h"

#include <string.h>
#include <talloc.h>

enum { ROOM_FIRST = 256 };

struct entry {
    char *key; /* NULL: free */
    size_t place;
};

struct hash_table {
    struct entry *entries;
    size_t room, count; /* room is a power of two */
};

static size_t hash_of(const char *text)
{
    size_t hash = 14695981039346656037u; /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static struct entry *entry_of(struct entry *entries, size_t room, const char *key)
{
    size_t at = hash_of(key) & (room - 1);

    while (entries[at].key && strcmp(entries[at].key, key) != 0)
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static bool grow(struct hash_table *table)
{
    size_t room = table->room ? 2 * table->room : ROOM_FIRST;
    struct entry *entries = talloc_zero_size(table, room * sizeof *entries);

    if (!entries)
        return false;
    for (size_t i = 0; i < table->room; i++)
        if (table->entries[i].key)
            *entry_of(entries, room, table->entries[i].key) = table->entries[i];
    TALLOC_FREE(table->entries);
    table->entries = entries;
    table->room = room;
    return true;
}

struct hash_table *hash_table_create(void *arena)
{
    struct hash_table *table = talloc_zero(arena, struct hash_table);

    return table && grow(table) ? table : NULL;
}

bool hash_table_put(struct hash_table *table, const char *key, size_t place)
{
    struct entry *entry;

    if (2 * table->count >= table->room && !grow(table))
        return false;
    entry = entry_of(table->entries, table->room, key);
    if (entry->key)
        return true;
    *entry = (struct entry){talloc_strdup(table, key), place};
    table->count++;
    return entry->key != NULL;
}

size_t hash_table_find(const struct hash_table *table, const char *key)
{
    const struct entry *entry = entry_of(table->entries, table->room, key);

    return entry->key ? entry->place : HASH_TABLE_NONE;
}
