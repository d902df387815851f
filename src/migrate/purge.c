/* Lists and empties the archive. */
#include "migrate/purge.h"

#include "migrate/lock.h"
#include "migrate/statements.h"

static enum err failed(struct db *db, enum database database, struct error *error)
{
    const struct error *cause = db_error(db);

    return error_set(error, cause->code, "the archive of the %s database: %.400s", migrate_database_name(database),
                     cause->cause);
}

enum err purge_list(struct db *db, enum database database, struct result *list, struct error *error)
{
    size_t i = 0;

    while (decisions[i].kind != DECISION_PURGE)
        i++;
    return !migrate_decide(db, &decisions[i], false, list) ? OK : failed(db, database, error);
}

static enum err drop(struct db *db, const struct migrate_options *options)
{
    TRY(db_begin(db));
    TRY(migrate_set_options(db, options));
    TRY(DB_RUN(db, purge_drop, NULL));
    return db_commit(db);
}

enum err purge_database(struct db *db, enum database database, const struct migrate_options *options,
                        struct error *error)
{
    int64_t deadline = migrate_deadline(options);
    enum err err;

    TRY(migrate_lock_database(db, database, options, deadline, error));
    err = drop(db, options);
    if (err) {
        err = failed(db, database, error);
        db_rollback(db);
    }
    migrate_unlock_database(db);
    return err;
}
