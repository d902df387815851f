/* Measures how many password hashes a second the machine checks, without a server around them: hash_rate THREADS
 * SECONDS. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

#include "auth/password_hash.h"
#include "base/platform.h"

enum { THREADS_MAX = 64 };

static char hash[PASSWORD_HASH_SIZE];
static _Atomic int64_t until_us;
static _Atomic long checked;

static void *check(void *argument)
{
    void *arena = talloc_new(NULL);

    (void)argument;
    while (platform.monotonic_us() < until_us)
        if (password_verify(arena, hash, "Str0ng!pass1") == PASSWORD_RIGHT)
            checked++;
    (void)talloc_free(arena);
    return NULL;
}

int main(int argc, char **argv)
{
    long threads = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    long seconds = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    pthread_t started[THREADS_MAX];

    if (threads < 1 || threads > THREADS_MAX || seconds < 1) {
        (void)fputs("usage: hash_rate THREADS SECONDS\n", stderr);
        return 2;
    }
    if (password_hash("Str0ng!pass1", hash) != OK)
        return 3;
    until_us = platform.monotonic_us() + seconds * 1000000;
    for (long i = 0; i < threads; i++)
        if (pthread_create(&started[i], NULL, check, NULL) != 0)
            return 3;
    for (long i = 0; i < threads; i++)
        (void)pthread_join(started[i], NULL);
    (void)printf("%.2f\n", (double)checked / (double)seconds);
    return 0;
}
