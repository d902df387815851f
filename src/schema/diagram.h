/* Draws the tables of a database and their foreign keys, grouped by domain. */
#ifndef ORGD_SCHEMA_DIAGRAM_H
#define ORGD_SCHEMA_DIAGRAM_H

#include "base/buffer.h"
#include "base/error.h"
#include "db/db.h"

enum schema_diagram_format {
    SCHEMA_DIAGRAM_DOT,     /* for Graphviz: https://graphviz.org/doc/info/lang.html */
    SCHEMA_DIAGRAM_MERMAID, /* https://mermaid.js.org/syntax/entityRelationshipDiagram.html */
};

/*
 * Writes every table with its columns, marked PK and FK, and an edge for each foreign key. Tables of the product are
 * grouped by domain, other tables by schema. `db` is connected and has no
 * transaction open. Errors: those of catalog_begin and db_run; ERR_MEMORY when `out` is too small.
 */
enum err schema_diagram(struct db *db, enum schema_diagram_format format, struct buffer *out,
                        struct error *error) MUST_CHECK;

#endif
