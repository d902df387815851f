/* Divides the data directory between the user of the program and the user of PostgreSQL. */
#include "runtime/cluster_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postgres/pgdata.h"

#define SOCKET_NAME ".s.PGSQL." PGDATA_PORT

enum { PROGRAM_ENTERS = 02710, POSTGRES_PASSES = 0710, OPEN_FOLDERS = 16 };

static enum err refuse(const char *path, const char *name, struct error *error)
{
    return error_set(error, ERR_REFUSED, "cannot give %s/%s to the user of PostgreSQL: %m", path, name);
}

/* What an earlier version has in the data directory itself. */
static enum err move_in(int fd, int folder, const char *path, bool *moved, struct error *error)
{
    static const char *const names[] = {PGDATA_NAME, PGDATA_NEW_NAME, PGDATA_LOG_NAME, PGDATA_LOG_NAME ".1"};
    static const char *const stale[] = {SOCKET_NAME, SOCKET_NAME ".lock"};
    struct stat status;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (fstatat(fd, names[i], &status, AT_SYMLINK_NOFOLLOW) != 0 || S_ISLNK(status.st_mode))
            continue;
        if (renameat(fd, names[i], folder, names[i]) != 0)
            return refuse(path, names[i], error);
        *moved = true;
    }
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++)
        if (fstatat(fd, stale[i], &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISLNK(status.st_mode))
            (void)unlinkat(fd, stale[i], 0);
    return OK;
}

/* nftw has no argument for its caller; the process has one thread. */
static struct run_as new_owner;

static int change_owner(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)type;
    (void)walk;
    return status->st_uid == new_owner.uid ? 0 : lchown(path, new_owner.uid, new_owner.gid);
}

static enum err change_owners(const char *path, const struct run_as *postgres, struct error *error)
{
    char folder[PATH_MAX];

    new_owner = *postgres;
    if (snprintf(folder, sizeof folder, "%s/" CLUSTER_DIR_NAME, path) >= (int)sizeof folder ||
        nftw(folder, change_owner, OPEN_FOLDERS, FTW_PHYS) != 0)
        return refuse(path, CLUSTER_DIR_NAME, error);
    return OK;
}

/* Links, so that `psql -h DIRECTORY` and readers of the log find things at their old place. */
static enum err leave_links(int fd, const char *path, const struct run_as *program, struct error *error)
{
    static const struct {
        const char *name, *target;
    } links[] = {{PGDATA_NAME, CLUSTER_DIR_NAME "/" PGDATA_NAME},
                 {PGDATA_LOG_NAME, CLUSTER_DIR_NAME "/" PGDATA_LOG_NAME},
                 {SOCKET_NAME, CLUSTER_DIR_NAME "/" SOCKET_NAME}};

    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (symlinkat(links[i].target, fd, links[i].name) != 0 && errno != EEXIST)
            return refuse(path, links[i].name, error);
        (void)!fchownat(fd, links[i].name, program->uid, program->gid, AT_SYMLINK_NOFOLLOW);
    }
    return OK;
}

enum err cluster_dir_prepare(int fd, const char *path, const struct run_as *program, const struct run_as *postgres,
                             struct error *error)
{
    struct stat status;
    bool moved = false;
    int folder;
    enum err err;

    if (mkdirat(fd, CLUSTER_DIR_NAME, 0700) != 0 && errno != EEXIST)
        return refuse(path, CLUSTER_DIR_NAME, error);
    folder = openat(fd, CLUSTER_DIR_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 || fstat(folder, &status) != 0)
        return refuse(path, CLUSTER_DIR_NAME, error);
    err = move_in(fd, folder, path, &moved, error);
    if (!err && (moved || status.st_uid != postgres->uid))
        err = change_owners(path, postgres, error);
    if (!err && (fchown(folder, postgres->uid, program->gid) != 0 || fchmod(folder, PROGRAM_ENTERS) != 0))
        err = refuse(path, CLUSTER_DIR_NAME, error);
    (void)close(folder);
    if (err)
        return err;
    TRY(leave_links(fd, path, program, error));
    if ((fchown(fd, program->uid, postgres->gid) != 0 || fchmod(fd, POSTGRES_PASSES) != 0))
        TRY(refuse(path, "", error));
    return OK;
}
