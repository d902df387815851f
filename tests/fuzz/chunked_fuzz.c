/* Fuzzes the decoder of chunked bodies, whole and in pieces; the first byte chooses the size of the pieces. */
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "fuzz.h"
#include "http/chunked.h"
#include "http/http.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("\1"
              "0\r\n\r\n"),
    FUZZ_SEED("\3"
              "5\r\nhello\r\n1\r\n \r\n00000005\r\nworld\r\n0\r\n\r\nGET / HTTP/1.1\r\n"),
    FUZZ_SEED("\2"
              "a;name=value;x=\"y\"\r\n0123456789\r\n0;last\r\nTrailer: a\r\nOther: b\r\n\r\n"),
    FUZZ_SEED("\4"
              "7fffffff\r\n"),
    FUZZ_SEED("\4"
              "000000001\r\n"),
    FUZZ_SEED("\4"
              "1\r\nab\r\n0\r\n\r\n"),
    FUZZ_SEED("\4"
              "1\na\n0\n\n"),
    FUZZ_SEED("\4"
              "0x1\r\na\r\n0\r\n\r\n"),
    FUZZ_SEED("\4"
              "1 \r\na\r\n0\r\n\r\n"),
    {0},
};

struct decoded {
    enum err code;
    size_t used;
    struct buffer body;
};

static struct decoded decode(void *arena, const char *text, size_t len, size_t step)
{
    struct decoded decoded = {ERR_AGAIN, 0, buffer_make(arena, HTTP_BODY_MAX)};
    struct chunked chunked = {0};

    while (decoded.code == ERR_AGAIN && decoded.used < len) {
        size_t piece = len - decoded.used < step ? len - decoded.used : step;
        size_t used;
        decoded.code = chunked_feed(&chunked, text + decoded.used, piece, &used, &decoded.body);
        require(used <= piece && (used == piece || decoded.code != ERR_AGAIN));
        decoded.used += used;
    }
    return decoded;
}

/* Decodes an accepted body again, one line at a time, and compares the results. */
static void check_accepted(const char *text, const struct decoded *decoded)
{
    const char *end = text + decoded->used;
    size_t content = 0;
    unsigned long size;

    do {
        char *after;
        const char *line = memmem(text, (size_t)(end - text), "\r\n", 2);
        require(line != NULL && !memchr(text, '\n', (size_t)(line - text)));
        size = strtoul(text, &after, 16);
        require(after > text && after - text <= 8 && (*after == ';' || *after == '\r') && !strchr("+- xX", *text));
        text = line + 2;
        require(size <= (size_t)(end - text) && content + size <= decoded->body.len);
        require(size == 0 || memcmp(text, decoded->body.data + content, size) == 0);
        content += size;
        text += size;
        if (size > 0) {
            require(memcmp(text, "\r\n", 2) == 0);
            text += 2;
        }
    } while (size > 0);
    require(content == decoded->body.len);
    require(memcmp(end - 2, "\r\n", 2) == 0 && (text == end - 2 || memcmp(end - 4, "\r\n\r\n", 4) == 0));
    require(text == end - 2 || (char *)memmem(text, (size_t)(end - text), "\r\n\r\n", 4) == end - 4);
}

/* The input as content, in chunks of `step` bytes: decoding returns it unchanged. */
static void check_round_trip(void *arena, const char *content, size_t len, size_t step)
{
    struct buffer text = buffer_make(arena, HTTP_BODY_MAX);
    struct decoded decoded;

    for (size_t at = 0; at < len; at += step) {
        size_t piece = len - at < step ? len - at : step;
        buffer_format(&text, at % 2 ? "%zx\r\n" : "%zX;a\r\n", piece);
        buffer_add(&text, content + at, piece);
        buffer_text(&text, "\r\n");
    }
    buffer_text(&text, "0\r\n\r\n");
    if (text.failed || len / step > 2000) /* the chunk extensions would exceed the limit */
        return;
    decoded = decode(arena, text.data, text.len, step + 1);
    require(decoded.code == OK && decoded.used == text.len && decoded.body.len == len);
    require(len == 0 || memcmp(decoded.body.data, content, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 1;
    void *arena = talloc_new(NULL);
    struct decoded whole, pieces;

    if (size > 1) {
        whole = decode(arena, text, size - 1, size);
        pieces = decode(arena, text, size - 1, data[0] + 1U);
        require(whole.code == pieces.code && whole.used == pieces.used && whole.body.len == pieces.body.len);
        require(whole.body.len == 0 || memcmp(whole.body.data, pieces.body.data, whole.body.len) == 0);
        if (whole.code == OK)
            check_accepted(text, &whole);
        check_round_trip(arena, text, size - 1, data[0] + 1U);
    }
    (void)talloc_free(arena);
    return 0;
}
