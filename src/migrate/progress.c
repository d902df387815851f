/* Shares the progress of a runner with another thread. */
#include "migrate/progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <talloc.h>

#include "base/platform.h"

enum { CANCEL_ERROR_MAX = 256 };

/* First estimate of the time for one unit of the planner's cost; measured statements of the run replace it. */
#define FIRST_US_PER_COST 10.0
/* Shorter statements are not used for the estimate. */
#define MEASURED_US 20000

struct progress {
    bool shown;
    atomic_bool stopped;
    pthread_mutex_t lock; /* protects the members below */
    PGcancel *cancel;
    bool busy;
    struct progress_view view;
    double cost;
    double us_per_cost;
};

struct progress *progress_create(void *arena, bool shown)
{
    struct progress *progress = talloc_zero(arena, struct progress);

    if (!progress)
        return NULL;
    progress->shown = shown;
    progress->us_per_cost = FIRST_US_PER_COST;
    (void)pthread_mutex_init(&progress->lock, NULL);
    return progress;
}

void progress_destroy(struct progress *progress)
{
    PQfreeCancel(progress->cancel);
    (void)pthread_mutex_destroy(&progress->lock);
    (void)talloc_free(progress);
}

void progress_use(struct progress *progress, struct db *db)
{
    PGconn *handle = db ? db_handle(db) : NULL;
    PGcancel *cancel;

    if (!progress)
        return;
    cancel = handle ? PQgetCancel(handle) : NULL;
    (void)pthread_mutex_lock(&progress->lock);
    PQfreeCancel(progress->cancel);
    progress->cancel = cancel;
    (void)pthread_mutex_unlock(&progress->lock);
}

bool progress_is_shown(const struct progress *progress)
{
    return progress && progress->shown;
}

bool progress_is_stopped(const struct progress *progress)
{
    return progress && atomic_load(&progress->stopped);
}

void progress_begin(struct progress *progress, const struct progress_view *view, double cost)
{
    if (!progress)
        return;
    (void)pthread_mutex_lock(&progress->lock);
    progress->busy = true;
    progress->view = *view;
    progress->view.since_us = platform.monotonic_us();
    progress->cost = cost;
    (void)pthread_mutex_unlock(&progress->lock);
}

void progress_end(struct progress *progress)
{
    double took;

    if (!progress)
        return;
    (void)pthread_mutex_lock(&progress->lock);
    took = (double)(platform.monotonic_us() - progress->view.since_us);
    if (progress->cost > 0 && took > MEASURED_US)
        progress->us_per_cost = (progress->us_per_cost + took / progress->cost) / 2;
    progress->busy = false;
    (void)pthread_mutex_unlock(&progress->lock);
}

bool progress_read(struct progress *progress, struct progress_view *view)
{
    bool busy;

    (void)pthread_mutex_lock(&progress->lock);
    busy = progress->busy;
    *view = progress->view;
    view->left_us = -1;
    if (busy && progress->cost > 0) {
        double left = progress->cost * progress->us_per_cost - (double)(platform.monotonic_us() - view->since_us);

        view->left_us = left > 0 ? (int64_t)left : 0;
    }
    (void)pthread_mutex_unlock(&progress->lock);
    return busy;
}

void progress_stop(struct progress *progress)
{
    char ignored[CANCEL_ERROR_MAX];

    atomic_store(&progress->stopped, true);
    (void)pthread_mutex_lock(&progress->lock);
    if (progress->cancel)
        (void)PQcancel(progress->cancel, ignored, sizeof ignored);
    (void)pthread_mutex_unlock(&progress->lock);
}
