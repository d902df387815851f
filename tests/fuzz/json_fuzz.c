/* Fuzzes the compact form of JSON and the writer of strings; jansson gives the expected results. */
#include <jansson.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("{\"a\" : [1, 2.5,\n  null, true], \"b c\" : {\"\" : \"x \\\" \\\\ y\"}}"),
    FUZZ_SEED("\t[\r\n]\t"),
    FUZZ_SEED("\"\\\\\" "),
    FUZZ_SEED("[\"\\u00e9\", \"\xc3\xa9\", \"\\ud83d\\ude00\", -1e-3, 0]"),
    FUZZ_SEED("{\"\\\"\":\" : , { }\"}"),
    FUZZ_SEED("[[[[{}]]], \"\x7f\"]"),
    {0},
};

/* Blanks outside of strings. */
static size_t count_blanks(const char *json)
{
    size_t count = 0;
    bool inside = false;

    for (; *json; json++) {
        if (*json == '"')
            inside = !inside;
        else if (inside && *json == '\\')
            json++;
        else if (!inside && strchr(" \t\r\n", *json))
            count++;
    }
    return count;
}

/* JSON with blanks, made compact, equals JSON written without blanks. */
static void check_spelled(const json_t *json, size_t flags)
{
    char *spelled = json_dumps(json, flags | JSON_ENCODE_ANY);
    char *compact = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | (flags & JSON_ENSURE_ASCII));
    size_t len = json_compact(spelled, strlen(spelled));

    require(len == strlen(spelled) && strcmp(spelled, compact) == 0);
    free(spelled); /* jansson's own allocations */
    free(compact);
}

/* Well-formed JSON of another writer. */
static void check_written(void *arena, const char *text, const json_t *json)
{
    struct buffer out = buffer_make(arena, 1 << 20);
    size_t before;
    json_t *again;

    json_open(&out, '[');
    before = out.len;
    json_raw_compact(&out, text);
    require(!out.failed && out.len == strlen(out.data) && out.len - before == strlen(text) - count_blanks(text));
    require(count_blanks(out.data) == 0);
    json_raw_compact(&out, text);
    json_close(&out, ']');
    again = json_loadb(out.data, out.len, 0, NULL);
    require(json_equal(json_array_get(again, 0), json) && json_equal(json_array_get(again, 1), json));
    json_decref(again);
}

/* The writer preserves any text. */
static void check_string(void *arena, const char *text, size_t len)
{
    struct buffer out = buffer_make(arena, 1 << 20);
    json_t *json;

    json_open(&out, '{');
    json_key(&out, "a");
    json_text_n(&out, text, len);
    json_close(&out, '}');
    require(!out.failed);
    json = json_loadb(out.data, out.len, JSON_ALLOW_NUL, NULL);
    if (json) {
        const json_t *value = json_object_get(json, "a");
        require(json_string_length(value) == len && memcmp(json_string_value(value), text, len) == 0);
    } else {
        require(!text_valid(text, len));
    }
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    char *text = talloc_strndup(arena, (const char *)data, size);
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    if (json) {
        check_spelled(json, JSON_INDENT(3));
        check_spelled(json, JSON_ENSURE_ASCII);
        check_written(arena, text, json);
    }
    check_string(arena, (const char *)data, size);
    require(json_compact(text, strlen(text)) == strlen(text)); /* other text is left unchanged */
    json_decref(json);
    (void)talloc_free(arena);
    return 0;
}
