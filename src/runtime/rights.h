/* Writes SQL that grants the program's role its privileges on named databases, and checks them. */
#ifndef ORGD_RUNTIME_RIGHTS_H
#define ORGD_RUNTIME_RIGHTS_H

#include "base/buffer.h"
#include "db/db.h"

/* Whether the name can be used unquoted as a role in the SQL: a-z, 0-9 and _, at most 63 bytes, no leading digit. */
bool rights_name_is_plain(const char *name);

/* Writes SQL that the owner of a database runs with psql. `reader` may be NULL. Both names must be plain. */
void rights_write_grants(const char *program, const char *reader, struct buffer *out);

/* Columns of rights_look: whether the privilege is an excess one, and a sentence. */
enum { RIGHTS_EXCESS, RIGHTS_TEXT };
/*
 * Reports missing and excess privileges of the connection's role, one a row. With
 * `owner` the role may own the database, as in the private cluster. Errors: those of db_run, ERR_MEMORY.
 */
enum err rights_look(struct db *db, void *arena, bool owner, struct result *found) MUST_CHECK;

#endif
