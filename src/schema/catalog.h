/* Reads the catalog of a database as the values of a dump's lines. */
#ifndef ORGD_SCHEMA_CATALOG_H
#define ORGD_SCHEMA_CATALOG_H

#include "base/error.h"
#include "db/db.h"
#include "schema/format.h"

enum { CATALOG_FIELDS_MAX = 12 };

/* One value; for a LIST an array as PostgreSQL prints it (db/array.h), for a FLAG "t" or "f". NULL: there is none. */
struct catalog_value {
    const char *text;
    size_t len;
};

/* What receives what was read, in the order of a dump. Only `counted` and `qualified` may be NULL. */
struct catalog_receiver {
    void *context;
    enum err (*header)(void *context, const char *database, const char *server);
    /* The lines of this section follow, if there are any. */
    enum err (*section)(void *context, enum schema_section section);
    /* One value for each field of the row of schema_lines. The values are valid during the call. */
    enum err (*line)(void *context, enum schema_kind kind, const struct catalog_value *values);
    /* After each table whose rows were counted. */
    void (*counted)(void *context, size_t done, size_t total);
    /* After the header when we have no USAGE on the schema public: texts name its objects as those of any other one. */
    void (*qualified)(void *context, const char *database);
};

struct catalog_options {
    bool counts; /* the section of row counts too */
    bool full;   /* the sections that the reference format does not have */
};

/*
 * Reads everything in one snapshot of one transaction that cannot write. `db` is connected and has no transaction open.
 * The server is of version 12 or newer. Nothing that a schema of the database holds is called: names are looked up in
 * pg_catalog only. Errors: those of db_run, those of the receiver; REFUSED for an older server; BUSY when the
 * schema was changed while it was read. The connection may be closed after an error.
 */
enum err catalog_read(struct db *db, const struct catalog_options *options, const struct catalog_receiver *receiver,
                      struct error *error) MUST_CHECK;

/*
 * Begins the transaction that catalog_read reads in, for a reader of its own: one snapshot, read only, names looked up
 * in pg_catalog only. End it with db_rollback. Errors: those of db_begin; REFUSED for an older server.
 */
enum err catalog_begin(struct db *db, struct error *error) MUST_CHECK;
/* The sentence for a statement that failed with `err`, which it answers. */
enum err catalog_failed(const struct db *db, enum err err, struct error *error);

#endif
