/* The decision cache and its listener. */
#include "auth/decision_cache.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "base/platform.h"
#include "base/secret.h"
#include "http/metrics.h"

enum { SETS = 16384, WAYS = 4, PING_MS = 1000, RECONNECT_MS = 200 };

struct entry {
    unsigned char digest[32];
    uint64_t epoch; /* 0: empty */
    struct identity identity;
};

/* Untouched pages of this table take no memory. */
static struct entry table[SETS][WAYS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic uint64_t current = 1;
static _Atomic bool listening;
static _Atomic uint64_t found, missed, revoked;

static struct {
    pthread_t thread;
    struct db_options options;
    int wake;
    bool started;
    _Atomic bool stopping;
} listener = {.wake = -1};

uint64_t decisions_epoch(void)
{
    return atomic_load(&current);
}

void decisions_revoke(void)
{
    atomic_fetch_add(&current, 1);
    atomic_fetch_add(&revoked, 1);
}

static double read_count(void *count)
{
    return (double)atomic_load((_Atomic uint64_t *)count);
}

static double read_listening(void *nothing)
{
    (void)nothing;
    return atomic_load(&listening) ? 1 : 0;
}

static void register_metrics(void)
{
    static const char counts[] = "Credentials looked up in the decision cache.";

    metrics_register(METRIC_COUNTER, "orgd_decisions_total", "result=\"found\"", counts, read_count, &found);
    metrics_register(METRIC_COUNTER, "orgd_decisions_total", "result=\"missed\"", counts, read_count, &missed);
    metrics_register(METRIC_COUNTER, "orgd_decisions_revoked_total", NULL, "Changes that emptied the decision cache.",
                     read_count, &revoked);
    metrics_register(METRIC_GAUGE, "orgd_decisions_listening", NULL,
                     "1 while access changes are heard and decisions are remembered.", read_listening, NULL);
}

static struct entry *set_of(const unsigned char digest[32])
{
    size_t index;

    memcpy(&index, digest, sizeof index);
    return table[index % SETS];
}

bool decisions_find(const char *credential, struct identity *identity)
{
    unsigned char digest[32];
    struct entry *set;
    bool hit = false;

    if (!atomic_load(&listening))
        return false;
    digest_sha256(credential, strlen(credential), digest);
    set = set_of(digest);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < WAYS && !hit; i++) {
        hit = set[i].epoch == atomic_load(&current) && memcmp(set[i].digest, digest, sizeof digest) == 0;
        if (hit)
            *identity = set[i].identity;
    }
    pthread_mutex_unlock(&lock);
    hit = hit && (identity->expires_us == 0 || identity->expires_us > platform.realtime_us());
    atomic_fetch_add(hit ? &found : &missed, 1);
    return hit;
}

void decisions_keep(const char *credential, const struct identity *identity, uint64_t epoch)
{
    unsigned char digest[32];
    struct entry *set;
    struct entry *place;

    if (!atomic_load(&listening))
        return;
    digest_sha256(credential, strlen(credential), digest);
    set = set_of(digest);
    place = &set[digest[31] % WAYS]; /* where all are in force, one gives way */
    pthread_mutex_lock(&lock);
    for (int i = 0; i < WAYS; i++)
        if (set[i].epoch != epoch || memcmp(set[i].digest, digest, sizeof digest) == 0)
            place = &set[i];
    if (epoch == atomic_load(&current)) {
        memcpy(place->digest, digest, sizeof digest);
        place->identity = *identity;
        place->epoch = epoch;
    }
    pthread_mutex_unlock(&lock);
}

static void set_listening(bool now)
{
    decisions_revoke();
    if (atomic_exchange(&listening, now) != now && !atomic_load(&listener.stopping))
        log_message(now ? LOG_INFO : LOG_WARNING,
                    now ? "decision cache on: listening for changes" : "decision cache off: changes cannot be heard");
}

static void pause_ms(int ms)
{
    struct pollfd fd = {.fd = listener.wake, .events = POLLIN};

    (void)poll(&fd, 1, ms);
}

/* Raises the epoch for what has arrived. */
static void drain(PGconn *conn)
{
    PGnotify *notify;
    bool any = false;

    while ((notify = PQnotifies(conn))) {
        any = true;
        PQfreemem(notify);
    }
    if (any)
        decisions_revoke();
}

/*
 * Listens until the connection is lost or the program stops. A connection that is silent for a second is asked for a
 * sign of life, so that one which died without saying so turns the cache off.
 */
static void listen_on(struct db *db)
{
    PGconn *conn = db_handle(db);

    while (!atomic_load(&listener.stopping)) {
        struct pollfd fds[] = {{.fd = PQsocket(conn), .events = POLLIN}, {.fd = listener.wake, .events = POLLIN}};
        int ready = poll(fds, 2, PING_MS);
        if (ready == 0) {
            db_set_deadline(db, platform.monotonic_us() + 2 * PING_MS * 1000);
            if (db_script(db, "SELECT 1", NULL) != OK)
                return;
        } else if (!PQconsumeInput(conn) || PQstatus(conn) != CONNECTION_OK) {
            return;
        }
        drain(conn);
    }
}

static void *listener_main(void *nothing)
{
    void *arena = talloc_new(NULL);
    struct db *db = db_create(arena, &listener.options);
    struct error error;

    (void)nothing;
    while (db && !atomic_load(&listener.stopping)) {
        db_set_deadline(db, 0);
        if (db_connect(db, &error) == OK && db_script(db, "LISTEN orgd_access", NULL) == OK) {
            set_listening(true);
            listen_on(db);
            set_listening(false);
        }
        db_close(db);
        if (!atomic_load(&listener.stopping))
            pause_ms(RECONNECT_MS);
    }
    talloc_free(arena);
    return NULL;
}

enum err decisions_start(const struct db_options *options, struct error *error)
{
    listener.options = *options;
    listener.options.name = "orgd listener";
    listener.options.on_revoke = NULL;
    listener.wake = eventfd(0, EFD_CLOEXEC);
    atomic_store(&listener.stopping, false);
    if (listener.wake < 0 || pthread_create(&listener.thread, NULL, listener_main, NULL) != 0)
        return error_set(error, ERR_SYSTEM, "cannot start the thread that listens for access changes");
    listener.started = true;
    register_metrics();
    return OK;
}

void decisions_stop(void)
{
    if (!listener.started)
        return;
    atomic_store(&listener.stopping, true);
    (void)eventfd_write(listener.wake, 1);
    (void)pthread_join(listener.thread, NULL);
    (void)close(listener.wake);
    listener.started = false;
}
