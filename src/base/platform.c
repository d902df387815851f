/* The real clock, random source and environment. */
#include "base/platform.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t realtime_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

static int64_t monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t boottime_us(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

static void random_bytes(void *to, size_t n)
{
    unsigned char *at = to;

    while (n > 0) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0)
            abort(); /* only on kernels without getrandom: nothing secure can go on */
        at += got;
        n -= (size_t)got;
    }
}

static const char *environment(const char *name)
{
    return getenv(name);
}

static const char *const *environment_all(void)
{
    static const char *const none[] = {NULL};

    return environ ? (const char *const *)environ : none;
}

struct platform platform = {realtime_us, monotonic_us, boottime_us, random_bytes, environment, environment_all};
