/* Makes, checks and locks the data directory. */
#ifndef ORGD_RUNTIME_DATA_DIR_H
#define ORGD_RUNTIME_DATA_DIR_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "runtime/run_as.h"

struct data_dir {
    const char *path;    /* absolute, without symbolic links */
    const char *cluster; /* where the private cluster lies; set once it is open */
    int fd;              /* of the directory */
    int lock;            /* the lock file, locked while it is open */
    bool undivided;      /* started by root, and yet PostgreSQL runs as the same user as orgd */
    bool moved;          /* not at the configured place: the user that orgd becomes cannot reach the default */
};

/*
 * Makes the process that becomes `postgres`. Called as root when PostgreSQL runs as another user than orgd, while there
 * is one thread and the directory is locked. The cluster is in the folder CLUSTER_DIR_NAME.
 */
struct data_dir_split {
    enum err (*fork)(void *context, const struct data_dir *dir, const struct run_as *program,
                     const struct run_as *postgres, struct error *error);
    void *context;
};

/* Whether the configuration names no database, so that the private cluster is used. */
bool data_dir_is_for_cluster(const struct config *config);

/*
 * The path of the data directory, for commands that only read; touches nothing. Absolute, in `arena`. ERR_REFUSED with
 * the sentence of data_dir_open when the directory cannot be at that place.
 */
enum err data_dir_path(void *arena, const struct config *config, const char **path, struct error *error) MUST_CHECK;

/*
 * Makes the directory or checks that it belongs to orgd, and locks it for this process. Root becomes the user
 * ORGD_RUN_AS for good; with `split` (may be NULL) PostgreSQL gets the user ORGD_POSTGRES_RUN_AS before that. Call it
 * before there are threads. ERR_REFUSED with one sentence that says what to do. ERR_BUSY when another orgd has locked
 * it, with its pid in the sentence; `dir->path` is set and the user was changed then.
 */
enum err data_dir_open(void *arena, const struct config *config, const struct data_dir_split *split,
                       struct data_dir *dir, struct error *error) MUST_CHECK;

/* Releases the lock; the path remains readable. */
void data_dir_close(struct data_dir *dir);

#endif
