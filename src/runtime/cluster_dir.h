/* The folder of the private cluster in the data directory, where PostgreSQL runs as another user than orgd. */
#ifndef ORGD_RUNTIME_CLUSTER_DIR_H
#define ORGD_RUNTIME_CLUSTER_DIR_H

#include "base/error.h"
#include "runtime/run_as.h"

#define CLUSTER_DIR_NAME "cluster"

/*
 * Makes the folder `cluster` in the data directory (open as `fd`) or takes it over: it belongs to the user of
 * PostgreSQL, and the program may pass through it to the socket. A cluster that lies in the data directory itself is
 * moved there, and links are left in its place. Nobody else may enter either of them, and PostgreSQL only passes
 * through the data directory. Only as root, while no orgd uses the directory. Errors are sentences.
 */
enum err cluster_dir_prepare(int fd, const char *path, const struct run_as *program, const struct run_as *postgres,
                             struct error *error) MUST_CHECK;

#endif
