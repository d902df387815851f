/* Opens the configured core database at the current revision, for commands that work with its content. */
#ifndef ORGD_COMMANDS_CURRENT_H
#define ORGD_COMMANDS_CURRENT_H

#include "config/config.h"
#include "db/db.h"
#include "runtime/database_set.h"

struct current {
    struct db *core;
    struct database_set database_set;
};

/*
 * Opens the databases, starts the private cluster when no process runs it, and connects to the core database as `name`.
 * ERR_REFUSED with a sentence when the database is behind or ahead. Nothing stays open on failure.
 */
enum err current_open(void *arena, const struct config *config, const char *name, struct current *current,
                      struct error *error) MUST_CHECK;
void current_close(struct current *current);

#endif
