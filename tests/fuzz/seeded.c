/* Gives libFuzzer the seeds of a target: occasionally an input is replaced by a seed before it is mutated. */
#include <string.h>

#include "fuzz.h"

enum { SEED_EVERY = 50 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned chance);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned chance)
{
    size_t count = 0;
    const struct fuzz_seed *seed;

    while (fuzz_seeds[count].data)
        count++;
    if (count > 0 && chance % SEED_EVERY == 0) {
        seed = &fuzz_seeds[chance / SEED_EVERY % count];
        if (seed->len <= max) {
            memcpy(data, seed->data, seed->len);
            size = seed->len;
        }
    }
    return LLVMFuzzerMutate(data, size, max);
}
