/* Watches a migration: shows long steps on a terminal, and stops the run on a signal. */
#ifndef ORGD_COMMANDS_MIGRATE_WATCH_H
#define ORGD_COMMANDS_MIGRATE_WATCH_H

#include "base/error.h"
#include "migrate/progress.h"

struct watch;

/* Blocks SIGINT, SIGTERM and SIGHUP until watch_start. Call it before there are threads. */
void watch_block_signals(void);

/* Starts the thread; the runner reports to `*progress`. Both live in `arena`. */
enum err watch_start(void *arena, struct watch **watch, struct progress **progress, struct error *error) MUST_CHECK;
/* Ends the thread. From now on a signal ends the program. */
void watch_stop(struct watch *watch);

/* Erases the progress line, so that other output can be written. */
void watch_clear(struct watch *watch);

#endif
