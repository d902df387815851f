/* Fuzzes the measurement of JSON text; jansson gives the sizes of valid JSON, and its allocations bound the rest. */
#include <jansson.h>
#include <string.h>

#include "fuzz.h"
#include "http/json_limits.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("{\"a\" : [1, 2.5,\n  null, true], \"b c\" : {\"\" : \"x \\\" \\\\ y\"}}"),
    FUZZ_SEED("[{},{},{},[],[[]],\"\",\"\\u00e9\\ud83d\\ude00\",-1e-3,false]"),
    FUZZ_SEED("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":[[[[[[[[]]]]]]]]}}}}}"),
    FUZZ_SEED("\t\"\\\\\\\"\" "),
    FUZZ_SEED(" 12"),
    FUZZ_SEED("{\"a\":1,\"a\":[2],\"b\"}"),
    FUZZ_SEED("[1 2:3,,]}{\"x"),
    FUZZ_SEED(":::]]}\"\\"),
    FUZZ_SEED("[\"\xc3\xa9\xff\", nul]"),
    {0},
};

static const struct json_size unlimited = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};

/* The allocations of jansson since this was set to 0. */
static size_t allocations;

static void *allocate(size_t size)
{
    allocations++;
    return malloc(size);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The size of a tree; strings count as they are in it, without their escapes. */
static struct json_size size_of(json_t *json)
{
    struct json_size size = {.values = 1, .string = json_string_length(json)}, inner;
    const char *key;
    json_t *value;
    size_t index;

    json_array_foreach(json, index, value) {
        inner = size_of(value);
        size.depth = larger(size.depth, inner.depth);
        size.values += inner.values;
        size.members += inner.members;
        size.string = larger(size.string, inner.string);
    }
    json_object_foreach(json, key, value) {
        inner = size_of(value);
        size.depth = larger(size.depth, inner.depth);
        size.values += inner.values;
        size.members += inner.members + 1;
        size.string = larger(larger(size.string, inner.string), strlen(key));
    }
    size.depth += json_is_array(json) || json_is_object(json);
    return size;
}

/* Limits are exact: the size itself is accepted, one less of anything is refused. */
static void check_limits(const char *text, size_t len, struct json_size size)
{
    struct json_size ignored;
    size_t *const parts[] = {&size.depth, &size.values, &size.members, &size.string};

    require(json_measure(text, len, &size, &ignored));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (*parts[i] == 0)
            continue;
        *parts[i] -= 1;
        require(!json_measure(text, len, &size, &ignored));
        *parts[i] += 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct json_size measured, built;
    json_t *json;

    json_set_alloc_funcs(allocate, free);
    allocations = 0;
    require(json_measure(text, size, &unlimited, &measured));
    json = json_loadb(text, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    require(allocations <= 64 + 8 * (measured.values + measured.members));
    if (json) {
        built = size_of(json);
        require(measured.depth == built.depth && measured.values == built.values);
        require(measured.members == built.members && measured.string >= built.string);
        check_limits(text, size, measured);
    }
    json_decref(json);
    return 0;
}
