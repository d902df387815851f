/* The interface of every fuzz target: its entry point, its seeds, and an assertion. */
#ifndef ORGD_TESTS_FUZZ_H
#define ORGD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* An input to begin with. */
struct fuzz_seed {
    const char *data;
    size_t len;
};

/* A seed from a string constant, which may hold NUL. */
#define FUZZ_SEED(text)                                                                                                \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }

/* Defined by each target; the list ends with a seed without data. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct fuzz_seed fuzz_seeds[];

/* A function, so that the condition is evaluated in every build; the debugger shows where it failed. */
static inline void require(int condition)
{
    if (!condition)
        abort();
}

#endif
