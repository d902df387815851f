/* What the configuration says about the databases. */
#ifndef ORGD_MIGRATE_DATABASES_H
#define ORGD_MIGRATE_DATABASES_H

#include "config/config.h"
#include "migrate/migrate.h"

/*
 * The connection URIs of both databases, in `arena`. Both are NULL when none is named, which means the private cluster.
 * ERR_USAGE when one is named and the other is not.
 */
enum err databases_uris(void *arena, const struct config *config, const char *uris[DATABASE_COUNT],
                        struct error *error) MUST_CHECK;

/* The options of a run that the configuration decides; borrows from `config`. */
struct migrate_options databases_options(const struct config *config);

#endif
