/* Starts and stops background threads. */
#include "base/thread.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

int thread_spawn(pthread_t *id, void *(*run)(void *), void *context)
{
    sigset_t all, before;
    int problem;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    problem = pthread_create(id, NULL, run, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return problem;
}

enum err thread_start(struct thread *thread, void *(*run)(void *), void *context, const char *job, struct error *error)
{
    atomic_store(&thread->stopping, false);
    thread->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    thread->started = thread->wake >= 0 && thread_spawn(&thread->id, run, context) == 0;
    if (thread->started)
        return OK;
    if (thread->wake >= 0)
        (void)close(thread->wake);
    return error_set(error, ERR_SYSTEM, "cannot start the thread that %s", job);
}

bool thread_wait(const struct thread *thread, int ms)
{
    struct pollfd wake = {.fd = thread->wake, .events = POLLIN};

    return poll(&wake, 1, ms) > 0;
}

void thread_stop(struct thread *thread)
{
    if (!thread->started)
        return;
    atomic_store(&thread->stopping, true);
    (void)eventfd_write(thread->wake, 1);
    (void)pthread_join(thread->id, NULL);
    (void)close(thread->wake);
    thread->started = false;
}
