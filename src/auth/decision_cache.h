/*
 * Remembers who a credential belongs to, for as long as nothing that the answer rests on has changed.
 *
 * Every change that can take access away raises the epoch: at once in this process (a committed `revokes` statement),
 * and for the others when PostgreSQL notifies them. An entry counts only in the epoch in which the database was asked.
 * While the notifications cannot be heard nothing is remembered and nothing is found. Refusals are never remembered.
 * Credentials are kept as their SHA-256.
 */
#ifndef ORGD_AUTH_DECISION_CACHE_H
#define ORGD_AUTH_DECISION_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/identity.h"
#include "db/db.h"

/* Read before asking the database; what it answers is kept under this epoch only. */
uint64_t decisions_epoch(void);

/* Any thread. False when the credential is not known in this epoch, or has expired. */
bool decisions_find(const char *credential, struct identity *identity);

/* Any thread. Does nothing when the epoch has moved on. */
void decisions_keep(const char *credential, const struct identity *identity, uint64_t epoch);

/* Any thread: what was decided so far no longer counts. This is db_options.on_revoke. */
void decisions_revoke(void);

/* Starts the thread that listens for changes made by other processes, and registers the metrics. ERR_SYSTEM when it
 * cannot be started. */
enum err decisions_start(const struct db_options *options, struct error *error) MUST_CHECK;
void decisions_stop(void);

#endif
