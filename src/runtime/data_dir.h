/* The data directory: where it is, that it is ours alone. */
#ifndef ORGD_RUNTIME_DATA_DIR_H
#define ORGD_RUNTIME_DATA_DIR_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"

struct data_dir {
    const char *path; /* absolute, without symbolic links */
    int fd;           /* of it */
    int lock;         /* held while this is open */
    bool moved;       /* elsewhere than configured, because the user that orgd becomes cannot reach the default */
};

/* Whether the configuration names no database, so that the private cluster is used. */
bool data_dir_is_for_cluster(const struct config *config);

/*
 * Where the data directory is or would be, without touching anything: for commands that look. Absolute, in `arena`.
 * ERR_REFUSED with the sentence that `data_dir_open` would give when it cannot be there.
 */
enum err data_dir_path(void *arena, const struct config *config, const char **path, struct error *error) MUST_CHECK;

/*
 * Makes the directory or checks that it is ours, takes it for this process alone, and, when started by root,
 * becomes the user ORGD_RUN_AS for good. Call before there are threads. ERR_REFUSED with one sentence
 * that says what to do; ERR_BUSY when another orgd has it (its pid is in the sentence): then `dir->path` says where,
 * and the user was changed.
 */
enum err data_dir_open(void *arena, const struct config *config, struct data_dir *dir, struct error *error) MUST_CHECK;

/* Gives it up; the path stays readable. */
void data_dir_close(struct data_dir *dir);

#endif
