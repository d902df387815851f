/* Makes, checks and locks the data directory. */
#include "runtime/data_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/platform.h"
#include "postgres/pgdata.h"
#include "runtime/cluster_dir.h"
#include "runtime/run_as.h"
#include "runtime/trusted_path.h"

#define DEFAULT_PATH "./orgd-data"
#define ELSEWHERE "/var/lib/orgd"
#define MARK_NAME "orgd.id"
#define LOCK_NAME "orgd.lock"
#define MARK_LINE "orgd data directory, format "

enum {
    FORMAT = 1,
    LOCK_PATIENCE_MS = 400, /* time for a killed orgd to end */
    LOCK_POLL_MS = 10,
};

static bool given(const char *text)
{
    return text && *text;
}

bool data_dir_is_for_cluster(const struct config *config)
{
    return !given(config->uri_core) && !given(config->uri_tracing) && !given(config->db_prefix);
}

/* ---- location ---- */

struct place {
    const char *path;   /* absolute; the last part may not exist */
    bool becomes;       /* started by root */
    struct run_as user; /* the user that root becomes */
    bool divided;       /* PostgreSQL runs as another user */
    struct run_as postgres;
    bool moved;
};

static enum err no_memory(struct error *error)
{
    return error_set(error, ERR_MEMORY, "no memory");
}

/* The absolute path without symbolic links; the last part need not exist. NULL with errno set. */
static const char *absolute(void *arena, const char *path)
{
    char whole[PATH_MAX], *copy, *slash;
    const char *last;
    size_t len;

    if (realpath(path, whole))
        return talloc_strdup(arena, whole);
    if (errno != ENOENT)
        return NULL;
    copy = talloc_strdup(arena, path);
    for (len = copy ? strlen(copy) : 0; len > 1 && copy[len - 1] == '/'; len--)
        copy[len - 1] = '\0';
    slash = copy ? strrchr(copy, '/') : NULL;
    last = slash ? slash + 1 : copy;
    if (slash)
        *slash = '\0';
    if (!last || !realpath(slash ? (slash == copy ? "/" : copy) : ".", whole))
        return NULL;
    return talloc_asprintf(arena, "%s/%s", strcmp(whole, "/") == 0 ? "" : whole, last);
}

/* The folder that contains or will contain the directory. */
static const char *folder_of(void *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == path ? "/" : talloc_strndup(arena, path, (size_t)(slash - path));
}

static const char *wanted_path(const struct config *config)
{
    return given(config->data_dir) ? config->data_dir : DEFAULT_PATH;
}

/* Whom root becomes, and whom for PostgreSQL. */
static enum err find_users(void *arena, const struct config *config, struct place *place, struct error *error)
{
    const char *postgres = given(config->postgres_run_as) ? config->postgres_run_as : "postgres";
    const char *program = given(config->run_as) ? config->run_as : run_as_exists("orgd") ? "orgd" : postgres;
    enum err err = run_as_find(arena, program, &place->user, error);

    if (err || !data_dir_is_for_cluster(config))
        return err;
    err = run_as_find(arena, postgres, &place->postgres, error);
    place->divided = !err && place->postgres.uid != place->user.uid;
    return err;
}

static bool may_enter(const struct place *place, const char *folder)
{
    return run_as_may_enter(&place->user, folder) && (!place->divided || run_as_may_enter(&place->postgres, folder));
}

static enum err find_place(void *arena, const struct config *config, struct place *place, struct error *error)
{
    const char *wanted = wanted_path(config);
    const char *folder;

    *place = (struct place){0};
    place->path = absolute(arena, wanted);
    if (!place->path)
        return error_set(
            error, ERR_REFUSED,
            "The data directory %s cannot be made because its folder cannot be used (%m): correct ORGD_DATA_DIR",
            wanted);
    if (geteuid() != 0)
        return OK;
    place->becomes = true;
    TRY(find_users(arena, config, place, error));
    folder = folder_of(arena, place->path);
    if (!folder)
        return no_memory(error);
    if (may_enter(place, folder))
        return OK;
    if (strcmp(wanted, DEFAULT_PATH) != 0)
        return error_set(
            error, ERR_REFUSED,
            "The user %s, as whom orgd runs, may not enter %s: make it accessible (chmod o+x), choose another "
            "place with ORGD_DATA_DIR, or another user with ORGD_RUN_AS",
            place->user.name, folder);
    place->path = ELSEWHERE;
    place->moved = true;
    return OK;
}

enum err data_dir_path(void *arena, const struct config *config, const char **path, struct error *error)
{
    struct place place;

    TRY(find_place(arena, config, &place, error));
    *path = place.path;
    return OK;
}

/* ---- ownership ---- */

static const char *user_name(uid_t uid, char *text, size_t size)
{
    const struct passwd *entry = getpwuid(uid);

    (void)snprintf(text, size, "%s", entry ? entry->pw_name : "another user");
    return text;
}

/* Whether the directory is empty. The lock and a temporary mark, left by a crash during creation, do not count. */
static bool is_empty(int fd)
{
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;
    bool empty = true;

    if (!directory) {
        if (copy >= 0)
            (void)close(copy);
        return false;
    }
    while ((entry = readdir(directory)) != NULL) {
        const char *name = entry->d_name;

        empty = empty && (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, LOCK_NAME) == 0 ||
                          strcmp(name, "." MARK_NAME ".new") == 0 || strcmp(name, "lost+found") == 0);
    }
    (void)closedir(directory);
    return empty;
}

/* Reads the mark. `*format` is 0 without a mark. */
static enum err read_mark(void *arena, const struct data_dir *dir, int *format, struct error *error)
{
    char *text;
    enum err err = file_read(arena, dir->fd, MARK_NAME, 1024, &text, error);

    *format = 0;
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err)
        return error_set(error, ERR_REFUSED, "The data directory %s cannot be used: %s", dir->path, strerror(errno));
    if (strncmp(text, MARK_LINE, sizeof MARK_LINE - 1) == 0)
        *format = (int)strtol(text + sizeof MARK_LINE - 1, NULL, 10);
    return OK;
}

static enum err check_mark(void *arena, const struct data_dir *dir, bool *ours, struct error *error)
{
    int format;
    enum err err = read_mark(arena, dir, &format, error);

    *ours = format > 0;
    if (err)
        return err;
    if (format > FORMAT)
        return error_set(
            error, ERR_REFUSED,
            "The data directory %s was made by a newer orgd (format %d, this one knows %d): use that version",
            dir->path, format, FORMAT);
    if (!*ours && !is_empty(dir->fd))
        return error_set(error, ERR_REFUSED,
                         "%s is not empty and was not made by orgd: choose another data directory with ORGD_DATA_DIR",
                         dir->path);
    return OK;
}

/* ---- lock ---- */

static enum err busy(void *arena, const struct data_dir *dir, struct error *error)
{
    char *text;
    long pid = !file_read(arena, dir->fd, LOCK_NAME, 64, &text, NULL) ? strtol(text, NULL, 10) : 0;

    return error_set(error, ERR_BUSY,
                     "Another orgd (process %ld) uses the data directory %s: stop it, or choose another one with "
                     "ORGD_DATA_DIR",
                     pid, dir->path);
}

static enum err take_lock(void *arena, struct data_dir *dir, struct error *error)
{
    struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000L};
    int64_t deadline = platform.monotonic_us() + LOCK_PATIENCE_MS * INT64_C(1000);
    char pid[32];
    int len;

    dir->lock = openat(dir->fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (dir->lock < 0)
        return error_set(
            error, ERR_REFUSED,
            "The data directory %s cannot be written to (%m): make it writable, or choose another one with "
            "ORGD_DATA_DIR",
            dir->path);
    while (flock(dir->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return error_set(error, ERR_REFUSED, "The data directory %s cannot be locked: %m", dir->path);
        if (platform.monotonic_us() < deadline) {
            (void)nanosleep(&pause, NULL);
            continue;
        }
        return busy(arena, dir, error);
    }
    len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(dir->lock, 0) != 0 || pwrite(dir->lock, pid, (size_t)len, 0) != len)
        return error_set(error, ERR_REFUSED, "The data directory %s cannot be written to: %m", dir->path);
    return OK;
}

/* ---- whose it is ---- */

/* As root, gives root's own directory to the user that the process will become. */
static enum err hand_over(const struct data_dir *dir, const struct run_as *user, struct error *error)
{
    static const char *const files[] = {MARK_NAME,   LOCK_NAME,           "admin-key",         "auth-key",
                                        "crypt-key", "auth-key.previous", "crypt-key.previous"};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (fchownat(dir->fd, files[i], user->uid, user->gid, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT)
            return error_set(error, ERR_REFUSED, "cannot give %s/%s to the user %s: %m", dir->path, files[i],
                             user->name);
    if (fchown(dir->fd, user->uid, user->gid) != 0)
        return error_set(error, ERR_REFUSED, "cannot give %s to the user %s: %m", dir->path, user->name);
    return OK;
}

static enum err write_mark(const struct data_dir *dir, struct error *error)
{
    char mark[64];
    int len = snprintf(mark, sizeof mark, MARK_LINE "%d\n", FORMAT);

    return file_replace(dir->fd, MARK_NAME, mark, (size_t)len, 0600, error);
}

/*
 * A directory with a cluster of the program's own user is not divided: that user starts orgd without root as well, and
 * could not reach it any more.
 */
static bool is_to_divide(const struct place *place, const struct data_dir *dir, const struct stat *status)
{
    if (!place->divided || status->st_uid != place->user.uid)
        return place->divided;
    return faccessat(dir->fd, CLUSTER_DIR_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
           faccessat(dir->fd, PGDATA_NAME, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
}

/* What only root can do: the program's part and PostgreSQL's, each for its user, and the process that becomes the
 * latter. Nothing is done to a directory that is in use. */
static enum err divide(void *arena, const struct place *place, struct data_dir *dir, const struct data_dir_split *split,
                       struct error *error)
{
    TRY(take_lock(arena, dir, error));
    TRY(write_mark(dir, error));
    TRY(hand_over(dir, &place->user, error));
    TRY(cluster_dir_prepare(dir->fd, dir->path, &place->user, &place->postgres, error));
    return split->fork(split->context, dir, &place->user, &place->postgres, error);
}

/* Opens the directory and checks its owner. As root, gives it to the unprivileged user and becomes that user. */
static enum err enter(void *arena, const struct place *place, struct data_dir *dir, const struct data_dir_split *split,
                      bool *ours, struct error *error)
{
    char owner[64];
    struct stat status;
    uid_t uid = place->becomes ? place->user.uid : geteuid();
    bool divided = false;
    enum err err, problem;

    /* the path has no links: one found now was put there in the meantime */
    dir->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir->fd < 0 || fstat(dir->fd, &status) != 0)
        return error_set(error, ERR_REFUSED, "The data directory %s cannot be used: %s", place->path,
                         errno == ENOTDIR ? "it is not a directory" : strerror(errno));
    divided = split && is_to_divide(place, dir, &status);
    dir->undivided = place->becomes && split && !divided;
    /* before there were two users, the directory belonged to PostgreSQL's */
    if (status.st_uid != uid && !(place->becomes && status.st_uid == 0) &&
        !(divided && status.st_uid == place->postgres.uid))
        return error_set(
            error, ERR_REFUSED,
            "The data directory %s belongs to %s: run orgd as that user, or choose another one with ORGD_DATA_DIR",
            place->path, user_name(status.st_uid, owner, sizeof owner));
    err = check_mark(arena, dir, ours, error);
    if (!err && divided) {
        err = divide(arena, place, dir, split, error);
        *ours = !err;
    } else if (!err && place->becomes && status.st_uid == 0) {
        err = hand_over(dir, &place->user, error);
    }
    if (place->becomes && (!err || err == ERR_BUSY)) {
        problem = run_as_become(&place->user, error);
        err = problem ? problem : err;
    }
    if (err || divided)
        return err;
    if ((status.st_mode & 077) != 0 && fchmod(dir->fd, 0700) != 0)
        return error_set(error, ERR_REFUSED, "cannot make the data directory %s private: %m", place->path);
    return OK;
}

/* ---- interface ---- */

static enum err make_directory(const struct place *place, struct error *error)
{
    if (mkdir(place->path, 0700) != 0 && errno != EEXIST)
        return error_set(error, ERR_REFUSED,
                         "The data directory %s cannot be made (%m): choose another one with ORGD_DATA_DIR",
                         place->path);
    return OK;
}

/* Where the cluster lies: in a folder of its own, once the directory was divided. */
static enum err find_cluster(void *arena, struct data_dir *dir, bool divided, struct error *error)
{
    char owner[64];
    struct stat status;

    dir->cluster = dir->path;
    if (fstatat(dir->fd, CLUSTER_DIR_NAME, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return OK;
    if (!divided && status.st_uid != geteuid())
        return error_set(error, ERR_REFUSED,
                         "The private cluster in %s belongs to %s: start orgd as root, which becomes two users",
                         dir->path, user_name(status.st_uid, owner, sizeof owner));
    dir->cluster = talloc_asprintf(arena, "%s/" CLUSTER_DIR_NAME, dir->path);
    return dir->cluster ? OK : no_memory(error);
}

enum err data_dir_open(void *arena, const struct config *config, const struct data_dir_split *split,
                       struct data_dir *dir, struct error *error)
{
    struct place place;
    bool ours = false;
    enum err err = find_place(arena, config, &place, error);

    *dir = (struct data_dir){.fd = -1, .lock = -1};
    if (!err)
        err = trusted_path_check(place.moved ? place.path : wanted_path(config), place.path, geteuid(),
                                 place.becomes ? place.user.uid : geteuid(), error);
    if (!err)
        err = make_directory(&place, error);
    if (err)
        return err;
    dir->path = place.path;
    dir->moved = place.moved;
    (void)umask(077);
    err = enter(arena, &place, dir, split, &ours, error);
    if (!err && dir->lock < 0)
        err = take_lock(arena, dir, error);
    if (!err && !ours)
        err = write_mark(dir, error);
    if (!err && split)
        err = find_cluster(arena, dir, place.becomes && !dir->undivided, error);
    if (err)
        data_dir_close(dir);
    else if (dir->moved)
        log_message(LOG_INFO, "the user %s cannot reach the current folder, so the data directory is %s",
                    place.user.name, dir->path);
    return err;
}

void data_dir_close(struct data_dir *dir)
{
    if (dir->lock >= 0)
        (void)close(dir->lock);
    if (dir->fd >= 0)
        (void)close(dir->fd);
    dir->fd = dir->lock = -1;
}
