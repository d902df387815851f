/* Watches a migration: shows progress, and stops it on a signal. */
#include "commands/migrate_watch.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/platform.h"

enum { TICK_NS = 200000000, SHOW_AFTER_US = 1000000, SECOND_US = 1000000 };

struct watch {
    struct progress *progress;
    pthread_t thread;
    bool terminal;
    atomic_bool over;
    pthread_mutex_t line; /* the line of the terminal */
    bool shown;
};

static void fill(sigset_t *awaited)
{
    (void)sigemptyset(awaited);
    (void)sigaddset(awaited, SIGINT);
    (void)sigaddset(awaited, SIGTERM);
    (void)sigaddset(awaited, SIGHUP);
    (void)sigaddset(awaited, SIGUSR1); /* only ends the wait for the next tick */
}

void watch_block_signals(void)
{
    sigset_t awaited;

    fill(&awaited);
    (void)pthread_sigmask(SIG_BLOCK, &awaited, NULL);
}

static void clear(struct watch *watch)
{
    if (watch->shown)
        (void)fputs("\r\033[K", stderr);
    watch->shown = false;
}

void watch_clear(struct watch *watch)
{
    (void)pthread_mutex_lock(&watch->line);
    clear(watch);
    (void)pthread_mutex_unlock(&watch->line);
}

static void show(struct watch *watch)
{
    struct progress_view view;
    int64_t spent;

    (void)pthread_mutex_lock(&watch->line);
    if (!progress_read(watch->progress, &view) || (spent = platform.monotonic_us() - view.since_us) < SHOW_AFTER_US) {
        clear(watch);
    } else {
        (void)fprintf(stderr, "\r\033[K%s %s: %s (%zu of %zu), %" PRId64 " s", view.database, view.revision,
                      view.what[0] != '\0' ? view.what : "preparing", view.number, view.count, spent / SECOND_US);
        if (view.left_us >= SECOND_US)
            (void)fprintf(stderr, ", about %" PRId64 " s left", view.left_us / SECOND_US);
        watch->shown = true;
    }
    (void)fflush(stderr);
    (void)pthread_mutex_unlock(&watch->line);
}

static void *run(void *argument)
{
    struct watch *watch = argument;
    const struct timespec tick = {.tv_nsec = TICK_NS};
    sigset_t awaited;

    fill(&awaited);
    while (!atomic_load(&watch->over)) {
        int number = sigtimedwait(&awaited, NULL, &tick);

        if (atomic_load(&watch->over))
            break;
        if (number > 0 && number != SIGUSR1) {
            if (watch->terminal)
                watch_clear(watch);
            progress_stop(watch->progress);
        } else if (progress_is_stopped(watch->progress)) {
            progress_stop(
                watch->progress); /* statements that began between the first stop and the runner's next check */
        }
        if (watch->terminal)
            show(watch);
    }
    return NULL;
}

enum err watch_start(void *arena, struct watch **watch, struct progress **progress, struct error *error)
{
    struct watch *made = talloc_zero(arena, struct watch);
    int problem = ENOMEM;

    if (made) {
        made->terminal = isatty(STDERR_FILENO) == 1;
        made->progress = progress_create(made, made->terminal);
        (void)pthread_mutex_init(&made->line, NULL);
        if (made->progress)
            problem = pthread_create(&made->thread, NULL, run, made);
    }
    if (problem != 0)
        return error_set(error, ERR_SYSTEM, "cannot start the thread that watches the migration");
    *watch = made;
    *progress = made->progress;
    return OK;
}

void watch_stop(struct watch *watch)
{
    sigset_t awaited;

    atomic_store(&watch->over, true);
    (void)pthread_kill(watch->thread, SIGUSR1);
    (void)pthread_join(watch->thread, NULL);
    watch_clear(watch);
    progress_destroy(watch->progress);
    fill(&awaited);
    (void)pthread_sigmask(SIG_UNBLOCK, &awaited, NULL);
}
