/* Makes, starts, watches and stops the private PostgreSQL cluster. */
#ifndef ORGD_POSTGRES_CLUSTER_H
#define ORGD_POSTGRES_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct cluster_options {
    const char
        *directory; /* the data directory: absolute, no symbolic links, owned by this user, locked by the caller */
    const char *programs;         /* directory of PostgreSQL's programs; NULL or "": the installed ones */
    const char *program;          /* another user, who connects too; NULL: the program runs as this one */
    int connections;              /* the most connections of the program; some more are reserved for maintenance */
    const char *const *databases; /* names to create if missing, NULL-terminated */
};

struct cluster;

/*
 * Makes the cluster if there is none, waits until the server of an earlier program has stopped, starts the server, and
 * returns when it accepts connections and the databases exist. From then on a thread restarts the server whenever it
 * ends. Must not run as root. The texts of `options` are borrowed. Errors are sentences for the operator.
 */
enum err cluster_open(void *arena, const struct cluster_options *options, struct cluster **opened,
                      struct error *error) MUST_CHECK;

/* Whether the server accepts connections, as far as is known. */
bool cluster_running(struct cluster *cluster);

/* Shuts the server down, with SIGKILL after half a minute, and frees everything. NULL is accepted. */
void cluster_close(struct cluster *cluster);

/*
 * The URI of a cluster in this data directory, open or not, for a command that runs alongside the program. `*fd` keeps
 * it valid for long paths: close it afterwards; -1 when not needed. NULL without memory.
 */
const char *cluster_uri(void *arena, const char *directory, const char *database, int *fd);

#endif
