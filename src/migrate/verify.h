/* Compares a database with what it looks like when it is made from nothing. */
#ifndef ORGD_MIGRATE_VERIFY_H
#define ORGD_MIGRATE_VERIFY_H

#include "migrate/migrate.h"

enum verify_kind {
    VERIFY_MISSING, /* not there */
    VERIFY_CHANGED, /* there, and not as it should be */
    VERIFY_ADDED,   /* a column, constraint or trigger on one of our tables that is not ours */
    /* what follows is no difference: nothing of ours rests on it */
    VERIFY_BESIDE, /* somebody's own table, view, index, type or extension */
    VERIFY_ORDER,  /* the same columns in another physical order, as in a database that changed its edition */
};

/* "missing", "changed", ... */
const char *verify_kind_name(enum verify_kind kind);

struct verify_finding {
    enum verify_kind kind;
    const char *found;    /* the line of the dump; NULL when missing */
    const char *expected; /* NULL when there should be none */
};

struct verify {
    struct migrate_state state;
    struct verify_finding *findings; /* of a current database only */
    size_t count;
    bool equal; /* current, and without a difference */
};

/*
 * Looks at a database up to `target`. In `arena`. `db` is connected and has no transaction open. Errors: those of
 * migrate_state and schema_dump.
 */
enum err verify_database(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                         void *arena, struct verify *verify, struct error *error) MUST_CHECK;

#endif
