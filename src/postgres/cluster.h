/* The private PostgreSQL cluster: made, started, kept running and stopped with the program. */
#ifndef ORGD_POSTGRES_CLUSTER_H
#define ORGD_POSTGRES_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct cluster_options {
    const char *directory; /* the data directory: absolute, no symbolic links, of this user, locked by the caller */
    const char *programs;  /* directory of PostgreSQL's programs; NULL or "": the installed ones */
    const char *program;   /* another user, who connects too; NULL: the program runs as this one */
    int connections;       /* how many the program opens at most; some are kept beyond for maintenance */
    const char *const *databases; /* names to create where they are missing, NULL-terminated */
};

struct cluster;

/*
 * Makes the cluster when there is none, waits for what an earlier program left running to stop, starts the server and
 * returns when it accepts connections and the databases exist. From then on a thread of its own starts it again
 * whenever it ends. Must not run as root. The texts of `options` are borrowed. Errors are sentences for the operator.
 */
enum err cluster_open(void *arena, const struct cluster_options *options, struct cluster **opened,
                      struct error *error) MUST_CHECK;

/* Whether the server accepts connections, as far as is known. */
bool cluster_running(struct cluster *cluster);

/* Stops the server in an orderly way, by force after half a minute, and frees everything. NULL is fine. */
void cluster_close(struct cluster *cluster);

/*
 * For a command that runs beside the program: the URI by which a cluster in this data directory is reached, open or
 * not.
 * `*fd` keeps it valid for long paths; close it afterwards, -1 when there is none. NULL without memory.
 */
const char *cluster_uri(void *arena, const char *directory, const char *database, int *fd);

#endif
