/* Runs the private cluster in a process of another user, and ends with the program that wants it. */
#include "postgres/cluster_process.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread.h"

enum { STATUS_LOST = 3 };

struct cluster_process {
    pid_t pid;
    int fd; /* a socket: orders and answers; its end is the end of the other side */
    bool watched;
    atomic_bool closing;
    pthread_t watcher;
};

/* An order has one byte; this is the answer. */
struct answer {
    enum err code;
    struct error error;
};

static ssize_t receive(int fd, void *data, size_t size)
{
    ssize_t got;

    do
        got = recv(fd, data, size, 0);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Waits until the other side of the socket is closed. */
static void wait_hangup(int fd)
{
    struct pollfd watch = {.fd = fd};

    while (poll(&watch, 1, -1) < 0 && errno == EINTR)
        ;
}

/* ---- in the process ---- */

/* At once, whatever else goes on: PostgreSQL stops when its parent has gone. The kernel's own signal at a parent's
 * death is not sent from one user to another. */
static void *end_with_program(void *argument)
{
    wait_hangup((int)(intptr_t)argument);
    _exit(0);
}

static bool become(uid_t uid, gid_t gid)
{
    return setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0 &&
           setuid(0) != 0 && setgid(0) != 0;
}

_Noreturn static void keep(int fd, uid_t uid, gid_t gid, const struct cluster_options *options)
{
    static const int not_for_us[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGPIPE};
    struct answer answer = {.code = OK};
    struct cluster *cluster = NULL;
    pthread_t watcher;
    char order;

    for (size_t i = 0; i < sizeof not_for_us / sizeof *not_for_us; i++)
        (void)signal(not_for_us[i], SIG_IGN);
    (void)close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0); /* the lock is the program's alone */
    (void)close_range((unsigned)fd + 1, ~0U, 0);
    (void)setsid(); /* what a terminal sends is for the program */
    if (!become(uid, gid) || pthread_create(&watcher, NULL, end_with_program, (void *)(intptr_t)fd) != 0)
        _exit(STATUS_LOST);
    if (receive(fd, &order, 1) != 1)
        _exit(0);
    answer.code = cluster_open(NULL, options, &cluster, &answer.error);
    (void)!send(fd, &answer, sizeof answer, MSG_NOSIGNAL);
    if (receive(fd, &order, 1) == 1) {
        cluster_close(cluster);
        log_flush();
        (void)!send(fd, &answer, sizeof answer, MSG_NOSIGNAL);
    }
    _exit(0);
}

/* ---- in the program ---- */

enum err cluster_process_fork(void *arena, uid_t uid, gid_t gid, const struct cluster_options *cluster,
                              struct cluster_process **forked, struct error *error)
{
    struct cluster_process *process = talloc_zero(arena, struct cluster_process);
    int ends[2];

    if (!process)
        return error_set(error, ERR_MEMORY, "no memory");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set(error, ERR_SYSTEM, "cannot make the process that runs PostgreSQL: %m");
    log_flush();
    process->pid = fork();
    if (process->pid == 0) {
        (void)close(ends[0]);
        keep(ends[1], uid, gid, cluster);
    }
    (void)close(ends[1]);
    process->fd = ends[0];
    if (process->pid < 0) {
        (void)close(ends[0]);
        return error_set(error, ERR_SYSTEM, "cannot make the process that runs PostgreSQL: %m");
    }
    *forked = process;
    return OK;
}

static void *end_with_process(void *argument)
{
    struct cluster_process *process = argument;

    wait_hangup(process->fd);
    if (atomic_load(&process->closing))
        return NULL;
    log_message(LOG_ERROR, "the process that runs PostgreSQL (%d) ended; orgd cannot make another one and ends too",
                (int)process->pid);
    _exit(STATUS_LOST);
}

static enum err lost(struct error *error)
{
    return error_set(error, ERR_SYSTEM, "the process that runs PostgreSQL ended before it said why");
}

enum err cluster_process_start(struct cluster_process *process, struct error *error)
{
    struct answer answer;

    if (send(process->fd, "", 1, MSG_NOSIGNAL) != 1 ||
        receive(process->fd, &answer, sizeof answer) != (ssize_t)sizeof answer)
        return lost(error);
    if (answer.code) {
        *error = answer.error;
        return answer.code;
    }
    process->watched = thread_spawn(&process->watcher, end_with_process, process) == 0;
    return process->watched ? OK : error_set(error, ERR_SYSTEM, "cannot start the thread that watches PostgreSQL");
}

void cluster_process_close(struct cluster_process *process)
{
    struct answer answer;

    if (!process)
        return;
    atomic_store(&process->closing, true);
    if (process->watched && send(process->fd, "", 1, MSG_NOSIGNAL) == 1)
        (void)!receive(process->fd, &answer, sizeof answer);
    if (process->watched)
        (void)pthread_join(process->watcher, NULL);
    (void)close(process->fd);
    while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    (void)talloc_free(process);
}
