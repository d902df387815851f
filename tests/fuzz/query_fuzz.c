/* Fuzzes percent-decoding and the parser of query strings; libevent's decoder gives the expected results. */
#include <ctype.h>
#include <event2/http.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/validate.h"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("a=1&b&a=2%20+%C3%A9&c=&ab=3"),
    FUZZ_SEED("a=%00"),
    FUZZ_SEED("a=%ed%a0%80&a=%F0%9f%98%80"),
    FUZZ_SEED("%61=1&a==&&=a&a"),
    FUZZ_SEED("a=%&a=%4&a=%zz&a=%2"),
    FUZZ_SEED("a%2Bb+c%25%26%3D"),
    {0},
};

/* Every '%' is followed by two hex digits. */
static bool escapes_are_whole(const char *text)
{
    for (; *text; text++)
        if (*text == '%' && !(isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])))
            return false;
    return true;
}

static const char *check_decoded(void *arena, const char *text, bool plus)
{
    size_t size = 0;
    char *other = evhttp_uridecode(text, plus, &size);
    const char *decoded = text_percent_decode(arena, text, strlen(text), plus);

    require(other && (decoded != NULL) == (escapes_are_whole(text) && text_valid(other, size)));
    require(!decoded || strcmp(decoded, other) == 0);
    free(other); /* libevent's own allocation */
    return decoded;
}

/* Decoding an encoded text returns it unchanged. */
static void check_round_trip(void *arena, const char *text)
{
    char *encoded = evhttp_uriencode(text, -1, 1);
    const char *decoded = text_percent_decode(arena, encoded, strlen(encoded), true);

    require(text_valid(text, strlen(text)) ? decoded && strcmp(decoded, text) == 0 : !decoded);
    free(encoded);
}

/* The value after the last "a", found from the other end. */
static const char *last_value(void *arena, const char *query)
{
    const char *end = query + strlen(query);

    for (;;) {
        const char *begin = end;
        while (begin > query && begin[-1] != '&')
            begin--;
        if (begin < end && begin[0] == 'a' && (begin + 1 == end || begin[1] == '='))
            return talloc_strndup(arena, begin + 2, begin + 1 == end ? 0 : (size_t)(end - begin) - 2);
        if (begin == query)
            return NULL;
        end = begin - 1;
    }
}

static void check_value(struct request *req)
{
    const char *wanted = last_value(req->arena, req->query);
    const char *value = query_value(req, "a");

    if (wanted)
        wanted = check_decoded(req->arena, wanted, true);
    require((value != NULL) == (wanted != NULL) && (!value || strcmp(value, wanted) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request req = {.arena = talloc_new(NULL)};

    req.query = talloc_strndup(req.arena, (const char *)data, size);
    (void)check_decoded(req.arena, req.query, true);
    (void)check_decoded(req.arena, req.query, false);
    require(validate_query_is_clean(&req) ==
            (!strchr(req.query, '%') || text_percent_decode(req.arena, req.query, strlen(req.query), true)));
    check_round_trip(req.arena, req.query);
    check_value(&req);
    (void)talloc_free(req.arena);
    return 0;
}
