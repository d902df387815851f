/* Manages child processes: started with a clean state, watched by pidfd, and found again after a crash. */
#ifndef ORGD_POSTGRES_PROCESS_H
#define ORGD_POSTGRES_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct process {
    pid_t pid; /* 0: none */
    int fd;    /* pidfd; -1: none */
};

struct process_options {
    const char *program;          /* absolute path */
    const char *const *arguments; /* NULL-terminated, `program` first */
    const char *directory;        /* its working directory */
    int output;                   /* descriptor of its standard output and error */
    int death_signal;             /* signal that it gets when the thread that started it ends */
};

/*
 * Starts a program in its own session, with a small fixed environment, only the standard descriptors, and no blocked or
 * ignored signals. ERR_NOT_FOUND when the program does not exist, otherwise ERR_SYSTEM. The calling thread must live as
 * long as the program.
 */
enum err process_start(const struct process_options *options, struct process *process, struct error *error) MUST_CHECK;

/*
 * Waits for the end of the process, at most until `deadline_us` (platform.monotonic_us). True: it ended and was reaped;
 * `*status` is as of waitpid, and `*process` is empty.
 */
bool process_wait(struct process *process, int64_t deadline_us, int *status);
void process_signal(const struct process *process, int signal_number);
/* Reaps orphaned processes. Does so only as process 1 of a container, where no other process does. */
void process_reap_orphans(void);

/* "exit status 1", "signal 9 (Killed)" */
const char *process_status_text(int status, char *text, size_t size);

/*
 * Finds PostgreSQL processes of this user, other than children, that run in `directory` or in one of `count` folders of
 * it. Fills at most `max` pids and returns their number.
 */
size_t process_find(const char *directory, const char *const *folders, size_t count, pid_t *pids, size_t max);
/* Signals such a process, and waits for its end until the deadline. True when it has ended. */
bool process_stop(pid_t pid, int signal_number, int64_t deadline_us);

#endif
