/* A hash table with open addressing. */
#include "schema/hash_table.h"

#include <string.h>
#include <talloc.h>

enum { ROOM_FIRST = 256 };

struct entry {
    char *key; /* NULL: free */
    size_t place;
};

struct lookup {
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

static bool grow(struct lookup *lookup)
{
    size_t room = lookup->room ? 2 * lookup->room : ROOM_FIRST;
    struct entry *entries = talloc_zero_size(lookup, room * sizeof *entries);

    if (!entries)
        return false;
    for (size_t i = 0; i < lookup->room; i++)
        if (lookup->entries[i].key)
            *entry_of(entries, room, lookup->entries[i].key) = lookup->entries[i];
    TALLOC_FREE(lookup->entries);
    lookup->entries = entries;
    lookup->room = room;
    return true;
}

struct lookup *lookup_create(void *arena)
{
    struct lookup *lookup = talloc_zero(arena, struct lookup);

    return lookup && grow(lookup) ? lookup : NULL;
}

bool lookup_put(struct lookup *lookup, const char *key, size_t place)
{
    struct entry *entry;

    if (2 * lookup->count >= lookup->room && !grow(lookup))
        return false;
    entry = entry_of(lookup->entries, lookup->room, key);
    if (entry->key)
        return true;
    *entry = (struct entry){talloc_strdup(lookup, key), place};
    lookup->count++;
    return entry->key != NULL;
}

size_t lookup_find(const struct lookup *lookup, const char *key)
{
    const struct entry *entry = entry_of(lookup->entries, lookup->room, key);

    return entry->key ? entry->place : LOOKUP_NONE;
}
