/* Finds PostgreSQL's programs, and makes and reads the files of the private cluster. */
#include "postgres/pgdata.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/platform.h"
#include "postgres/pgroles.h"
#include "postgres/process.h"

#define INSTALLED "/usr/lib/postgresql" /* Debian: one folder per major version */
#define MAP "orgd"                      /* of pg_ident.conf */
#define LOG_OLD_NAME PGDATA_LOG_NAME ".1"

enum {
    LOG_MAX = 4 << 20,  /* bytes; then the log is rotated */
    LOG_TAIL = 8 << 10, /* bytes searched for a reason */
    INITDB_S = 300,     /* usually one second, longer on slow disks */
    VERSION_S = 10,
    SMALL_FILE = 64 << 10,
};

/* Defaults for a small server on the same host as its only client. They are in the file, so that the operator may
 * change them. */
static const char settings[] = "\n# Settings of orgd; change them as you need.\n"
                               "shared_buffers = 64MB\n"
                               "max_wal_size = 256MB\n"
                               "min_wal_size = 32MB\n"
                               "jit = off\n"
                               "max_parallel_workers_per_gather = 0\n"
                               "timezone = 'UTC'\n"
                               "log_timezone = 'UTC'\n"
                               "log_checkpoints = off\n"
                               "# details of errors may contain personal data\n"
                               "log_error_verbosity = terse\n";

static const char access_rules[] = "# Written by orgd: only users of pg_ident.conf connect, through the socket.\n"
                                   "local all all peer map=" MAP "\n";

/* ---- programs ---- */

static bool has_programs(void *arena, const char *directory)
{
    const char *postgres = talloc_asprintf(arena, "%s/postgres", directory);
    const char *initdb = talloc_asprintf(arena, "%s/initdb", directory);

    return postgres && initdb && access(postgres, X_OK) == 0 && access(initdb, X_OK) == 0;
}

/* The major version of a `postgres` program; 0 when it cannot be read. */
static int ask_version(void *arena, const char *directory)
{
    const char *program = talloc_asprintf(arena, "%s/postgres", directory);
    const char *const arguments[] = {program, "--version", NULL};
    struct process process;
    struct error ignored;
    char answer[128];
    const char *at;
    ssize_t got = 0;
    int ends[2];

    if (!program || pipe2(ends, O_CLOEXEC) != 0)
        return 0;
    struct process_options options = {program, arguments, "/", ends[1], SIGKILL};
    if (process_start(&options, &process, &ignored)) {
        (void)close(ends[1]);
        (void)close(ends[0]);
        return 0;
    }
    (void)close(ends[1]);
    if (!process_wait(&process, platform.monotonic_us() + VERSION_S * INT64_C(1000000), NULL)) {
        process_signal(&process, SIGKILL);
        (void)process_wait(&process, INT64_MAX, NULL);
    } else {
        got = read(ends[0], answer, sizeof answer - 1);
    }
    (void)close(ends[0]);
    answer[got > 0 ? got : 0] = '\0';
    at = strpbrk(answer, "0123456789");
    return at ? (int)strtol(at, NULL, 10) : 0;
}

/* The major version that made the data; 0 without data. */
static enum err data_version(void *arena, const struct pgdata *data, int *version, struct error *error)
{
    char *text;
    enum err err;

    *version = 0;
    if (faccessat(data->fd, PGDATA_NAME, F_OK, 0) != 0 && errno == ENOENT)
        return OK;
    err = file_read(arena, data->fd, PGDATA_NAME "/PG_VERSION", 64, &text, error);
    if (!err)
        *version = (int)strtol(text, NULL, 10);
    if (err == ERR_MEMORY || *version > 0)
        return err;
    return error_set(error, ERR_REFUSED,
                     "%s/" PGDATA_NAME
                     " does not hold a PostgreSQL cluster (it has no readable PG_VERSION): restore it from a "
                     "backup, or move it away to begin with an empty one",
                     data->directory);
}

static enum err wrong_version(const struct pgdata *data, int made, int found, struct error *error)
{
    return error_set(error, ERR_REFUSED,
                     "%s/" PGDATA_NAME
                     " was made by PostgreSQL %d and cannot be read by PostgreSQL %d: install the package "
                     "postgresql-%d, or convert it with pg_upgrade",
                     data->directory, made, found, made);
}

/* The installed version that made the data, or the newest one without data. */
static enum err find_installed(void *arena, struct pgdata *data, int made, struct error *error)
{
    DIR *versions = opendir(INSTALLED);
    struct dirent *entry;
    int newest = 0;

    while (versions && (entry = readdir(versions)) != NULL) {
        int major = (int)strtol(entry->d_name, NULL, 10);
        char *candidate;

        if (major <= 0)
            continue;
        candidate = talloc_asprintf(arena, INSTALLED "/%s/bin", entry->d_name);
        if (!candidate || !has_programs(arena, candidate))
            continue;
        if (major == made || (made == 0 && major > newest))
            data->programs = candidate;
        if (major > newest)
            newest = major;
    }
    if (versions)
        (void)closedir(versions);
    if (data->programs)
        return OK;
    if (newest > 0)
        return wrong_version(data, made, newest, error);
    return error_set(
        error, ERR_REFUSED,
        "The PostgreSQL server programs are not installed: install the package postgresql%s, or say where they are "
        "with ORGD_POSTGRES_BIN, or name databases with POSTGRES_URI_CORE and POSTGRES_URI_TRACING",
        made ? talloc_asprintf(arena, "-%d", made) : "");
}

static enum err find_programs(void *arena, const char *configured, struct pgdata *data, bool *exists,
                              struct error *error)
{
    int made, found;
    enum err err = data_version(arena, data, &made, error);

    *exists = made > 0;
    if (err)
        return err;
    if (!configured || !*configured)
        return find_installed(arena, data, made, error);
    if (!has_programs(arena, configured))
        return error_set(
            error, ERR_REFUSED,
            "There are no PostgreSQL server programs (postgres, initdb) in %s: correct ORGD_POSTGRES_BIN, or unset "
            "it to use the installed package",
            configured);
    data->programs = configured;
    if (made > 0) {
        found = ask_version(arena, configured);
        if (found != 0 && found != made)
            return wrong_version(data, made, found, error);
    }
    return OK;
}

/* ---- making the cluster ---- */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* Removes a folder left by an interrupted creation. Call it only for that folder. */
static enum err remove_half_made(void *arena, const struct pgdata *data, struct error *error)
{
    const char *path = talloc_asprintf(arena, "%s/" PGDATA_NEW_NAME, data->directory);

    if (!path)
        return error_set(error, ERR_MEMORY, "no memory");
    if (faccessat(data->fd, PGDATA_NEW_NAME, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        return OK;
    log_message(LOG_WARNING, "the creation of the PostgreSQL cluster was interrupted before; doing it again");
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return error_set(error, ERR_SYSTEM, "cannot remove the half-made %s: %m", path);
    return OK;
}

static enum err run_initdb(void *arena, const struct pgdata *data, struct error *error)
{
    const char *program = talloc_asprintf(arena, "%s/initdb", data->programs);
    /* without synchronizing each file: make_cluster synchronizes all of them at once, which is much faster */
    const char *const arguments[] = {program,
                                     "-D",
                                     PGDATA_NEW_NAME,
                                     "-U",
                                     PGROLES_SUPERUSER,
                                     "-E",
                                     "UTF8",
                                     "--locale=C.UTF-8",
                                     "--auth-local",
                                     "peer",
                                     "--auth-host",
                                     "reject",
                                     "--data-checksums",
                                     "--no-instructions",
                                     "--no-sync",
                                     NULL};
    off_t since = pgdata_log_end(data);
    struct process process;
    char reason[256];
    int status = 0;

    if (!program)
        return error_set(error, ERR_MEMORY, "no memory");
    struct process_options options = {program, arguments, data->directory, data->log, SIGTERM};
    TRY(process_start(&options, &process, error));
    if (!process_wait(&process, platform.monotonic_us() + INITDB_S * INT64_C(1000000), &status)) {
        process_signal(&process, SIGKILL);
        (void)process_wait(&process, INT64_MAX, NULL);
        return error_set(error, ERR_SYSTEM, "initdb did not finish within %d seconds (see %s/" PGDATA_LOG_NAME ")",
                         INITDB_S, data->directory);
    }
    if (status != 0)
        return error_set(error, ERR_SYSTEM,
                         "PostgreSQL's initdb could not make the cluster: %s (see %s/" PGDATA_LOG_NAME ")",
                         pgdata_log_reason(data, since, reason, sizeof reason), data->directory);
    return OK;
}

/* Appends orgd's settings to the configuration that initdb wrote. */
static enum err write_settings(void *arena, int fd, struct error *error)
{
    char *initial, *text;

    TRY(file_read(arena, fd, "postgresql.conf", 1 << 20, &initial, error));
    text = talloc_asprintf(arena, "%s%s", initial, settings);
    if (!text)
        return error_set(error, ERR_MEMORY, "no memory");
    return file_replace(fd, "postgresql.conf", text, strlen(text), 0600, error);
}

/* Writes who may connect. The current user and root may connect as the program's role; the current user also as the
 * superuser. Both could read the files anyway. */
static enum err write_who(void *arena, int fd, const char *program, struct error *error)
{
    const struct passwd *user = getpwuid(geteuid());
    char *text, *old;
    enum err err;

    if (!user)
        return error_set(
            error, ERR_REFUSED,
            "The user id %u has no name (in /etc/passwd), and PostgreSQL's login rules need one: add it, or run orgd "
            "as another user",
            (unsigned)geteuid());
    text = talloc_asprintf(arena,
                           "# Written by orgd at every start.\n" MAP " \"%s\" " PGROLES_PROGRAM "\n" MAP
                           " root " PGROLES_PROGRAM "\n" MAP " \"%s\" " PGROLES_SUPERUSER "\n",
                           user->pw_name, user->pw_name);
    if (text && program)
        text = talloc_asprintf_append(text, MAP " \"%s\" " PGROLES_PROGRAM "\n", program);
    if (!text)
        return error_set(error, ERR_MEMORY, "no memory");
    err = file_read(arena, fd, "pg_ident.conf", SMALL_FILE, &old, NULL);
    if (!err && strcmp(old, text) == 0)
        return OK;
    return file_replace(fd, "pg_ident.conf", text, strlen(text), 0600, error);
}

static enum err make_cluster(void *arena, const char *program, struct pgdata *data, struct error *error)
{
    enum err err;
    int fd;

    err = remove_half_made(arena, data, error);
    if (!err)
        err = run_initdb(arena, data, error);
    if (err)
        return err;
    fd = openat(data->fd, PGDATA_NEW_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_set(error, ERR_SYSTEM, "cannot open %s/" PGDATA_NEW_NAME ": %m", data->directory);
    err = write_settings(arena, fd, error);
    if (!err)
        err = file_replace(fd, "pg_hba.conf", access_rules, sizeof access_rules - 1, 0600, error);
    if (!err)
        err = write_who(arena, fd, program, error);
    (void)close(fd);
    if (err)
        return err;
    /* the folder gets its final name when all of it is on disk */
    if (syncfs(data->fd) != 0)
        return error_set(error, ERR_SYSTEM, "cannot write the new cluster in %s to disk: %m", data->directory);
    if (renameat(data->fd, PGDATA_NEW_NAME, data->fd, PGDATA_NAME) != 0 || fsync(data->fd) != 0)
        return error_set(error, ERR_SYSTEM, "cannot put the new cluster in its place in %s: %m", data->directory);
    data->fresh = true;
    return OK;
}

enum err pgdata_open(void *arena, const char *directory, const char *programs, const char *program, struct pgdata *data,
                     struct error *error)
{
    bool exists;
    enum err err;
    int fd;

    *data = (struct pgdata){.directory = directory, .fd = -1, .log = -1};
    data->fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (data->fd < 0)
        return error_set(error, ERR_SYSTEM, "cannot open the data directory %s: %m", directory);
    data->log = openat(data->fd, PGDATA_LOG_NAME, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (data->log < 0)
        return error_set(error, ERR_SYSTEM, "cannot write %s/" PGDATA_LOG_NAME ": %m", directory);
    pgdata_log_trim(data);
    TRY(find_programs(arena, programs, data, &exists, error));
    if (!exists)
        return make_cluster(arena, program, data, error);
    fd = openat(data->fd, PGDATA_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_set(error, ERR_SYSTEM, "cannot open %s/" PGDATA_NAME ": %m", directory);
    err = write_who(arena, fd, program, error);
    (void)close(fd);
    return err;
}

void pgdata_close(struct pgdata *data)
{
    if (data->log >= 0)
        (void)close(data->log);
    if (data->fd >= 0)
        (void)close(data->fd);
    data->log = data->fd = -1;
}

/* ---- the log ---- */

off_t pgdata_log_end(const struct pgdata *data)
{
    struct stat status;

    return fstat(data->log, &status) == 0 ? status.st_size : 0;
}

/* The message of a line with an error mark; NULL for other lines. */
static const char *complaint(const char *line)
{
    static const char *const marks[] = {"PANIC:", "FATAL:", "ERROR:", "error:"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *found = strstr(line, marks[i]);

        if (found)
            return found + strlen(marks[i]);
    }
    return NULL;
}

/* The first error is usually the cause of the others; a full disk is the cause of all. */
const char *pgdata_log_reason(const struct pgdata *data, off_t since, char *text, size_t size)
{
    off_t end = pgdata_log_end(data), from = end - since > LOG_TAIL ? end - LOG_TAIL : since;
    char tail[LOG_TAIL + 1], *line, *rest = tail;
    const char *best = NULL, *last = NULL;
    bool full = false;
    ssize_t got = pread(data->log, tail, LOG_TAIL, from);

    tail[got > 0 ? got : 0] = '\0';
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *found = complaint(line);
        bool is_full = strstr(line, "No space left on device") != NULL;

        if (found && (!best || (is_full && !full))) {
            best = found;
            full = is_full;
        }
        if (*line)
            last = line;
    }
    best = best ? best : last;
    while (best && *best == ' ')
        best++;
    (void)snprintf(text, size, "%s", best && *best ? best : "it gave no reason");
    return text;
}

void pgdata_log_trim(const struct pgdata *data)
{
    char block[64 << 10];
    off_t at = 0;
    ssize_t got;
    int old;

    if (pgdata_log_end(data) <= LOG_MAX)
        return;
    /* copied, not renamed, because the server keeps the file open; a line written meanwhile may be lost */
    old = openat(data->fd, LOG_OLD_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (old >= 0) {
        while ((got = pread(data->log, block, sizeof block, at)) > 0 && file_write_all(old, block, (size_t)got) == 0)
            at += got;
        (void)close(old);
    }
    if (ftruncate(data->log, 0) != 0)
        return; /* a full disk: the log is not shortened */
}

/* ---- the running server ---- */

bool pgdata_server(const struct pgdata *data, pid_t *pid, bool *ready)
{
    char text[2048], *rest = text, *line;
    int fd = openat(data->fd, PGDATA_NAME "/postmaster.pid", O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (fd < 0)
        return false;
    got = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[got > 0 ? got : 0] = '\0';
    *pid = (pid_t)strtol(text, NULL, 10);
    *ready = false;
    /* the eighth line is the server's status */
    for (int i = 1; (line = strsep(&rest, "\n")) != NULL; i++)
        if (i == 8)
            *ready = strncmp(line, "ready", 5) == 0;
    return *pid > 0;
}

void pgdata_remove_stale(const struct pgdata *data)
{
    (void)unlinkat(data->fd, PGDATA_NAME "/postmaster.pid", 0);
    (void)unlinkat(data->fd, ".s.PGSQL." PGDATA_PORT ".lock", 0);
    (void)unlinkat(data->fd, ".s.PGSQL." PGDATA_PORT, 0);
}
