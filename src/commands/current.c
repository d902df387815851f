/* Opens the core database for commands that work with users and organizations. */
#include "commands/current.h"

#include <talloc.h>

#include "migrate/migrate.h"

enum { CONNECT_MS = 10000, STATEMENT_MS = 600000 };

static enum err connect_core(void *arena, const struct database_set *set, const char *name, struct db **core,
                             struct error *error)
{
    struct db_options options = {
        .uri = set->uris[DATABASE_CORE], .name = name, .connect_ms = CONNECT_MS, .statement_ms = STATEMENT_MS};
    struct error cause = {0};

    *core = db_create(arena, &options);
    if (!*core)
        return error_set(error, ERR_MEMORY, "no memory");
    if (db_connect(*core, &cause))
        return error_set(error, cause.code, "the core database: %.450s", cause.cause);
    return OK;
}

static enum err check_revision(struct db *core, const struct config *config, struct error *error)
{
    struct migrate_state state;
    enum err err = migrate_state(core, DATABASE_CORE, config_is_enterprise(config), MIGRATE_TO_HEAD, &state, error);

    if (!err && state.condition != MIGRATE_CURRENT)
        err =
            error_set(error, ERR_REFUSED, "%.400s; bring it up to date first, with `orgd migrate up`", state.sentence);
    return err;
}

enum err current_open(void *arena, const struct config *config, const char *name, struct current *current,
                      struct error *error)
{
    enum err err = database_set_open(arena, config, DATABASE_SET_COMMAND, &current->database_set, error);

    current->core = NULL;
    if (err)
        return err;
    err = database_set_start(arena, config, &current->database_set, error);
    if (!err)
        err = connect_core(arena, &current->database_set, name, &current->core, error);
    if (!err)
        err = check_revision(current->core, config, error);
    if (err)
        current_close(current);
    return err;
}

void current_close(struct current *current)
{
    if (current->core)
        db_close(current->core); /* before the cluster is stopped */
    database_set_close(&current->database_set);
}
