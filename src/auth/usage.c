/* Records which credentials were used, and writes them to the database in batches. */
#include "auth/usage.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <talloc.h>

#include "auth/statements.h"
#include "base/buffer.h"
#include "base/platform.h"

/* A hash table with open addressing. When it is nearly full, it is written before the minute is over. */
enum { SLOTS = 65536, ENOUGH = SLOTS / 2, FULL = SLOTS / 4 * 3, EVERY_US = 60000000, BATCH = 5000 };
#define LIST_MAX ((size_t)BATCH * (UUID_TEXT_SIZE + 24))

struct use {
    struct uuid id;
    int64_t used_us; /* platform.realtime_us; 0: empty */
};

static struct table {
    struct use slots[SLOTS]; /* pages that were never used take no memory */
    size_t count;
} tables[2][2]; /* of keys and of sessions; one table takes new uses while the other is written */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int noting;
static _Atomic bool crowded;
static int64_t flushed_us;

void usage_note(const struct identity *identity)
{
    bool session = identity->scheme == IDENTITY_SESSION;
    const struct uuid *id = session ? &identity->session : &identity->key;
    struct table *table;
    size_t place;

    if (identity->scheme != IDENTITY_KEY && !session)
        return;
    memcpy(&place, id->bytes + 8, sizeof place); /* the random half */
    (void)pthread_mutex_lock(&lock);
    table = &tables[session][noting];
    for (place %= SLOTS; table->slots[place].used_us != 0 && !uuid_equal(&table->slots[place].id, id);)
        place = (place + 1) % SLOTS;
    if (table->slots[place].used_us != 0 || table->count < FULL) {
        table->count += table->slots[place].used_us == 0;
        table->slots[place] = (struct use){*id, platform.realtime_us()};
        if (table->count >= ENOUGH)
            atomic_store(&crowded, true);
    }
    (void)pthread_mutex_unlock(&lock);
}

static enum err write_batch(struct db *db, bool session, struct buffer *ids, struct buffer *times)
{
    if (ids->len == 0)
        return OK;
    buffer_char(ids, '}');
    buffer_char(times, '}');
    if (ids->failed || times->failed)
        return ERR_MEMORY;
    return session ? DB_RUN(db, usage_of_sessions, NULL, param_text(ids->data), param_text(times->data))
                   : DB_RUN(db, usage_of_keys, NULL, param_text(ids->data), param_text(times->data));
}

/* Writes a table that takes no new uses at the now_us, and empties it. */
static enum err write_table(struct db *db, bool session, struct table *table)
{
    void *arena = talloc_new(NULL);
    struct buffer ids = buffer_make(arena, LIST_MAX), times = buffer_make(arena, LIST_MAX);
    char id[UUID_TEXT_SIZE];
    size_t written = 0, first = 0;
    enum err err = OK;

    for (size_t i = 0; i < SLOTS && !err && table->count > 0; i++) {
        if (table->slots[i].used_us != 0) {
            buffer_format(&ids, "%c%s", written == 0 ? '{' : ',', uuid_format(&table->slots[i].id, id));
            buffer_format(&times, "%c%lld", written == 0 ? '{' : ',', (long long)table->slots[i].used_us);
            written++;
        }
        if (written < BATCH && i + 1 < SLOTS)
            continue;
        err = write_batch(db, session, &ids, &times);
        if (!err) {
            memset(&table->slots[first], 0, (i + 1 - first) * sizeof *table->slots);
            table->count -= written;
            first = i + 1;
        }
        written = 0;
        buffer_clear(&ids);
        buffer_clear(&times);
    }
    talloc_free(arena);
    return err;
}

/* Entries that could not be written stay in their table, and are written before the tables are swapped again. */
static enum err write_rest(struct db *db)
{
    TRY(write_table(db, false, &tables[false][!noting]));
    return write_table(db, true, &tables[true][!noting]);
}

enum err usage_flush(struct db *db, bool now)
{
    int64_t now_us = platform.monotonic_us();

    if (flushed_us == 0)
        flushed_us = now_us;
    if (!now && now_us - flushed_us < EVERY_US && !atomic_load(&crowded))
        return OK;
    TRY(write_rest(db));
    (void)pthread_mutex_lock(&lock);
    noting = !noting;
    atomic_store(&crowded, false);
    (void)pthread_mutex_unlock(&lock);
    flushed_us = now_us;
    return write_rest(db);
}
