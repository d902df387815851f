/* The rights of the program's role on databases that are named: the SQL that grants them, and what differs from it. */
#ifndef ORGD_RUNTIME_RIGHTS_H
#define ORGD_RUNTIME_RIGHTS_H

#include "base/buffer.h"
#include "db/db.h"

/* Whether it can be the name of a role as it stands in the SQL: a-z, 0-9 and _, at most 63, no digit first. */
bool rights_name_is_plain(const char *name);

/* Writes SQL for psql that the owner of a database runs. `reader` may be NULL. Both are plain names. */
void rights_write_grants(const char *program, const char *reader, struct buffer *out);

/*
 * What the role of this connection may not do and should, or may do and should not: one sentence a row, after a column
 * `excess`. With `owner` the role may own the database, as that of the private cluster. Errors: those of db_run,
 * ERR_MEMORY.
 */
enum err rights_look(struct db *db, void *arena, bool owner, struct result *rows) MUST_CHECK;

#endif
