/* Fuzzes UTF-8: validity compared with jansson, trimming, display and encoding. */
#include <jansson.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"

enum { SHOWN = 20 };

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("  Ann@Acme.io\t\n"),
    FUZZ_SEED("\xc2\xa0\xe2\x80\x83\xc3\xa9 \xf0\x9f\x98\x80\xe3\x80\x80"),
    FUZZ_SEED("\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80\xef\xbb\xbf"),
    FUZZ_SEED("a\xe2\x80\xae"
              "b\x1b[31m"),
    FUZZ_SEED("\xe2\x80"),
    {0},
};

/* Every character between the two is white space. */
static bool only_space(const char *at, const char *end)
{
    while (at < end) {
        uint32_t point = 0;
        size_t n = utf8_read(at, end, &point);
        if (n == 0 || !utf8_space(point))
            return false;
        at += n;
    }
    return true;
}

static bool begins_with_space(const char *at, const char *end)
{
    uint32_t point = 0;

    return at < end && utf8_read(at, end, &point) > 0 && utf8_space(point);
}

static void check_trim(void *arena, const char *text)
{
    const char *end = text + strlen(text);
    const char *trimmed = text_trim(arena, text);
    size_t len = strlen(trimmed);
    const char *from = text;
    uint32_t point;

    while (begins_with_space(from, end))
        from += utf8_read(from, end, &point);
    require((size_t)(end - from) >= len && memcmp(from, trimmed, len) == 0 && only_space(from + len, end));
    for (size_t last = 1; last <= 4 && last <= len; last++)
        require(!only_space(trimmed + len - last, trimmed + len));
    require(strcmp(text_trim(arena, trimmed), trimmed) == 0);
    require(strlen(text_fold_email(arena, text)) == len);
}

static void check_show(void *arena, const char *text)
{
    struct buffer out = buffer_make(arena, 1000);
    const char *at, *end;
    uint32_t point = 0;
    size_t n;

    utf8_show(&out, text, SHOWN);
    require(!out.failed && out.len <= SHOWN + strlen("\xe2\x80\xa6"));
    end = buffer_string(&out) + out.len;
    for (at = end - out.len; at < end; at += n) {
        n = utf8_read(at, end, &point);
        require(n > 0 && !utf8_deceptive(point));
    }
}

static void check_encoded(void *arena, const char *text, bool valid)
{
    struct buffer out = buffer_make(arena, 3 * strlen(text) + 1);
    const char *encoded, *decoded;

    text_percent_encode(&out, text);
    encoded = buffer_string(&out);
    require(encoded && strpbrk(encoded, " \"<>@+/?#&=;\\'()") == NULL);
    decoded = text_percent_decode(arena, encoded, strlen(encoded), true);
    require(valid ? decoded && strcmp(decoded, text) == 0 : !decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    json_t *json = size > 0 ? json_stringn((const char *)data, size) : json_string("");
    bool valid = text_valid((const char *)data, size);
    char *text = talloc_strndup(arena, (const char *)data, size);

    require(valid == (json && !(size > 0 && memchr(data, '\0', size))));
    if (valid) {
        size_t points = 0;
        uint32_t point;
        for (const char *at = text; *at; at += utf8_read(at, text + size, &point))
            points++;
        require(points == text_count(text));
    }
    check_trim(arena, text);
    check_show(arena, text);
    check_encoded(arena, text, text_valid(text, strlen(text)));
    json_decref(json);
    (void)talloc_free(arena);
    return 0;
}
