/* Where the two databases are: named by the configuration, or in the private cluster. */
#ifndef ORGD_STORES_H
#define ORGD_STORES_H

#include <stdbool.h>

#include "base/config.h"
#include "base/error.h"
#include "data_dir.h"
#include "db/cluster.h"
#include "migrate/chains.h"

/* What for: `orgd serve` owns the data directory; another command works beside a running server when there is one. */
enum stores_use { STORES_SERVE, STORES_COMMAND };

struct stores {
    const char *uris[DATABASE_COUNT]; /* by enum database; they hold passwords */
    bool private_cluster;
    struct cluster *cluster; /* running; NULL with named databases, or beside a running orgd */
    struct data_dir dir;     /* open for STORES_SERVE and for a cluster of our own */
    int beside;              /* keeps the URIs valid; -1 when not needed */
};

/*
 * Opens the data directory (see data_dir_open: root may be given up here) and starts the private cluster, or reads
 * which databases are named. Databases that are named are not connected to. Call before there are threads. Errors are
 * sentences.
 */
enum err stores_open(void *arena, const struct config *config, enum stores_use use, struct stores *stores,
                     struct error *error) MUST_CHECK;
/* Stops the cluster it started and gives up the data directory. */
void stores_close(struct stores *stores);

/* "private cluster in DIR", "agenta_core on db1:5432 and ...": without passwords, in `arena`; NULL without memory. */
const char *stores_describe(const struct stores *stores, void *arena);

#endif
