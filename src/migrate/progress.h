/* What a runner is doing, for another thread that shows it or stops it. */
#ifndef ORGD_MIGRATE_PROGRESS_H
#define ORGD_MIGRATE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

struct progress;

/* One statement under way. The texts live as long as the program. */
struct progress_view {
    const char *database; /* "core" */
    const char *revision; /* its id */
    const char *what;     /* "ALTER TABLE projects" */
    size_t number;        /* of the statement in its revision, from 1 */
    size_t count;
    int64_t since_us; /* platform.monotonic_us when it began */
    int64_t left_us;  /* about how long it still takes; -1 when that is not known */
};

/* `shown`: somebody reads it, so it is worth asking how long a statement may take. NULL without memory. */
struct progress *progress_create(void *arena, bool shown);
/* Call when no other thread uses it any more; frees it. */
void progress_destroy(struct progress *progress);

/* For the runner; `progress` may be NULL in all of them. A connection is named before it is used and let go (NULL)
 * before it is closed. */
void progress_use(struct progress *progress, struct db *db);
bool progress_is_shown(const struct progress *progress);
bool progress_is_stopped(const struct progress *progress);
/* `cost`: of the statement, in the planner's units; negative when it is not known. */
void progress_begin(struct progress *progress, const struct progress_view *view, double cost);
void progress_end(struct progress *progress);

/* For the other thread. True when a statement is under way. */
bool progress_read(struct progress *progress, struct progress_view *view);
/* The runner goes no further, and what it runs is cancelled and rolled back. May be called again. */
void progress_stop(struct progress *progress);

#endif
