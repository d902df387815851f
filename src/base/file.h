/* Small files: read whole, replaced at once or not at all. */
#ifndef ORGD_BASE_FILE_H
#define ORGD_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Reads the file `name` of the open directory `directory` (AT_FDCWD: a path, which may be that of a pipe) into a
 * NUL-terminated text of `arena`.
 * ERR_NOT_FOUND when there is none; ERR_REFUSED when it is larger than `max` bytes or holds
 * NUL; ERR_SYSTEM otherwise.
 */
enum err file_read(void *arena, int directory, const char *name, size_t max, char **text,
                   struct error *error) MUST_CHECK;

/*
 * Puts a file of exactly this content in place of whatever has that name, on disk when it returns: written under
 * another name
 * (`.NAME.new`), synchronized, renamed, directory synchronized. ERR_SYSTEM leaves the old file as it was.
 */
enum err file_replace(int directory, const char *name, const void *data, size_t len, mode_t mode,
                      struct error *error) MUST_CHECK;

/*
 * Makes this the content of the file that somebody names: what was there is replaced when all of it is written, by
 * renaming, and keeps its permissions and, if we may, its owner. Links are followed; a pipe, a device and what is open
 * already (`/dev/stdout`, `/dev/fd/3`) are written to.
 * ERR_SYSTEM, which leaves a file as it was.
 */
enum err file_write(void *arena, const char *path, const void *data, size_t len, struct error *error) MUST_CHECK;

/* Writes all of it to an open file; -1 with errno. */
int file_write_all(int fd, const void *data, size_t len) MUST_CHECK;

#endif
