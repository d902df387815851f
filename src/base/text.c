/* UTF-8 checking, counting, trimming and percent-decoding. */
#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <talloc.h>

/* Length of the well-formed sequence at `at`, 0 when it is none; the code point goes to `*point`. */
static size_t sequence(const unsigned char *at, size_t left, uint32_t *point)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 1}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

    for (size_t n = 0; n < 4; n++) {
        uint32_t value = at[0] & (uint32_t)~forms[n].mask & 0xff;
        if ((at[0] & forms[n].mask) != forms[n].lead)
            continue;
        if (left <= n)
            return 0;
        for (size_t i = 1; i <= n; i++) {
            if ((at[i] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (at[i] & 0x3f);
        }
        if (value < forms[n].least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
            return 0;
        *point = value;
        return n + 1;
    }
    return 0;
}

bool text_valid(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t point;

    while (len > 0) {
        size_t n = sequence(at, len, &point);
        if (n == 0)
            return false;
        at += n;
        len -= n;
    }
    return true;
}

size_t text_count(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

static bool is_space(uint32_t point)
{
    return (point >= 9 && point <= 13) || (point >= 0x1c && point <= 0x20) || point == 0x85 || point == 0xa0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
           point == 0x202f || point == 0x205f || point == 0x3000;
}

const char *text_trim(void *arena, const char *text)
{
    const char *from = NULL;
    const char *end = NULL;
    size_t left;
    uint32_t point = 0;

    if (!text)
        return NULL;
    left = strlen(text);
    while (left > 0) {
        size_t n = sequence((const unsigned char *)text, left, &point);
        if (n == 0) { /* not UTF-8: keep the byte */
            n = 1;
            point = 0xfffd;
        }
        if (!is_space(point)) {
            from = from ? from : text;
            end = text + n;
        }
        text += n;
        left -= n;
    }
    return from ? talloc_strndup(arena, from, (size_t)(end - from)) : talloc_strdup(arena, "");
}

const char *text_fold_email(void *arena, const char *text)
{
    char *folded = talloc_strdup(arena, text_trim(arena, text));

    for (char *at = folded; at && *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return folded;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *text_percent_decode(void *arena, const char *text, size_t len, bool plus)
{
    char *decoded = talloc_size(arena, len + 1);
    size_t to = 0;

    if (!decoded)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        decoded[to++] = c;
    }
    decoded[to] = '\0';
    return text_valid(decoded, to) ? decoded : NULL;
}
