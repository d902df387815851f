/* Connects a command to the database that it reads. */
#include "commands/source.h"

#define CONNECT_MS 10000
/* Statements of large databases, above all those that count rows, take long. */
#define STATEMENT_MS (3600LL * 1000)
/* When a table is locked for longer than this, the command fails with PostgreSQL's message. */
#define LOCK_MS (60LL * 1000)

static enum err open_configured(void *arena, const struct config *config, struct source *source, const char **uri,
                                struct error *error)
{
    enum err err = database_set_check(arena, config, error);

    if (!err)
        err = database_set_open(arena, config, DATABASE_SET_COMMAND, &source->database_set, error);
    if (err)
        return err;
    source->configured = true;
    *uri = source->database_set.uris[DATABASE_CORE];
    return database_set_start(arena, config, &source->database_set, error);
}

enum err source_open(void *arena, const struct config *config, const char *uri, const char *name, struct source *source,
                     struct error *error)
{
    struct db_options options = {
        .name = name, .connect_ms = CONNECT_MS, .statement_ms = STATEMENT_MS, .lock_ms = LOCK_MS};
    enum err err = OK;

    *source = (struct source){0};
    if (uri && !*uri)
        return error_set(error, ERR_USAGE, "the connection URI is empty; leave it out to use the configured database");
    if (!uri)
        err = open_configured(arena, config, source, &uri, error);
    if (!err) {
        options.uri = uri;
        source->db = db_create(arena, &options);
        err = source->db != NULL ? db_connect(source->db, error) : error_set(error, ERR_MEMORY, "no memory");
    }
    if (err)
        source_close(source);
    return err;
}

void source_close(struct source *source)
{
    if (source->db)
        db_close(source->db);
    if (source->configured)
        database_set_close(&source->database_set);
    source->configured = false;
}
