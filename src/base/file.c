/* Reads small files, and replaces them so that a crash leaves the old or the new one. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

enum { NAME_SIZE = 300 };

enum err file_read(void *arena, int directory, const char *name, size_t max, char **text, struct error *error)
{
    enum err err = OK;
    char *content = NULL;
    size_t len = 0;
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return error_set(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot read %s: %m", name);
    content = talloc_size(arena, max + 1);
    if (!content) {
        err = error_set(error, ERR_MEMORY, "no memory to read %s", name);
        goto out;
    }
    while (len <= max) {
        ssize_t got = read(fd, content + len, max + 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            err = error_set(error, ERR_SYSTEM, "cannot read %s: %m", name);
            goto out;
        }
        if (got == 0)
            break;
        len += (size_t)got;
    }
    if (len > max) {
        err = error_set(error, ERR_REFUSED, "%s is larger than %zu bytes", name, max);
        goto out;
    }
    content[len] = '\0';
    *text = content;
out:
    if (err != OK)
        talloc_free(content);
    (void)close(fd);
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

enum err file_replace(int directory, const char *name, const void *data, size_t len, mode_t mode, struct error *error)
{
    char temporary[NAME_SIZE];
    int saved, fd;

    if (snprintf(temporary, sizeof temporary, ".%s.new", name) >= (int)sizeof temporary)
        return error_set(error, ERR_SYSTEM, "the file name %.40s... is too long", name);
    fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return error_set(error, ERR_SYSTEM, "cannot write %s: %m", name);
    /* the mode may have been narrowed by the umask, or be that of a file left by a crash */
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
