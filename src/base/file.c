/* Reads small files, and replaces them so that a crash leaves the old or the new one. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/buffer.h"

enum { NAME_SIZE = 300, CHUNK = 64 << 10 };

/* All of an open file, at most `max` bytes and one more. */
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
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return error_set(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot read %s: %m", name);
    err = read_all(fd, name, max, &content, error);
    (void)close(fd);
    if (err == OK && content.len > 0 && memchr(content.data, '\0', content.len))
        err = error_set(error, ERR_REFUSED, "%s is no text: it holds NUL bytes", name);
    if (err == OK) {
        *text = content.len > 0 ? content.data : talloc_strdup(arena, "");
        err = *text ? OK : error_set(error, ERR_MEMORY, "no memory to read %s", name);
    }
    if (err != OK)
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
