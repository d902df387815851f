/* Where the two databases are: named by the configuration, or in the private cluster. */
#ifndef ORGD_RUNTIME_STORES_H
#define ORGD_RUNTIME_STORES_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "migrate/chains.h"
#include "postgres/cluster_process.h"
#include "runtime/data_dir.h"

/* What for: `orgd serve` owns the data directory; another command works beside a running server when there is one. */
enum stores_use { STORES_SERVE, STORES_COMMAND };

struct stores {
    const char *uris[DATABASE_COUNT]; /* by enum database; they hold passwords */
    bool private_cluster;
    struct cluster_process *process; /* runs the cluster as another user; NULL when it is this one */
    struct cluster *cluster;         /* running; NULL with named databases, or beside a running orgd */
    struct data_dir dir;             /* open when the data directory is ours */
    int beside;                      /* keeps the URIs valid; -1 when not needed */
};

/*
 * Takes the data directory (see data_dir_open: root may be given up here), and says where the databases are: nothing is
 * started or connected to yet. A command whose private cluster is run by another orgd works beside that one; with named
 * databases it needs no data directory. Call before there are threads. Errors are sentences.
 */
enum err stores_open(void *arena, const struct config *config, enum stores_use use, struct stores *stores,
                     struct error *error) MUST_CHECK;
/* For a command that only looks, and so makes no cluster: ERR_REFUSED when there should be one and is none. */
enum err stores_check(void *arena, const struct config *config, struct error *error) MUST_CHECK;
/* Starts the private cluster, making it first where there is none. Does nothing when there is nothing to start. */
enum err stores_start(void *arena, const struct config *config, struct stores *stores, struct error *error) MUST_CHECK;
/* Stops the cluster it started and gives up the data directory. */
void stores_close(struct stores *stores);

/* "private cluster in DIR", "agenta_core on db1:5432 and ...": without passwords, in `arena`; NULL without memory. */
const char *stores_describe(const struct stores *stores, void *arena);

#endif
