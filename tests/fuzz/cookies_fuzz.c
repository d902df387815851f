/* Fuzzes the Cookie header field; compares the result with a simpler, slower parser. */
#include <stdbool.h>
#include <string.h>
#include <talloc.h>

#include "fuzz.h"
#include "http/cookies.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("sAccessToken=a.b.c"),
    FUZZ_SEED("a=b; sAccessToken=a%2Eb; sAccessToken=; c"),
    FUZZ_SEED(";;\t sAccessToken=x \t; =;"),
    FUZZ_SEED("sAccessTokens=x;xsAccessToken=y;sAccessToken"),
    {0},
};

static const char name[] = "sAccessToken";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* One pair at a time, as a copy. */
static size_t look(void *arena, const char *field, const char **first)
{
    char *rest = talloc_strdup(arena, field);
    size_t count = 0;

    while (rest) {
        char *pair = rest;
        char *end = strchr(pair, ';');
        rest = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        while (is_blank(*pair))
            pair++;
        for (size_t len = strlen(pair); len > 0 && is_blank(pair[len - 1]); len--)
            pair[len - 1] = '\0';
        end = strchr(pair, '=');
        if (!end || (size_t)(end - pair) != strlen(name) || strncmp(pair, name, strlen(name)) != 0)
            continue;
        if (count++ == 0)
            *first = end + 1;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    char *field = talloc_strndup(arena, (const char *)data, size);
    const char *value, *wanted = NULL;
    size_t len;
    size_t count = cookie_find(field, name, &value, &len);

    require(count == look(arena, field, &wanted));
    require(count > 0 || (!value && len == 0));
    if (count > 0) {
        require(len == strlen(wanted) && memcmp(value, wanted, len) == 0);
        require(value > field && value + len <= field + strlen(field));
    }
    require(cookie_find(NULL, name, &value, &len) == 0);
    talloc_free(arena);
    return 0;
}
