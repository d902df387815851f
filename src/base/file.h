/* Reads small files whole, and replaces them atomically. */
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
 * Replaces the file of that name by one with this content, durably: writes `.NAME.new`, synchronizes it, renames it and
 * synchronizes the directory. ERR_SYSTEM leaves the old file unchanged.
 */
enum err file_replace(int directory, const char *name, const void *data, size_t len, mode_t mode,
                      struct error *error) MUST_CHECK;

/*
 * Writes the content to a path that a user named. A regular file is replaced by renaming after everything is written;
 * it keeps its permissions and, if possible, its owner. Links are followed. A pipe, a device and an open file
 * (`/dev/stdout`, `/dev/fd/3`) are written to directly. ERR_SYSTEM leaves a regular file unchanged.
 */
enum err file_write(void *arena, const char *path, const void *data, size_t len, struct error *error) MUST_CHECK;

/* Writes all bytes to an open file; -1 with errno. */
int file_write_all(int fd, const void *data, size_t len) MUST_CHECK;

#endif
