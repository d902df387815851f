/* Opens and closes the databases of one migrate command. */
#include "commands/migrate_databases.h"

#include <string.h>
#include <talloc.h>

#include "migrate/databases.h"

#define CONNECT_MS 10000

static enum err connect_all(void *arena, struct migrate_databases *databases, struct error *error)
{
    for (int i = 0; i < DATABASE_COUNT; i++) {
        struct db_options options = {.uri = databases->database_set.uris[i],
                                     .name = "orgd migrate",
                                     .connect_ms = CONNECT_MS,
                                     .statement_ms = MIGRATE_STATEMENT_MS};
        struct error cause = {0};
        enum err err;

        databases->dbs[i] = db_create(arena, &options);
        err = databases->dbs[i] != NULL ? db_connect(databases->dbs[i], &cause)
                                        : error_set(&cause, ERR_MEMORY, "no memory");
        if (err) {
            return error_set(error, err, "the %s database: %.450s", migrate_database_name((enum database)i),
                             cause.cause);
        }
    }
    return OK;
}

void migrate_close(struct migrate_databases *databases)
{
    for (int i = 0; i < DATABASE_COUNT; i++) {
        if (databases->dbs[i])
            db_close(databases->dbs[i]);
    }
    database_set_close(&databases->database_set);
}

enum err migrate_open(void *arena, const struct config *config, bool make, struct migrate_databases *databases,
                      struct error *error)
{
    enum err err = make ? OK : database_set_check(arena, config, error);

    *databases = (struct migrate_databases){0};
    if (!err)
        err = database_set_open(arena, config, DATABASE_SET_COMMAND, &databases->database_set, error);
    if (err)
        return err;
    if (!databases->database_set.private_cluster)
        err = databases_migration_uris(config, databases->database_set.uris, error);
    if (!err)
        err = database_set_start(arena, config, &databases->database_set, error);
    if (!err)
        err = connect_all(arena, databases, error);
    if (err)
        migrate_close(databases);
    return err;
}
