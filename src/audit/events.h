/*
 * Events of the audit that are counted: failed sign-ins, refusals, requests of administrators.
 *
 * Equal events of a minute are one event with a number, so that a flood of them is a few rows. They are kept in memory
 * for a second or two and then added to orgd.audit_counts, where all servers add up; when the minute is over they
 * become rows of the audit. At most AUDIT_EVENTS_MAX different ones are kept apart in a minute; what comes on top is
 * counted without account and client.
 */
#ifndef ORGD_AUDIT_EVENTS_H
#define ORGD_AUDIT_EVENTS_H

#include <stdint.h>

#include "http/http.h"

enum { AUDIT_EVENTS_MAX = 1024, AUDIT_EVENTS_ROOM = 2048 };

struct audit_event {
    const char *action; /* one that chains/orgd allows in orgd.audit */
    const char *object;
    const char *reason;
    const struct uuid *object_id; /* NULL for none */
    const char *account;          /* an address, which is kept as its SHA-256; NULL for none */
    int status;                   /* of the answer; 0 leaves it out */
    bool single;                  /* keeps the request's id, and so is an event of its own */
};

/* Counts an event of this request. Any thread; waits for no database. */
void audit_count(const struct request *req, const struct audit_event *event);

/* Counts a failed sign-in. `login` is NULL where it is not known. */
void audit_sign_in_failed(const struct request *req, const char *reason, const char *email, const struct uuid *login);

/* Counts what an answer alone tells: a request of an administrator, a refusal. The hook struct application.answered. */
void audit_answered(const struct request *req, enum caller_kind wanted, int status);

/* Adds what has been counted to the database. One thread at a time. On an error it stays counted. */
enum err audit_events_flush(struct db *db) MUST_CHECK;

void audit_events_register_metrics(void);

#endif
