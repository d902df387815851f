/* Drops root: the process becomes another user for good. */
#ifndef ORGD_RUNTIME_RUN_AS_H
#define ORGD_RUNTIME_RUN_AS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct run_as {
    const char *name; /* in the arena */
    uid_t uid;
    gid_t gid;
};

/* Whether there is such a user. */
bool run_as_exists(const char *name);

/* Looks up the user. ERR_REFUSED with a sentence when it does not exist, or is root. */
enum err run_as_find(void *arena, const char *name, struct run_as *user, struct error *error) MUST_CHECK;

/* Whether that user may enter the directory. Call it as root and before there are threads. */
bool run_as_may_enter(const struct run_as *user, const char *directory);

/* Makes the whole process that user, with its primary group only, and checks that root cannot be regained. */
enum err run_as_become(const struct run_as *user, struct error *error) MUST_CHECK;

#endif
