/* Counts events in memory, and adds the counts to the database. */
#include "audit/events.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <talloc.h>

#include "audit/audit.h"
#include "audit/statements.h"
#include "auth/identity.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/secret.h"
#include "http/metrics.h"

enum { EVENT_MAX = 1024, ACCOUNT_DIGITS = 16, MINUTE_S = 60 };
#define FLUSH_MAX ((size_t)AUDIT_EVENTS_ROOM * (EVENT_MAX + 64))

struct slot {
    unsigned char digest[32]; /* of the text */
    int64_t minute;
    int64_t times; /* not in the database yet */
    int64_t sent;  /* the part of `times` that a running flush is writing */
    char text[EVENT_MAX];
};

static struct slot slots[AUDIT_EVENTS_ROOM]; /* untouched pages take no memory */
static size_t count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic uint64_t counted, dropped;

/* ---- the table ---- */

static int64_t this_minute(void)
{
    return platform.realtime_us() / 1000000 / MINUTE_S;
}

/* Call with the lock held. False when the table has `most` entries already. */
static bool add_to_slot(const char *text, int64_t minute, size_t most)
{
    unsigned char digest[32];
    size_t len = strlen(text);

    digest_sha256(text, len, digest);
    for (size_t i = 0; i < count; i++)
        if (slots[i].minute == minute && memcmp(slots[i].digest, digest, sizeof digest) == 0) {
            slots[i].times++;
            return true;
        }
    if (count >= most || len >= EVENT_MAX)
        return false;
    memcpy(slots[count].digest, digest, sizeof digest);
    memcpy(slots[count].text, text, len + 1);
    slots[count].minute = minute;
    slots[count].times = 1;
    slots[count].sent = 0;
    count++;
    return true;
}

/* ---- one event ---- */

static void member(struct buffer *out, const char *name, const char *text)
{
    if (!text)
        return;
    json_key(out, name);
    json_text(out, text);
}

static void write_details(struct buffer *out, const struct audit_event *event, bool whole)
{
    char hex[65];

    if (event->status == 0 && !(whole && event->account))
        return;
    json_key(out, "after");
    json_open(out, '{');
    if (whole && event->account) {
        digest_sha256_hex(event->account, strlen(event->account), hex);
        hex[ACCOUNT_DIGITS] = '\0';
        member(out, "account", hex);
    }
    if (event->status != 0) {
        json_key(out, "status");
        json_int(out, event->status);
    }
    json_close(out, '}');
}

/* Writes the event as JSON. `whole`: with account, client and request. */
static const char *write_event(const struct request *req, const struct audit_event *event, bool whole)
{
    struct buffer out = buffer_make(req->arena, EVENT_MAX);
    char id[UUID_TEXT_SIZE];
    const char *actor_id;
    const char *actor = audit_actor(req, id, &actor_id);

    json_open(&out, '{');
    member(&out, "actor", actor);
    member(&out, "actor_id", whole ? actor_id : NULL);
    member(&out, "operation", req->route ? req->route->operation_id : NULL);
    member(&out, "reason", event->reason);
    member(&out, "request_id", whole && event->single ? req->id : NULL);
    member(&out, "address", whole ? req->client : NULL);
    member(&out, "action", event->action);
    member(&out, "object", event->object);
    if (whole && event->object_id) {
        json_key(&out, "object_id");
        json_uuid(&out, event->object_id);
    }
    write_details(&out, event, whole);
    json_close(&out, '}');
    return buffer_string(&out);
}

void audit_count(const struct request *req, const struct audit_event *event)
{
    const char *whole = write_event(req, event, true), *part = write_event(req, event, false);
    int64_t minute = this_minute();
    bool kept;

    (void)pthread_mutex_lock(&lock);
    kept = (whole && add_to_slot(whole, minute, AUDIT_EVENTS_MAX)) ||
           (part && add_to_slot(part, minute, AUDIT_EVENTS_ROOM));
    (void)pthread_mutex_unlock(&lock);
    atomic_fetch_add(kept ? &counted : &dropped, 1);
}

void audit_sign_in_failed(const struct request *req, const char *reason, const char *email, const struct uuid *login)
{
    audit_count(
        req,
        &(struct audit_event){
            .action = "sign_in_failed", .object = "logins", .reason = reason, .object_id = login, .account = email});
}

void audit_answered(const struct request *req, enum caller_kind wanted, int status)
{
    const struct identity *identity = req->identity;
    bool admin = identity && identity->scheme == IDENTITY_ADMIN;
    bool reads = req->method == METHOD_GET || req->method == METHOD_HEAD;
    struct audit_event event = {.object = "requests", .status = status, .single = admin && !reads};

    if (admin) {
        event.action = "request";
    } else if (!identity && wanted == CALLER_ADMIN && (status == 401 || status == 429)) {
        event.action = "refused";
        event.reason = "administration key";
    } else if (status == 429 || (identity && status == 403)) {
        event.action = "refused";
        event.reason = status == 429 ? "limit" : "permission";
    } else {
        return;
    }
    audit_count(req, &event);
}

/* ---- flushing to the database ---- */

/* Writes the counts to be added, and marks them as sent. NULL when there are none, or without memory. */
static const char *take(void *arena)
{
    struct buffer out = buffer_make(arena, FLUSH_MAX);
    size_t taken = 0;

    json_open(&out, '[');
    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < count; i++) {
        slots[i].sent = slots[i].times;
        if (slots[i].times == 0)
            continue;
        taken++;
        JSON_OBJECT(&out, member_int("minute", slots[i].minute * MINUTE_S), member_int("times", slots[i].times),
                    member_raw("event", slots[i].text));
    }
    (void)pthread_mutex_unlock(&lock);
    json_close(&out, ']');
    return taken > 0 ? buffer_string(&out) : NULL;
}

/* Subtracts the counts that were added, and frees the entries of past minutes. */
static void settle(bool added)
{
    int64_t minute = this_minute();

    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < count;) {
        if (added)
            slots[i].times -= slots[i].sent;
        slots[i].sent = 0;
        if (slots[i].times == 0 && slots[i].minute < minute)
            slots[i] = slots[--count];
        else
            i++;
    }
    (void)pthread_mutex_unlock(&lock);
}

enum err audit_events_flush(struct db *db)
{
    void *arena = talloc_new(NULL);
    const char *events = take(arena);
    enum err err = events ? DB_RUN(db, audit_add_counts, NULL, param_text(events)) : OK;

    settle(!err && events);
    talloc_free(arena);
    return err;
}

static double read_count(void *number)
{
    return (double)atomic_load((_Atomic uint64_t *)number);
}

void audit_events_register_metrics(void)
{
    static const char events[] = "Events that were counted for the audit.";

    metrics_register(METRIC_COUNTER, "orgd_audit_events_total", "result=\"counted\"", events, read_count, &counted);
    metrics_register(METRIC_COUNTER, "orgd_audit_events_total", "result=\"dropped\"", events, read_count, &dropped);
}
