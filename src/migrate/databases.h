/* Reads the addresses of the databases, and the options of a run, from the configuration. */
#ifndef ORGD_MIGRATE_DATABASES_H
#define ORGD_MIGRATE_DATABASES_H

#include "config/config.h"
#include "migrate/migrate.h"

/*
 * The connection URIs of both databases, in `arena`. Both are NULL when neither is configured: the private cluster is
 * used. ERR_USAGE when only one is configured.
 */
enum err databases_uris(void *arena, const struct config *config, const char *uris[DATABASE_COUNT],
                        struct error *error) MUST_CHECK;

/*
 * Replaces the URIs of named databases by those for migrations, where the configuration has such. ERR_USAGE when one is
 * named and the other is not.
 */
enum err databases_migration_uris(const struct config *config, const char *uris[DATABASE_COUNT],
                                  struct error *error) MUST_CHECK;

/* The options of a run that come from the configuration; borrows from `config`. */
struct migrate_options databases_options(const struct config *config);

#endif
