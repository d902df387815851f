/*
 * When API keys and sessions were last used.
 *
 * Each use is recorded in memory, also one that the decision cache answered. Once a minute all uses are written to the
 * database. A process that is killed loses a minute at most. A stored time never goes back.
 */
#ifndef ORGD_AUTH_USAGE_H
#define ORGD_AUTH_USAGE_H

#include "auth/identity.h"
#include "db/db.h"

/*
 * Records that the credential is used now. Any thread; does not wait for the database. Ignores schemes other than key
 * and session.
 */
void usage_note(const struct identity *identity);

/*
 * Writes the recorded uses if a minute has passed since the last time, or if `now`. One thread at a time. After an
 * error they stay recorded.
 */
enum err usage_flush(struct db *db, bool now) MUST_CHECK;

#endif
