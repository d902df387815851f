/* The catalog of a database as text, in the format of the reference dumps. */
#ifndef ORGD_SCHEMA_DUMP_H
#define ORGD_SCHEMA_DUMP_H

#include "base/buffer.h"
#include "base/error.h"
#include "db/db.h"

struct schema_dump_options {
    bool counts; /* count the rows of every table too */
};

/*
 * Writes what extensions, types, sequences, tables, constraints, indexes, triggers, views and version rows the database
 * has, read in one snapshot. The same database gives the same bytes whatever its oids, the order of creation, the
 * locale or the search_path. `db` is connected and has no transaction open. Errors: those of db_run; MEMORY when `out`
 * cannot hold it.
 */
enum err schema_dump(struct db *db, const struct schema_dump_options *options, struct buffer *out,
                     struct error *error) MUST_CHECK;

#endif
