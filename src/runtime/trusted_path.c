/* Follows a path and checks which users could change where it leads. */
#include "runtime/trusted_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

struct walk {
    const char *whole; /* the path to check */
    uid_t one, other;
    char rest[PATH_MAX]; /* the part still to be followed */
    char name[NAME_MAX + 1];
    int folder; /* the current folder */
    unsigned links;
};

/* Takes the next name of the rest. False at the end. */
static bool next_name(struct walk *walk)
{
    const char *at = walk->rest + strspn(walk->rest, "/");
    size_t len = strcspn(at, "/");

    if (len == 0 || len > NAME_MAX)
        return false;
    memcpy(walk->name, at, len);
    walk->name[len] = '\0';
    memmove(walk->rest, at + len, strlen(at + len) + 1);
    return true;
}

/* Enters a directory below the current folder, or the root directory. */
static bool enter(struct walk *walk, const char *name)
{
    int next = openat(walk->folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

    if (next < 0)
        return false;
    (void)close(walk->folder);
    walk->folder = next;
    return true;
}

/* Whether the owner of a folder may decide where the path leads. */
static bool is_trusted(const struct walk *walk, uid_t uid)
{
    return uid == 0 || uid == walk->one || uid == walk->other;
}

static enum err check_part(const struct walk *walk, const struct stat *part, struct error *error)
{
    const mode_t others = S_IWOTH | S_IWGRP;
    struct stat folder;

    if (fstat(walk->folder, &folder) != 0)
        return error_set(error, ERR_REFUSED, "The data directory %s cannot be reached: %m", walk->whole);
    if ((folder.st_mode & S_IWOTH) && !(folder.st_mode & S_ISVTX))
        return error_set(
            error, ERR_REFUSED,
            "The data directory %s cannot be trusted, because everybody may replace %s in its folder: take "
            "the right to write there from others, or choose another place with ORGD_DATA_DIR",
            walk->whole, walk->name);
    if (S_ISLNK(part->st_mode) && !is_trusted(walk, folder.st_uid))
        return error_set(error, ERR_REFUSED,
                         "The data directory %s cannot be trusted, because %s on the way to it is a link in a folder "
                         "of another user (%ld): choose another place with ORGD_DATA_DIR",
                         walk->whole, walk->name, (long)folder.st_uid);
    if (!(folder.st_mode & others) || is_trusted(walk, part->st_uid) ||
        (!(folder.st_mode & S_IWOTH) && part->st_uid == folder.st_uid))
        return OK;
    return error_set(
        error, ERR_REFUSED,
        "The data directory %s cannot be trusted, because %s on the way to it belongs to another user (%ld): "
        "choose another place with ORGD_DATA_DIR",
        walk->whole, walk->name, (long)part->st_uid);
}

/* Prepends the target of the link to the rest. */
static bool follow(struct walk *walk)
{
    char target[PATH_MAX];
    ssize_t len = readlinkat(walk->folder, walk->name, target, sizeof target - 1);
    size_t left = strlen(walk->rest);

    if (len <= 0 || ++walk->links > LINKS_MAX || (size_t)len + 1 + left >= sizeof walk->rest)
        return false;
    memmove(walk->rest + len + 1, walk->rest, left + 1);
    memcpy(walk->rest, target, (size_t)len);
    walk->rest[len] = '/';
    return target[0] != '/' || enter(walk, "/");
}

/* A path that cannot be followed is not an error here: opening it reports the problem. */
static enum err walk_all(struct walk *walk, struct error *error)
{
    struct stat part;

    while (next_name(walk)) {
        if (strcmp(walk->name, "..") == 0) {
            if (!enter(walk, ".."))
                return OK;
            continue;
        }
        if (fstatat(walk->folder, walk->name, &part, AT_SYMLINK_NOFOLLOW) != 0)
            return OK;
        TRY(check_part(walk, &part, error));
        if (!(S_ISLNK(part.st_mode) ? follow(walk) : enter(walk, walk->name)))
            return OK;
    }
    return OK;
}

/* Whether the walk ended at this path or in its folder: somebody may have changed the way between the two looks. */
static bool ended_at(const struct walk *walk, const char *resolved)
{
    struct stat reached, there;
    char folder[PATH_MAX];
    const char *slash = strrchr(resolved, '/');

    (void)snprintf(folder, sizeof folder, "%.*s", slash && slash > resolved ? (int)(slash - resolved) : 1, resolved);
    if (fstat(walk->folder, &reached) != 0)
        return false;
    if (stat(resolved, &there) == 0 && there.st_dev == reached.st_dev && there.st_ino == reached.st_ino)
        return true;
    return stat(folder, &there) != 0 || (there.st_dev == reached.st_dev && there.st_ino == reached.st_ino);
}

enum err trusted_path_check(const char *path, const char *resolved, uid_t one, uid_t other, struct error *error)
{
    struct walk walk = {
        .whole = path, .one = one, .other = other, .folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    char here[PATH_MAX] = "";
    int len;
    enum err err;

    if (walk.folder < 0 || (path[0] != '/' && !getcwd(here, sizeof here)))
        return error_set(error, ERR_REFUSED, "The data directory %s cannot be reached: %m", path);
    len = snprintf(walk.rest, sizeof walk.rest, "%s/%s", here, path);
    err = len < (int)sizeof walk.rest ? walk_all(&walk, error)
                                      : error_set(error, ERR_REFUSED, "The path of the data directory is too long");
    if (!err && !ended_at(&walk, resolved))
        err = error_set(error, ERR_REFUSED,
                        "The data directory %s cannot be trusted, because its path changed at this moment", path);
    (void)close(walk.folder);
    return err;
}
