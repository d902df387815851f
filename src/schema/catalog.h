/* Reads the catalog of a database as the lines of a dump. */
#ifndef ORGD_SCHEMA_CATALOG_H
#define ORGD_SCHEMA_CATALOG_H

#include "base/error.h"
#include "db/db.h"
#include "schema/format.h"

enum { CATALOG_FIELDS_MAX = 12 };

/* One value: for a LIST an array in PostgreSQL's notation (db/array.h), for a FLAG "t" or "f"; NULL when absent. */
struct catalog_value {
    const char *text;
    size_t len;
};

/* Callbacks that receive a dump in its order. Only `counted` and `qualified` may be NULL. */
struct catalog_receiver {
    void *context;
    enum err (*header)(void *context, const char *database, const char *server);
    /* Begins a section; its lines follow. */
    enum err (*section)(void *context, enum schema_section section);
    /* A line: one value for each field of its row in schema_lines, valid during the call. */
    enum err (*line)(void *context, enum schema_kind kind, const struct catalog_value *values);
    /* After each table whose rows were counted. */
    void (*counted)(void *context, size_t done, size_t total);
    /* After the header, when the role lacks USAGE on the schema public: definitions then qualify its objects. */
    void (*qualified)(void *context, const char *database);
};

struct catalog_options {
    bool counts; /* include the section of row counts */
    bool full;   /* include the sections beyond the reference format */
};

/*
 * Reads the catalog in one snapshot of one READ ONLY transaction. `db` is connected and has no transaction open. The
 * server has version 12 or newer. No user-defined function is called: names are looked up in pg_catalog only. Errors:
 * those of db_run and of the receiver; ERR_REFUSED for an older server; ERR_BUSY when the schema changed during the
 * read. The connection may be closed after an error.
 */
enum err catalog_read(struct db *db, const struct catalog_options *options, const struct catalog_receiver *receiver,
                      struct error *error) MUST_CHECK;

/*
 * Begins a transaction like that of catalog_read: one snapshot, READ ONLY, names looked up in pg_catalog only. End it
 * with db_rollback. Errors: those of db_begin; ERR_REFUSED for an older server.
 */
enum err catalog_begin(struct db *db, struct error *error) MUST_CHECK;
/* Sets the sentence for a statement that failed with `err`; returns `err`. */
enum err catalog_failed(const struct db *db, enum err err, struct error *error);

#endif
