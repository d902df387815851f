/* The outside world that tests replace: clock, randomness, environment. */
#ifndef ORGD_BASE_PLATFORM_H
#define ORGD_BASE_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

struct platform {
    int64_t (*realtime_us)(void);                 /* microseconds since 1970-01-01 UTC */
    int64_t (*monotonic_us)(void);                /* microseconds since an arbitrary moment, never back */
    int64_t (*boottime_us)(void);                 /* the same, and the machine's sleep counts */
    void (*random_bytes)(void *to, size_t n);     /* cryptographically secure; aborts when the kernel has none */
    const char *(*environment)(const char *name); /* NULL when unset */
    const char *const *(*environment_all)(void);  /* "NAME=value" each, ends with NULL */
};

/* The one in force. Tests assign its members before starting threads; nobody does afterwards. */
extern struct platform platform;

#endif
