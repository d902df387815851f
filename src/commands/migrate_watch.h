/* Beside a migration: shows on a terminal what takes long, and stops it on a signal. */
#ifndef ORGD_COMMANDS_MIGRATE_WATCH_H
#define ORGD_COMMANDS_MIGRATE_WATCH_H

#include "base/error.h"
#include "migrate/progress.h"

struct watch;

/* From now on SIGINT, SIGTERM and SIGHUP wait until somebody watches. Call before there are threads. */
void watch_block_signals(void);

/* Starts the thread; `*progress` is for the runner. In `arena`. */
enum err watch_start(void *arena, struct watch **watch, struct progress **progress, struct error *error) MUST_CHECK;
/* Ends it. A signal from now on ends the program. */
void watch_stop(struct watch *watch);

/* Takes the line of the progress away, so that something else can be written. */
void watch_clear(struct watch *watch);

#endif
