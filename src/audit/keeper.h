/* Runs the background thread of the audit: it adds counted events and seals rows. */
#ifndef ORGD_AUDIT_KEEPER_H
#define ORGD_AUDIT_KEEPER_H

#include "db/db.h"

struct keeper_options {
    struct db_options db;
    bool (*available)(void); /* whether the database may be used; otherwise the thread waits */
};

/* Starts the thread and registers its metrics. ERR_SYSTEM when it cannot be started. */
enum err keeper_start(const struct keeper_options *options, struct error *error) MUST_CHECK;
/* Adds the counts that are still in memory, and ends the thread. Call it after the last request, before the database is
 * closed. */
void keeper_stop(void);

#endif
