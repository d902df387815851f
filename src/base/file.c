/* Reads small files, and replaces them atomically: a crash leaves the old or the new content. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/buffer.h"

enum { NAME_SIZE = 300, CHUNK = 64 << 10 };

/* Reads an open file, at most `max` + 1 bytes. */
static enum err read_all(int fd, const char *name, size_t max, struct buffer *content, struct error *error)
{
    char chunk[CHUNK];

    while (content->len <= max) {
        size_t left = max + 1 - content->len;
        ssize_t got = read(fd, chunk, left < sizeof chunk ? left : sizeof chunk);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, ERR_SYSTEM, "cannot read %s: %m", name);
        if (got == 0)
            return OK;
        buffer_add(content, chunk, (size_t)got);
        if (content->failed)
            return error_set(error, ERR_MEMORY, "no memory to read %s", name);
    }
    return error_set(error, ERR_REFUSED, "%s is larger than %zu bytes", name, max);
}

enum err file_read(void *arena, int directory, const char *name, size_t max, char **text, struct error *error)
{
    struct buffer content = buffer_make(arena, max + 2);
    enum err err;
    /* A path that a user named may be a pipe, and its writer is waited for. Our own folders must not block us. */
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | (directory == AT_FDCWD ? 0 : O_NONBLOCK));

    if (fd < 0)
        return error_set(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot read %s: %m", name);
    err = read_all(fd, name, max, &content, error);
    (void)close(fd);
    if (!err && content.len > 0 && memchr(content.data, '\0', content.len))
        err = error_set(error, ERR_REFUSED, "%s is not text: it contains NUL bytes", name);
    if (!err) {
        *text = content.len > 0 ? content.data : talloc_strdup(arena, "");
        err = *text ? OK : error_set(error, ERR_MEMORY, "no memory to read %s", name);
    }
    if (err)
        talloc_free(content.data);
    return err;
}

int file_write_all(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t put = write(fd, at, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        at += put;
        len -= (size_t)put;
    }
    return 0;
}

/* The file to create or replace, with links resolved; `path` itself for a pipe or device. NULL with errno. */
static char *resolve(void *arena, const char *path, struct stat *status)
{
    char *found, *target = NULL;

    *status = (struct stat){0};
    if (stat(path, status) == 0 && !S_ISREG(status->st_mode))
        return talloc_strdup(arena, path);
    if (!status->st_mode) /* a dangling link */
        return errno == ENOENT && lstat(path, &(struct stat){0}) != 0 ? talloc_strdup(arena, path) : NULL;
    found = realpath(path, NULL);
    if (found)
        target = talloc_strdup(arena, found);
    free(found);
    return target;
}

static int close_with(int fd, int result)
{
    int saved = errno;

    if (close(fd) != 0 && result == 0)
        return -1;
    errno = saved;
    return result;
}

/* The open file that a name in /dev or /proc stands for, or -1. It is written to, not replaced. */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t len = strlen(folders[i]), digits;

        if (strncmp(path, folders[i], len) != 0)
            continue;
        digits = strspn(path + len, "0123456789");
        if (digits > 0 && digits <= 9 && !path[len + digits])
            return (int)strtol(path + len, NULL, 10);
    }
    return -1;
}

/* Writes to a pipe or device. */
static int write_through(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    return fd < 0 ? -1 : close_with(fd, file_write_all(fd, data, len));
}

static int write_temporary(const char *temporary, const char *path, const struct stat *old, const void *data,
                           size_t len)
{
    mode_t mask = umask(0);
    int fd, saved;

    (void)umask(mask);
    fd = mkostemp((char *)temporary, O_CLOEXEC);
    if (fd < 0)
        return -1;
    /* The new file is private so far. It gets the mode and owner of the old file; chown may need privileges. */
    if (old->st_mode && (fchown(fd, old->st_uid, (gid_t)-1) != 0 || fchown(fd, (uid_t)-1, old->st_gid) != 0))
        errno = 0;
    if (close_with(fd, file_write_all(fd, data, len) == 0 &&
                               fchmod(fd, old->st_mode ? old->st_mode & 0777 : 0666 & ~mask) == 0 && fsync(fd) == 0
                           ? 0
                           : -1) == 0 &&
        rename(temporary, path) == 0)
        return 0;
    saved = errno;
    (void)unlink(temporary);
    errno = saved;
    return -1;
}

enum err file_write(void *arena, const char *path, const void *data, size_t len, struct error *error)
{
    struct stat status;
    int descriptor = descriptor_of(path), written = -1;
    char *target = descriptor < 0 ? resolve(arena, path, &status) : NULL;
    const char *slash = target ? strrchr(target, '/') : NULL;
    /* a fixed name: the old name plus a suffix may be too long */
    char *temporary =
        talloc_asprintf(arena, "%.*s.orgd-XXXXXX", slash ? (int)(slash + 1 - target) : 0, slash ? target : "");

    if (!temporary)
        return error_set(error, ERR_MEMORY, "out of memory");
    if (descriptor >= 0)
        written = file_write_all(descriptor, data, len);
    else if (target && status.st_mode && !S_ISREG(status.st_mode))
        written = write_through(target, data, len);
    else if (target)
        written = write_temporary(temporary, target, &status, data, len);
    return written == 0 ? OK : error_set(error, ERR_SYSTEM, "%s cannot be written: %m", path);
}

enum err file_replace(int directory, const char *name, const void *data, size_t len, mode_t mode, struct error *error)
{
    char temporary[NAME_SIZE];
    int saved, fd;

    if (snprintf(temporary, sizeof temporary, ".%s.new", name) >= (int)sizeof temporary)
        return error_set(error, ERR_SYSTEM, "the file name %.40s... is too long", name);
    fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return error_set(error, ERR_SYSTEM, "cannot write %s: %m", name);
    /* the umask may have narrowed the mode, or a crash may have left the file */
    if (fchmod(fd, mode) != 0 || file_write_all(fd, data, len) != 0 || fsync(fd) != 0) {
        saved = errno;
        (void)close(fd);
        goto failed;
    }
    if (close(fd) != 0 || renameat(directory, temporary, directory, name) != 0 || fsync(directory) != 0) {
        saved = errno;
        goto failed;
    }
    return OK;
failed:
    (void)unlinkat(directory, temporary, 0);
    errno = saved;
    return error_set(error, ERR_SYSTEM, "cannot write %s: %m", name);
}
