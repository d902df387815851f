/* Waits after a removal until every process has confirmed it or its lease has run out. */
#include "db/leases.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/log.h"
#include "base/platform.h"
#include "db/statements.h"

/* WAIT_US: somewhat longer than a lease, so that what was seen at its beginning is over at its end. */
enum { WAIT_US = LEASE_OVER_US + 100000, PAUSE_MIN_US = 300, PAUSE_MAX_US = 50000 };

static _Atomic uint64_t removals, waits, expired, wait_us;

static struct uuid process;
static pthread_once_t process_once = PTHREAD_ONCE_INIT;

static void make_process(void)
{
    process = uuid_v4();
}

const struct uuid *leases_process(void)
{
    (void)pthread_once(&process_once, make_process);
    return &process;
}

struct leases_counts leases_counts(void)
{
    return (struct leases_counts){atomic_load(&removals), atomic_load(&waits), atomic_load(&expired),
                                  atomic_load(&wait_us)};
}

/* One removal that is waited for. */
struct removal {
    struct db *db;
    const struct uuid *self; /* NULL: this process is waited for like the others */
    int64_t end_us;
    bool said;
    struct uuid state;
    int64_t generation;
    char *seen; /* the leases after the commit, as JSON; NULL: they could not be read */
    int64_t seen_us;
};

static void say_unseen(struct removal *removal)
{
    if (!removal->said)
        log_message(LOG_WARNING, "a removal cannot see the leases of other processes and waits until they are over: %s",
                    db_error(removal->db)->cause);
    removal->said = true;
}

/* What was seen directly after the commit. True when nobody has to be waited for. */
static bool begin(struct removal *removal, const struct result *taken, const struct result *look)
{
    struct uuid state;
    bool same;

    (void)!result_uuid(taken, 0, LEASE_GENERATION_ID, &removal->state);
    removal->generation = result_int(taken, 0, LEASE_GENERATION_GENERATION);
    if (!look->pg || result_rows(look) != 1)
        return false;
    removal->seen = talloc_strdup(removal->db, result_text(look, 0, LEASE_LOOK_SEEN));
    removal->seen_us = platform.monotonic_us();
    same = result_uuid(look, 0, LEASE_LOOK_ID, &state) && memcmp(&state, &removal->state, sizeof state) == 0;
    return same && !result_bool(look, 0, LEASE_LOOK_OTHERS);
}

/* True when all have confirmed the generation. */
static bool is_confirmed(struct removal *removal)
{
    struct result row;
    bool done;

    if (DB_RUN(removal->db, lease_waiting, &row, param_uuid(removal->self), param_uuid(&removal->state),
               param_int(removal->generation))) {
        say_unseen(removal);
        return false;
    }
    done = result_rows(&row) == 1 && !result_bool(&row, 0, LEASE_WAITING_WAITING);
    result_clear(&row);
    return done;
}

static void pause_us(int64_t us)
{
    struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};

    (void)nanosleep(&time, NULL);
}

/* Asks again and again, less and less often. False when the time is over: then it does not matter who has confirmed. A
 * lost connection is not replaced, because the end is near. */
static bool await_confirmations(struct removal *removal)
{
    for (int64_t pause = PAUSE_MIN_US;; pause += pause / 2) {
        int64_t left = removal->end_us - platform.monotonic_us();
        if (left <= 0)
            return false;
        if (!db_connected(removal->db)) {
            say_unseen(removal);
            pause = left;
        } else if (pause > PAUSE_MAX_US) {
            pause = PAUSE_MAX_US;
        }
        pause_us(pause < left ? pause : left);
        if (db_connected(removal->db) && is_confirmed(removal))
            return true;
    }
}

/* What has not moved since the beginning of the wait is left by processes that are gone: nobody waits for it again. */
static void remove_expired(struct removal *removal)
{
    if (!removal->seen || platform.monotonic_us() - removal->seen_us < LEASE_OVER_US)
        return;
    db_set_deadline(removal->db, platform.monotonic_us() + 100000);
    if (DB_RUN(removal->db, lease_expire, NULL, param_uuid(&removal->state), param_text(removal->seen)))
        return; /* the next one does it */
}

void leases_await(struct db *db, const struct uuid *self, const struct result *taken, const struct result *look)
{
    int64_t started_us = platform.monotonic_us();
    struct removal removal = {.db = db, .self = self, .end_us = started_us + WAIT_US};

    (void)atomic_fetch_add(&removals, 1);
    db_set_deadline(db, removal.end_us);
    if (!begin(&removal, taken, look)) {
        (void)atomic_fetch_add(&waits, 1);
        if (!await_confirmations(&removal)) {
            (void)atomic_fetch_add(&expired, 1);
            remove_expired(&removal);
        }
    }
    (void)atomic_fetch_add(&wait_us, (uint64_t)(platform.monotonic_us() - started_us));
    talloc_free(removal.seen);
}
