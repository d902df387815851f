/* The core database of the configuration, up to date, for a command that works with what is in it. */
#ifndef ORGD_COMMANDS_CURRENT_H
#define ORGD_COMMANDS_CURRENT_H

#include "config/config.h"
#include "db/db.h"
#include "runtime/stores.h"

struct current {
    struct db *core;
    struct stores stores;
};

/*
 * Opens the databases, starting the private cluster when nothing runs it, and connects to the core database as `name`.
 * ERR_REFUSED when it is behind or ahead, with the sentence that says so. Nothing stays open on failure.
 */
enum err current_open(void *arena, const struct config *config, const char *name, struct current *current,
                      struct error *error) MUST_CHECK;
void current_close(struct current *current);

#endif
