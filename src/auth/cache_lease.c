/* Holds this process's lease on the decision cache: listens for changes and renews the lease. */
#include "auth/cache_lease.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "auth/decision_cache.h"
#include "base/log.h"
#include "base/platform.h"
#include "base/thread.h"
#include "db/leases.h"
#include "db/statements.h"
#include "http/metrics.h"

/* ANSWER_MS: a renewal that takes longer has failed. RENEW_MS + ANSWER_MS is the length of a lease. */
enum { RENEW_MS = 1000, ANSWER_MS = 2000, RECONNECT_MS = 200 };

static struct {
    struct thread thread;
    struct db_options options;
} listener;

/* The state of the thread on one connection. */
struct session {
    struct db *db;
    struct uuid state;          /* from the row of orgd.lease_state that the lease belongs to */
    int64_t known;              /* the newest generation that the database returned; the cache was emptied after that */
    int64_t confirmed;          /* the newest generation that was confirmed to the database */
    bool behind;                /* a notification named a generation */
    bool asked;                 /* by another process, whose removal waits for the confirmation */
    char proof[UUID_TEXT_SIZE]; /* of the last renewal; empty once its notification has arrived */
    int64_t next_us;            /* time of the next renewal, platform.monotonic_us */
    char *seen;                 /* an earlier snapshot of all leases, as JSON */
    int64_t seen_us;
};

static int64_t renewals; /* kept from connection to connection */

/* ---- metrics ---- */

enum count { COUNT_FOUND, COUNT_MISSED, COUNT_GENERATIONS, COUNT_LEASE };

static double read_count(void *which)
{
    struct decision_cache_counts counts = decision_cache_counts();

    switch (*(const enum count *)which) {
    case COUNT_FOUND:
        return (double)counts.found;
    case COUNT_MISSED:
        return (double)counts.missed;
    case COUNT_GENERATIONS:
        return (double)counts.generations;
    case COUNT_LEASE:
        break;
    }
    return decision_cache_have_lease() ? 1 : 0;
}

static void register_metrics(void)
{
    static const char lookups[] = "Credentials looked up in the decision cache.";
    static enum count found = COUNT_FOUND, missed = COUNT_MISSED, generations = COUNT_GENERATIONS, lease = COUNT_LEASE;

    metrics_register(METRIC_COUNTER, "orgd_decision_cache_lookups_total", "result=\"found\"", lookups, read_count,
                     &found);
    metrics_register(METRIC_COUNTER, "orgd_decision_cache_lookups_total", "result=\"missed\"", lookups, read_count,
                     &missed);
    metrics_register(METRIC_COUNTER, "orgd_decision_cache_emptied_total", NULL,
                     "Times that the decision cache was emptied.", read_count, &generations);
    metrics_register(METRIC_GAUGE, "orgd_decision_cache_lease", NULL,
                     "1 while this process holds a lease on its decision cache, and so uses it.", read_count, &lease);
}

/* ---- one connection ---- */

/* Whether the sender of a generation is this process. It empties its cache itself and waits for the others only. */
static bool is_own(const char *payload)
{
    char id[UUID_TEXT_SIZE];
    const char *sender = strchr(payload, ' ');

    return sender && strcmp(sender + 1, uuid_format(leases_process(), id)) == 0;
}

/*
 * Reads pending notifications. Every role that may connect can send some, so they only make the cache empty and the
 * thread ask the database: a forged one confirms nothing. A proof cannot be guessed.
 */
static void hear(struct session *session)
{
    PGconn *conn = db_handle(session->db);
    PGnotify *notify;
    bool any = false;

    while (conn && (notify = PQnotifies(conn))) {
        bool change = strcmp(notify->relname, "orgd_access") == 0;
        bool generation = change && notify->extra[0] != '\0';
        any = any || change;
        session->behind = session->behind || generation;
        session->asked = session->asked || (generation && !is_own(notify->extra));
        if (!change && strcmp(notify->extra, session->proof) == 0)
            session->proof[0] = '\0';
        PQfreemem(notify);
    }
    if (any)
        decision_cache_revoke();
}

/* Empties the cache for a generation that the database returned. It may be lower than before: a backup was restored. */
static void follow(struct session *session, int64_t generation)
{
    if (generation == session->known)
        return;
    session->known = generation;
    decision_cache_revoke();
}

/* Asks the database which generation is the newest. */
static bool catch_up(struct session *session)
{
    struct result row;
    bool found;

    session->behind = false;
    db_set_deadline(session->db, platform.monotonic_us() + ANSWER_MS * 1000);
    if (DB_RUN(session->db, lease_newest, &row) != OK)
        return false;
    found = result_rows(&row) == 1;
    if (found)
        follow(session, result_int(&row, 0, LEASE_NEWEST_GENERATION));
    result_clear(&row);
    return found;
}

static void say_lease(bool on)
{
    static bool said;

    if (said != on && !atomic_load(&listener.thread.stopping))
        log_message(on ? LOG_INFO : LOG_WARNING,
                    on ? "decision cache on: listening for changes" : "decision cache off: cannot listen for changes");
    said = on;
}

/*
 * Renews the lease and confirms the known generation. The lease counts from the time before the renewal was sent. It is
 * used after the notification in the renewal has come back: by then every earlier commit has been heard. False if the
 * connection must be given up.
 */
static bool renew(struct session *session)
{
    int64_t sent_us = platform.boottime_us();
    int64_t confirming = session->known, newest;
    struct uuid state, proof = uuid_v4();
    struct result row;
    bool same;

    (void)uuid_format(&proof, session->proof);
    db_set_deadline(session->db, platform.monotonic_us() + ANSWER_MS * 1000);
    if (DB_RUN(session->db, lease_renew, &row, param_uuid(leases_process()), param_int(++renewals),
               param_int(confirming), param_text(session->proof)) != OK)
        return false;
    same = result_uuid(&row, 0, LEASE_RENEW_ID, &state) && memcmp(&state, &session->state, sizeof state) == 0;
    newest = result_int(&row, 0, LEASE_RENEW_GENERATION);
    result_clear(&row);
    hear(session);
    if (!same || session->proof[0] != '\0')
        return false;
    follow(session, newest);
    session->confirmed = confirming;
    session->next_us = platform.monotonic_us() + RENEW_MS * 1000;
    if (decision_cache_lease(sent_us + LEASE_US) == LEASE_BEGAN)
        say_lease(true);
    return true;
}

/* Confirms that the cache was emptied, to the removal that waits for it. False: the connection cannot be used. */
static bool confirm(struct session *session)
{
    int64_t confirming = session->known;
    struct result row;
    struct uuid state;
    bool same;

    session->asked = false;
    if (confirming == session->confirmed)
        return true;
    db_set_deadline(session->db, platform.monotonic_us() + ANSWER_MS * 1000);
    if (DB_RUN(session->db, lease_confirm, &row, param_uuid(leases_process()), param_int(confirming)) != OK)
        return false;
    same = result_rows(&row) == 1 && result_uuid(&row, 0, LEASE_CONFIRM_ID, &state) &&
           memcmp(&state, &session->state, sizeof state) == 0;
    result_clear(&row);
    session->confirmed = confirming;
    return same;
}

/* Records all leases, to find out later which of them have not changed. */
static bool look(struct session *session, struct uuid *state, int64_t *generation)
{
    struct result row;
    bool found;

    if (DB_RUN(session->db, lease_look, &row, param_null()) != OK)
        return false;
    talloc_free(session->seen);
    found = result_rows(&row) == 1 && result_uuid(&row, 0, LEASE_LOOK_ID, state);
    *generation = found ? result_int(&row, 0, LEASE_LOOK_GENERATION) : 0;
    session->seen = found ? talloc_strdup(session->db, result_text(&row, 0, LEASE_LOOK_SEEN)) : NULL;
    session->seen_us = platform.monotonic_us();
    result_clear(&row);
    return session->seen != NULL;
}

/* Removes the leases that have not changed since they were recorded: their processes are gone. */
static bool remove_expired(struct session *session)
{
    struct uuid state;
    int64_t generation;

    if (platform.monotonic_us() - session->seen_us < LEASE_OVER_US)
        return true;
    db_set_deadline(session->db, platform.monotonic_us() + ANSWER_MS * 1000);
    return DB_RUN(session->db, lease_expire, NULL, param_uuid(&session->state), param_text(session->seen)) == OK &&
           look(session, &state, &generation);
}

/* The previous lease has been given up, so the first lease of a connection begins with an empty cache. */
static bool begin(struct session *session)
{
    char id[UUID_TEXT_SIZE], script[200];

    db_set_deadline(session->db, platform.monotonic_us() + ANSWER_MS * 1000);
    (void)snprintf(script, sizeof script, "SET synchronous_commit = off; LISTEN orgd_access; LISTEN \"orgd_lease_%s\"",
                   uuid_format(leases_process(), id));
    return db_script(session->db, script, NULL) == OK && DB_RUN(session->db, lease_state_make, NULL) == OK &&
           look(session, &session->state, &session->known) && renew(session);
}

/* Waits for notifications until the next renewal is due. False if the connection has ended. */
static bool wait_until_due(struct session *session)
{
    PGconn *conn = db_handle(session->db);
    struct pollfd fds[] = {{.fd = PQsocket(conn), .events = POLLIN}, {.fd = listener.thread.wake, .events = POLLIN}};
    int64_t left_us = session->next_us - platform.monotonic_us();

    if (left_us <= 0 || poll(fds, 2, (int)(left_us / 1000 + 1)) == 0)
        return true;
    return PQconsumeInput(conn) == 1 && PQstatus(conn) == CONNECTION_OK;
}

/* Holds the lease until the connection is lost or the program stops. */
static void keep_lease(struct session *session)
{
    bool good = begin(session);

    while (good && !atomic_load(&listener.thread.stopping)) {
        hear(session);
        if (platform.monotonic_us() >= session->next_us)
            good = renew(session) && remove_expired(session);
        else if (session->behind)
            good = catch_up(session);
        else if (session->asked)
            good = confirm(session);
        else
            good = wait_until_due(session);
    }
}

/* Removes the lease at a regular shutdown, so that other processes do not wait for it to expire. */
static void give_up(struct session *session)
{
    bool had = decision_cache_have_lease();

    decision_cache_end_lease();
    if (had)
        say_lease(false);
    db_set_deadline(session->db, platform.monotonic_us() + RECONNECT_MS * 1000);
    if (atomic_load(&listener.thread.stopping) && db_connected(session->db))
        (void)!DB_RUN(session->db, lease_end, NULL, param_uuid(leases_process()));
    talloc_free(session->seen);
    db_close(session->db);
}

static void *listener_main(void *nothing)
{
    void *arena = talloc_new(NULL);
    struct db *db = db_create(arena, &listener.options);
    struct error error;

    (void)nothing;
    while (db && !atomic_load(&listener.thread.stopping)) {
        struct session session = {.db = db};
        db_set_deadline(db, 0);
        if (db_connect(db, &error) == OK)
            keep_lease(&session);
        give_up(&session);
        (void)thread_wait(&listener.thread, RECONNECT_MS);
    }
    talloc_free(arena);
    return NULL;
}

enum err cache_lease_start(const struct db_options *options, struct error *error)
{
    listener.options = *options;
    listener.options.name = "orgd listener";
    listener.options.on_revoke = NULL;
    TRY(thread_start(&listener.thread, listener_main, NULL, "listens for access changes", error));
    register_metrics();
    return OK;
}

void cache_lease_stop(void)
{
    thread_stop(&listener.thread);
}
