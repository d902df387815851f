/* Finds the two databases: configured ones, or those of the private cluster. */
#ifndef ORGD_RUNTIME_DATABASE_SET_H
#define ORGD_RUNTIME_DATABASE_SET_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "migrate/chains.h"
#include "postgres/cluster_process.h"
#include "runtime/data_dir.h"

/* The caller's role: `orgd serve` owns the data directory; other commands may run alongside a server. */
enum database_set_use { DATABASE_SET_SERVE, DATABASE_SET_COMMAND };

struct database_set {
    const char *uris[DATABASE_COUNT]; /* by enum database; they contain passwords */
    bool private_cluster;
    struct cluster_process *process; /* runs the cluster as another user; NULL when it is this one */
    struct cluster *cluster;         /* running; NULL with configured databases, or alongside a running orgd */
    struct data_dir dir;             /* open when this process has locked the data directory */
    int dir_fd;                      /* keeps the URIs valid; -1 when not needed */
};

/*
 * Locks the data directory (see data_dir_open: root may be dropped here) and finds the databases; starts nothing and
 * does not connect. A command runs alongside another orgd that runs the private cluster; with configured databases it
 * needs no data directory. Call it before there are threads. Errors are sentences.
 */
enum err database_set_open(void *arena, const struct config *config, enum database_set_use use,
                           struct database_set *set, struct error *error) MUST_CHECK;
/* For a command that only reads and makes no cluster: ERR_REFUSED when the private cluster is needed and does not
 * exist. */
enum err database_set_check(void *arena, const struct config *config, struct error *error) MUST_CHECK;
/* Starts the private cluster, and makes it when it does not exist. Does nothing when there is nothing to start. */
enum err database_set_start(void *arena, const struct config *config, struct database_set *set,
                            struct error *error) MUST_CHECK;
/* Stops the cluster if it started one, and unlocks the data directory. */
void database_set_close(struct database_set *set);

/* "private cluster in DIR", "agenta_core on db1:5432 and ...": without passwords, in `arena`; NULL without memory. */
const char *database_set_describe(const struct database_set *set, void *arena);

#endif
