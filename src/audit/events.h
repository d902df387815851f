/*
 * Counts audit events: failed sign-ins, refusals, requests of administrators.
 *
 * Equal events of one minute are one event with a count, so that a flood of them makes only a few rows. Counts stay in
 * memory for a second or two and are then added to orgd.audit_counts, where those of all servers are summed. When the
 * minute is over, they become rows of the audit. At most AUDIT_EVENTS_MAX different events are kept per minute; further
 * ones are counted without account and client.
 */
#ifndef ORGD_AUDIT_EVENTS_H
#define ORGD_AUDIT_EVENTS_H

#include <stdint.h>

#include "http/http.h"

enum { AUDIT_EVENTS_MAX = 1024, AUDIT_EVENTS_ROOM = 2048 };

struct audit_event {
    const char *action; /* an action that chains/orgd allows in orgd.audit */
    const char *object;
    const char *reason;
    const struct uuid *object_id; /* NULL: none */
    const char *account;          /* an address, stored as its SHA-256; NULL: none */
    int status;                   /* of the answer; 0: none */
    bool single;                  /* stores the request's id, so it is never merged with other events */
};

/* Counts an event of this request. Callable from any thread; does not wait for the database. */
void audit_count(const struct request *req, const struct audit_event *event);

/* Counts a failed sign-in. `login` is NULL when unknown. */
void audit_sign_in_failed(const struct request *req, const char *reason, const char *email, const struct uuid *login);

/* Counts events that follow from the answer alone: requests of administrators, and refusals. It is the hook struct
 * application.answered. */
void audit_answered(const struct request *req, enum caller_kind wanted, int status);

/* Adds all counts to the database. Call it from one thread at a time. On an error the counts stay in memory. */
enum err audit_events_flush(struct db *db) MUST_CHECK;

void audit_events_register_metrics(void);

#endif
