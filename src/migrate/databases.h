/* Which databases the configuration names, and handles on them for one command. */
#ifndef ORGD_MIGRATE_DATABASES_H
#define ORGD_MIGRATE_DATABASES_H

#include "base/config.h"
#include "db/db.h"
#include "migrate/chains.h"

/*
 * The connection URIs of both databases, in `arena`. Both are NULL when none is named, which means the private cluster.
 * ERR_USAGE when one is named and the other is not.
 */
enum err databases_uris(void *arena, const struct config *config, const char *uris[DATABASE_COUNT], struct error *error) MUST_CHECK;

/* Connected handles in `arena`, without a deadline for statements: for commands, not for serving. */
enum err databases_open(void *arena, const struct config *config, struct db *dbs[DATABASE_COUNT], struct error *error) MUST_CHECK;

#endif
