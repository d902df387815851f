/* Background threads: started with signals blocked, woken to stop. */
#ifndef ORGD_BASE_THREAD_H
#define ORGD_BASE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

/* Zero: not started. */
struct thread {
    pthread_t id;
    int wake; /* eventfd: readable from the moment the thread has to end; for poll together with other descriptors */
    bool started;
    _Atomic bool stopping;
};

/* Starts a thread with all signals blocked, because the program's main thread handles them. An errno, or 0. */
int thread_spawn(pthread_t *id, void *(*run)(void *), void *context) MUST_CHECK;
/* Starts a thread that thread_stop can end. `job` completes "cannot start the thread that ...". ERR_SYSTEM. */
enum err thread_start(struct thread *thread, void *(*run)(void *), void *context, const char *job,
                      struct error *error) MUST_CHECK;
/* Waits at most `ms`, or until the thread has to end. True when it has to. */
bool thread_wait(const struct thread *thread, int ms);
/* Asks the thread to end, and waits for that. No effect on a thread that is not started. */
void thread_stop(struct thread *thread);

#endif
