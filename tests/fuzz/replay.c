/*
 * Runs a fuzz target without libFuzzer: on the named files, or else on its seeds, their prefixes, and a fixed set of
 * their mutations.
 */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 16, PREFIXES_MAX = 400, MUTATIONS = 20000, CHANGES_MAX = 4 };

/* A fixed sequence of random numbers (xorshift), so that failures are reproducible. */
static uint32_t next_number(void)
{
    static uint32_t state = 2463534242U;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static size_t below(size_t limit)
{
    return limit > 0 ? next_number() % limit : 0;
}

/* A copy of exactly the size, so that a sanitizer notices reads beyond it. */
static void run(const void *data, size_t size)
{
    uint8_t *copy = talloc_size(NULL, size > 0 ? size : 1);

    require(copy != NULL);
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    (void)talloc_free(copy);
}

/* Bytes with a meaning in most formats. */
static char telling_byte(void)
{
    static const char bytes[] = "\0\t\n\r \"%&+,-./0:;=?A[\\]_a{}\x7f\x80\xc3\xe2\xff";

    return bytes[below(sizeof bytes - 1)];
}

/* Changes the `len` bytes at `data`, which has room for INPUT_MAX; the new length. */
static size_t change(char *data, size_t len, const struct fuzz_seed *other)
{
    size_t at = below(len + 1);
    size_t part = below(len - at + 1);

    switch (below(5)) {
    case 0:
        if (at < len)
            data[at] = (char)(data[at] ^ 1 << below(8));
        return len;
    case 1:
        if (at < len)
            data[at] = telling_byte();
        return len;
    case 2:
        memmove(data + at, data + at + part, len - at - part);
        return len - part;
    case 3:
        if (len + part > INPUT_MAX)
            return len;
        memmove(data + at + part, data + at, len - at); /* doubles the part */
        return len + part;
    default:
        part = below(other->len + 1);
        if (at + part > INPUT_MAX)
            return len;
        memcpy(data + at, other->data + other->len - part, part);
        return at + part > len ? at + part : len;
    }
}

static void run_seeds(void)
{
    static char data[INPUT_MAX];
    size_t count = 0;

    run("", 0);
    for (; fuzz_seeds[count].data; count++)
        for (size_t len = 0; len <= fuzz_seeds[count].len; len++)
            if (len <= PREFIXES_MAX || len == fuzz_seeds[count].len)
                run(fuzz_seeds[count].data, len);
    for (size_t i = 0; count > 0 && i < MUTATIONS; i++) {
        const struct fuzz_seed *seed = &fuzz_seeds[i % count];
        size_t len = seed->len;
        memcpy(data, seed->data, len);
        for (size_t changes = below(CHANGES_MAX) + 1; changes > 0; changes--)
            len = change(data, len, &fuzz_seeds[below(count)]);
        run(data, len);
    }
}

static int run_file(const char *path)
{
    static char data[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    size_t len;

    if (!file) {
        perror(path);
        return 1;
    }
    len = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    run(data, len);
    return 0;
}

int main(int argc, char **argv)
{
    int status = 0;

    for (int i = 1; i < argc; i++)
        status |= run_file(argv[i]);
    if (argc == 1)
        run_seeds();
    return status;
}
