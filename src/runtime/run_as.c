/* Drops root: the process becomes an unprivileged user and cannot become root again. */
#include "runtime/run_as.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <talloc.h>
#include <unistd.h>

bool run_as_exists(const char *name)
{
    return getpwnam(name) != NULL;
}

enum err run_as_find(void *arena, const char *name, struct run_as *user, struct error *error)
{
    const struct passwd *entry = getpwnam(name);

    if (!entry)
        return error_set(
            error, ERR_REFUSED,
            "There is no user `%s` to run as: install the package postgresql, or name another user with ORGD_RUN_AS",
            name);
    if (entry->pw_uid == 0)
        return error_set(error, ERR_REFUSED,
                         "PostgreSQL does not run as root: name an ordinary user with ORGD_RUN_AS, not `%s`", name);
    user->name = talloc_strdup(arena, entry->pw_name);
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    return user->name ? OK : error_set(error, ERR_MEMORY, "no memory");
}

bool run_as_may_enter(const struct run_as *user, const char *directory)
{
    bool may = false;
    gid_t groups[256];
    gid_t group = getegid();
    int count = getgroups(256, groups);

    if (count < 0 || geteuid() != 0)
        return false;
    if (setgroups(0, NULL) == 0 && setegid(user->gid) == 0 && seteuid(user->uid) == 0)
        may = faccessat(AT_FDCWD, directory, X_OK, AT_EACCESS) == 0;
    /* continuing with root partly dropped would be unsafe */
    if (seteuid(0) != 0 || setegid(group) != 0 || setgroups((size_t)count, groups) != 0)
        _exit(3);
    return may;
}

enum err run_as_become(const struct run_as *user, struct error *error)
{
    uid_t real, effective, saved;

    if (setgroups(0, NULL) != 0 || setresgid(user->gid, user->gid, user->gid) != 0 ||
        setresuid(user->uid, user->uid, user->uid) != 0)
        return error_set(error, ERR_REFUSED, "cannot become the user %s: %m", user->name);
    if (getresuid(&real, &effective, &saved) != 0 || real != user->uid || effective != user->uid ||
        saved != user->uid || setuid(0) == 0 || setgid(0) == 0)
        return error_set(error, ERR_REFUSED, "root was not dropped completely on becoming %s", user->name);
    return OK;
}
