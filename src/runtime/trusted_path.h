/* Checks that only trusted users decide where a path leads. */
#ifndef ORGD_RUNTIME_TRUSTED_PATH_H
#define ORGD_RUNTIME_TRUSTED_PATH_H

#include <sys/types.h>

#include "base/error.h"

/*
 * Follows the path from the root directory, link by link. In a folder that others may write to (like /tmp), each link
 * or directory of the path must belong to root or to one of the two users, and the folder must have the sticky bit, so
 * that others cannot replace it. In a folder of another user there must be no link. The target of the path need not
 * exist. `resolved` is where the path was found to lead: it must still lead there. ERR_REFUSED with a sentence.
 */
enum err trusted_path_check(const char *path, const char *resolved, uid_t one, uid_t other,
                            struct error *error) MUST_CHECK;

#endif
