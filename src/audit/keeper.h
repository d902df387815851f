/* The thread that keeps the audit: adds events to it, and seals its rows. */
#ifndef ORGD_AUDIT_KEEPER_H
#define ORGD_AUDIT_KEEPER_H

#include "db/db.h"

struct keeper_options {
    struct db_options db;
    bool (*available)(void); /* whether the database may be used; while not, nothing is done */
};

/* Starts the thread and registers its metrics. ERR_SYSTEM when it cannot be started. */
enum err keeper_start(const struct keeper_options *options, struct error *error) MUST_CHECK;
/* Adds what is still in memory, and ends the thread. After the last request, before the database goes. */
void keeper_stop(void);

#endif
