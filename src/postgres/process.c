/* Starts, watches and stops PostgreSQL's programs. */
#include "postgres/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/platform.h"

/* Programs do not inherit orgd's environment: it contains secrets, and settings that would change their behaviour. */
static const char *const child_environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "LC_MESSAGES=C", "TZ=UTC",
                                                NULL};

/* Runs in the child between fork and execve, where only async-signal-safe calls are allowed. */
_Noreturn static void become(const struct process_options *options, pid_t parent, int report)
{
    static const int ignored_by_us[] = {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD};
    sigset_t none;
    int problem, null;

    for (size_t i = 0; i < sizeof ignored_by_us / sizeof *ignored_by_us; i++)
        (void)signal(ignored_by_us[i], SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (prctl(PR_SET_PDEATHSIG, options->death_signal) != 0)
        goto failed;
    if (getppid() != parent) /* the parent died before the death signal was set */
        _exit(1);
    (void)setsid();
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(options->output, 1) < 0 || dup2(options->output, 2) < 0)
        goto failed;
    if (chdir(options->directory) != 0)
        goto failed;
    (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    (void)execve(options->program, (char *const *)options->arguments, (char *const *)child_environment);
failed:
    problem = errno;
    (void)!write(report, &problem, sizeof problem);
    _exit(127);
}

enum err process_start(const struct process_options *options, struct process *process, struct error *error)
{
    int report[2], problem = 0;
    pid_t parent = getpid(), pid;
    ssize_t got;
    sigset_t all, before;

    *process = (struct process){0, -1};
    if (pipe2(report, O_CLOEXEC) != 0)
        return error_set(error, ERR_SYSTEM, "cannot start %s: %m", options->program);
    /* none of orgd's signal handlers may run in the child */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0)
        become(options, parent, report[1]);
    problem = errno;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)close(report[1]);
    if (pid < 0) {
        (void)close(report[0]);
        errno = problem;
        return error_set(error, ERR_SYSTEM, "cannot start %s: %m", options->program);
    }
    do {
        got = read(report[0], &problem, sizeof problem);
    } while (got < 0 && errno == EINTR);
    (void)close(report[0]);
    if (got == (ssize_t)sizeof problem) {
        (void)waitpid(pid, NULL, 0);
        errno = problem;
        return error_set(error, problem == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot start %s: %m",
                         options->program);
    }
    process->pid = pid;
    process->fd = pidfd_open(pid, 0);
    if (process->fd < 0) {
        problem = errno;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        errno = problem;
        return error_set(error, ERR_SYSTEM, "cannot watch %s: %m", options->program);
    }
    return OK;
}

/* Waits until the pidfd reports the end of its process. */
static bool ended_by(int fd, int64_t deadline_us)
{
    struct pollfd watch = {.fd = fd, .events = POLLIN};

    for (;;) {
        int64_t left = deadline_us - platform.monotonic_us();
        int64_t wait_ms = left <= 0 ? 0 : (left + 999) / 1000;
        int ready = poll(&watch, 1, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms);

        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready == 0 && platform.monotonic_us() >= deadline_us)
            return false;
    }
}

bool process_wait(struct process *process, int64_t deadline_us, int *status)
{
    int ended = 0;

    if (process->pid == 0)
        return true;
    if (!ended_by(process->fd, deadline_us))
        return false;
    while (waitpid(process->pid, &ended, 0) < 0 && errno == EINTR)
        ;
    (void)close(process->fd);
    *process = (struct process){0, -1};
    if (status)
        *status = ended;
    return true;
}

void process_signal(const struct process *process, int signal_number)
{
    if (process->pid != 0)
        (void)pidfd_send_signal(process->fd, signal_number, NULL, 0);
}

void process_reap_orphans(void)
{
    if (getpid() != 1)
        return;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

const char *process_status_text(int status, char *text, size_t size)
{
    if (WIFSIGNALED(status))
        (void)snprintf(text, size, "signal %d (%s)", WTERMSIG(status), sigdescr_np(WTERMSIG(status)));
    else
        (void)snprintf(text, size, "exit status %d", WEXITSTATUS(status));
    return text;
}

/* The target of a link in /proc/PID; false when it cannot be read, as for dead processes and those of other users. */
static bool proc_link(const char *pid, const char *name, char *target, size_t size)
{
    char path[64];
    ssize_t len;

    if (snprintf(path, sizeof path, "/proc/%s/%s", pid, name) >= (int)sizeof path)
        return false;
    len = readlink(path, target, size - 1);
    if (len < 0)
        return false;
    target[len] = '\0';
    return true;
}

static bool is_ours(const char *pid, const char *directory, const char *const *folders, size_t count)
{
    char link[PATH_MAX], *last;
    size_t len = strlen(directory);

    if (!proc_link(pid, "cwd", link, sizeof link) || strncmp(link, directory, len) != 0)
        return false;
    if (link[len] != '\0') {
        bool known = false;

        if (link[len] != '/')
            return false;
        for (size_t i = 0; i < count; i++)
            known = known || strcmp(link + len + 1, folders[i]) == 0;
        if (!known)
            return false;
    }
    if (!proc_link(pid, "exe", link, sizeof link))
        return false;
    last = strrchr(link, '/');
    /* the second form of each: an upgrade replaced the program while it ran */
    return last && (strcmp(last, "/postgres") == 0 || strcmp(last, "/initdb") == 0 ||
                    strcmp(last, "/postgres (deleted)") == 0 || strcmp(last, "/initdb (deleted)") == 0);
}

size_t process_find(const char *directory, const char *const *folders, size_t count, pid_t *pids, size_t max)
{
    size_t found = 0;
    struct dirent *entry;
    DIR *proc = opendir("/proc");

    if (!proc)
        return 0;
    while ((entry = readdir(proc)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !is_ours(entry->d_name, directory, folders, count))
            continue;
        if (found < max)
            pids[found] = (pid_t)strtol(entry->d_name, NULL, 10);
        found++;
    }
    (void)closedir(proc);
    return found;
}

bool process_stop(pid_t pid, int signal_number, int64_t deadline_us)
{
    bool gone;
    int fd = pidfd_open(pid, 0);

    if (fd < 0)
        return errno == ESRCH;
    (void)pidfd_send_signal(fd, signal_number, NULL, 0);
    gone = ended_by(fd, deadline_us);
    (void)close(fd);
    return gone;
}
