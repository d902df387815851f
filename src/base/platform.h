/* Clock, randomness and environment, which tests can replace. */
#ifndef ORGD_BASE_PLATFORM_H
#define ORGD_BASE_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

struct platform {
    int64_t (*realtime_us)(void);                 /* microseconds since 1970-01-01 UTC */
    int64_t (*monotonic_us)(void);                /* microseconds since an arbitrary point; never goes back */
    int64_t (*boottime_us)(void);                 /* the same, but counts time in which the machine sleeps */
    void (*random_bytes)(void *to, size_t n);     /* cryptographically secure; aborts when the kernel has none */
    const char *(*environment)(const char *name); /* NULL when unset */
    const char *const *(*environment_all)(void);  /* "NAME=value" each, ends with NULL */
};

/* The present platform. Tests assign its members before they start threads. */
extern struct platform platform;

#endif
