/* Child processes: started clean, watched by descriptor, and found again after a crash. */
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
    const char *directory;        /* where it starts */
    int output;                   /* becomes its standard output and error */
    int death_signal;             /* sent to it when the thread that started it ends */
};

/*
 * Starts a program in a session of its own, with a small fixed environment, no descriptors but the standard ones, no
 * blocked or ignored signals. ERR_NOT_FOUND when there is no such program, ERR_SYSTEM otherwise. The calling thread
 * must live as long as the program should.
 */
enum err process_start(const struct process_options *options, struct process *process, struct error *error) MUST_CHECK;

/*
 * Waits until it ended, at most until `deadline_us` (platform.monotonic_us). True: it ended, was reaped, `*status` is
 * as of waitpid, and `*process` is empty.
 */
bool process_wait(struct process *process, int64_t deadline_us, int *status);
void process_signal(const struct process *process, int signal_number);
/* Reaps children left by others: only as the first process of a container, where nobody else does. */
void process_reap_orphans(void);

/* "exit status 1", "signal 9 (Killed)" */
const char *process_status_text(int status, char *text, size_t size);

/*
 * Another process, not a child: PostgreSQL programs of this user that run in `directory` or in one of the `count`
 * folders of it. Fills at most `max` pids and returns how many there are.
 */
size_t process_find(const char *directory, const char *const *folders, size_t count, pid_t *pids, size_t max);
/* Signals such a process, and waits for its end until the deadline. True when it has gone. */
bool process_stop(pid_t pid, int signal_number, int64_t deadline_us);

#endif
