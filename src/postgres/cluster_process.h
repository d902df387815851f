/* A process that runs the private cluster as another user than the program. */
#ifndef ORGD_POSTGRES_CLUSTER_PROCESS_H
#define ORGD_POSTGRES_CLUSTER_PROCESS_H

#include <sys/types.h>

#include "postgres/cluster.h"

struct cluster_process;

/*
 * Forks the process and makes it that user. It only waits, until cluster_process_start. Only as root, before there are
 * threads. It ends with the program, however that ends, and PostgreSQL with it. What `cluster` points at is copied by
 * the fork.
 */
enum err cluster_process_fork(void *arena, uid_t uid, gid_t gid, const struct cluster_options *cluster,
                              struct cluster_process **forked, struct error *error) MUST_CHECK;

/* Does what cluster_open does, there. Should the process end by itself afterwards, so does the program: only root could
 * make another one. */
enum err cluster_process_start(struct cluster_process *process, struct error *error) MUST_CHECK;

/* Stops the cluster in an orderly way, and the process. NULL is fine. */
void cluster_process_close(struct cluster_process *process);

#endif
