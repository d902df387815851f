/* Fuzzes the parser of PostgreSQL's arrays: it terminates for any text, and quoted items keep their value. */
#include <string.h>
#include <talloc.h>

#include "db/array.h"
#include "fuzz.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("{one,\"t,w\\\"o\",NULL,\"\"}"),
    FUZZ_SEED("{}"),
    FUZZ_SEED("{\"a"),
    FUZZ_SEED("{\"a\\"),
    FUZZ_SEED("{a,,b}"),
    FUZZ_SEED("one\ntwo\n\n\\\n\""),
    FUZZ_SEED("{a}b,c"),
    {0},
};

/* However malformed the text is, it has at most as many items as bytes. */
static void read_any(void *arena, const char *text)
{
    struct buffer item = buffer_make(arena, strlen(text) + 1);
    struct array_cursor cursor = array_begin(text);
    size_t count = 0;

    while (array_next(&cursor, &item)) {
        require(!item.failed && cursor.at <= text + strlen(text));
        require(++count <= strlen(text));
    }
}

/* The lines of `text` as items, quoted as the server quotes them. */
static const char *quote_lines(void *arena, const char *text)
{
    struct buffer array = buffer_make(arena, 4 * strlen(text) + 16);

    buffer_text(&array, "{\"");
    for (; *text; text++) {
        if (*text == '\n') {
            buffer_text(&array, "\",\"");
            continue;
        }
        if (*text == '"' || *text == '\\')
            buffer_char(&array, '\\');
        buffer_char(&array, *text);
    }
    buffer_text(&array, "\"}");
    return buffer_string(&array);
}

static void read_quoted(void *arena, const char *text)
{
    struct buffer item = buffer_make(arena, strlen(text) + 1);
    struct array_cursor cursor = array_begin(quote_lines(arena, text));

    for (;;) {
        size_t len = strcspn(text, "\n");

        require(array_next(&cursor, &item));
        require(item.len == len && memcmp(buffer_string(&item), text, len) == 0);
        if (text[len] == '\0')
            break;
        text += len + 1;
    }
    require(!array_next(&cursor, &item));
    require(strcmp(cursor.at, "}") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *arena = talloc_new(NULL);
    const char *text = talloc_strndup(arena, (const char *)data, size);

    read_any(arena, text);
    read_quoted(arena, text);
    (void)talloc_free(arena);
    return 0;
}
