/* Dumps the catalog of a database as text, in the format of schema/format.h, or as JSON. */
#ifndef ORGD_SCHEMA_DUMP_H
#define ORGD_SCHEMA_DUMP_H

#include "base/buffer.h"
#include "base/error.h"
#include "db/db.h"

struct schema_dump_options {
    bool counts; /* count the rows of every table */
    bool full;   /* include the sections beyond the reference format */
    bool json;   /* {"database":...,"server":...,"sections":[{"section":...,"objects":[{"kind":...,...}]}]} */
    /* After each table that was counted; may be NULL. */
    void (*counted)(void *context, size_t done, size_t total);
    /* When the role lacks USAGE on the schema public: definitions then have `public.` before its names. May be NULL. */
    void (*qualified)(void *context, const char *database);
    void *context;
};

/*
 * Dumps a database from one snapshot. The same schema gives the same bytes whatever the OIDs, the order of creation,
 * the locale, the search_path or the minor version of the server. `db` is connected and has no transaction open.
 * Errors: those of catalog_read; ERR_MEMORY when `out` is too small: its content is then incomplete.
 */
enum err schema_dump(struct db *db, const struct schema_dump_options *options, struct buffer *out,
                     struct error *error) MUST_CHECK;

#endif
