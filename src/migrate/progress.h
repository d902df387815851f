/* Shares the progress of a runner with a thread that shows it or stops it. */
#ifndef ORGD_MIGRATE_PROGRESS_H
#define ORGD_MIGRATE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

struct progress;

/* A running statement. Texts are static. */
struct progress_view {
    const char *database; /* "core" */
    const char *revision; /* its id */
    const char *what;     /* "ALTER TABLE projects" */
    size_t number;        /* of the statement in its revision, from 1 */
    size_t count;
    int64_t since_us; /* platform.monotonic_us when it began */
    int64_t left_us;  /* estimated time left; -1 when unknown */
};

/* `shown`: the progress is displayed, so durations are worth estimating. NULL without memory. */
struct progress *progress_create(void *arena, bool shown);
/* Frees it; no other thread may use it any more. */
void progress_destroy(struct progress *progress);

/* For the runner; `progress` may be NULL in each. Call progress_use before using a connection, and with NULL before
 * closing it. */
void progress_use(struct progress *progress, struct db *db);
bool progress_is_shown(const struct progress *progress);
bool progress_is_stopped(const struct progress *progress);
/* `cost` of the statement in the planner's units; negative when unknown. */
void progress_begin(struct progress *progress, const struct progress_view *view, double cost);
void progress_end(struct progress *progress);

/* For the other thread. True when a statement is running. */
bool progress_read(struct progress *progress, struct progress_view *view);
/* Stops the runner: its running statement is cancelled and rolled back. May be called again. */
void progress_stop(struct progress *progress);

#endif
