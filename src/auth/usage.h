/*
 * When API keys and sessions were last used.
 *
 * Each use is noted in memory, also one that the decision cache knew, and written once a minute for all of them. A
 * process that is killed loses a minute at most. What is written never goes back.
 */
#ifndef ORGD_AUTH_USAGE_H
#define ORGD_AUTH_USAGE_H

#include "auth/identity.h"
#include "db/db.h"

/* Notes a use of the credential now. Any thread; waits for no database. Other schemes than key and session: nothing. */
void usage_note(const struct identity *identity);

/* Writes what was noted when a minute has passed since the last time, or when `now`. One thread at a time. On an error
 * it stays noted. */
enum err usage_flush(struct db *db, bool now) MUST_CHECK;

#endif
