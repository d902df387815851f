/* Compares the schema of a database with the expected one. */
#ifndef ORGD_MIGRATE_VERIFY_H
#define ORGD_MIGRATE_VERIFY_H

#include "migrate/migrate.h"

enum verify_kind {
    VERIFY_MISSING, /* expected, but absent */
    VERIFY_CHANGED, /* present with another definition */
    VERIFY_ADDED,   /* an unexpected column, constraint or trigger on an expected table */
    /* The following kinds do not count as differences. */
    VERIFY_UNRELATED, /* an additional table, view, index, type or extension of the operator */
    VERIFY_ORDER,     /* the same columns in another physical order, as in a database that changed its edition */
};

/* "missing", "changed", ... */
const char *verify_kind_name(enum verify_kind kind);

struct verify_finding {
    enum verify_kind kind;
    const char *found;    /* the line of the dump; NULL when missing */
    const char *expected; /* NULL when nothing is expected */
};

struct verify {
    struct migrate_state state;
    struct verify_finding *findings; /* of a current database only */
    size_t count;
    bool equal; /* current and without differences */
};

/*
 * Compares a database at `target`; the findings live in `arena`. `db` is connected and has no transaction open. Errors:
 * those of migrate_state and schema_dump.
 */
enum err verify_database(struct db *db, enum database database, bool enterprise, enum migrate_target target,
                         void *arena, struct verify *verify, struct error *error) MUST_CHECK;

#endif
