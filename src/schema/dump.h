/* The catalog of a database as text, in the format of schema/format.h, or as JSON. */
#ifndef ORGD_SCHEMA_DUMP_H
#define ORGD_SCHEMA_DUMP_H

#include "base/buffer.h"
#include "base/error.h"
#include "db/db.h"

struct schema_dump_options {
    bool counts; /* count the rows of every table too */
    bool full;   /* the sections that the reference format does not have */
    bool json;   /* {"database":...,"server":...,"sections":[{"section":...,"objects":[{"kind":...,...}]}]} */
    /* After each table that was counted; may be NULL. */
    void (*counted)(void *context, size_t done, size_t total);
    /* When the reader has no USAGE on the schema public: texts have `public.` where those for others have not. May be
     * NULL. */
    void (*qualified)(void *context, const char *database);
    void *context;
};

/*
 * Writes what a database has, read in one snapshot. The same database gives the same bytes whatever its oids, the order
 * of creation, the locale, the search_path or the minor version of the server. `db` is connected and has no transaction
 * open. Errors: those of catalog_read; MEMORY when `out` cannot hold it, and then `out` is of no use.
 */
enum err schema_dump(struct db *db, const struct schema_dump_options *options, struct buffer *out,
                     struct error *error) MUST_CHECK;

#endif
