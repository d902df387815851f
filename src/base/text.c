/* UTF-8 checking, counting, trimming and percent-encoding. */
#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <talloc.h>

#include "base/utf8.h"

bool text_valid(const char *text, size_t len)
{
    const char *end = text + len;
    uint32_t point;

    while (text < end) {
        size_t n = utf8_read(text, end, &point);
        if (n == 0 || point == 0)
            return false;
        text += n;
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

const char *text_trim(void *arena, const char *text)
{
    const char *from = NULL;
    const char *after = NULL;
    const char *end;

    if (!text)
        return NULL;
    end = text + strlen(text);
    while (text < end) {
        uint32_t point = 0;
        size_t n = utf8_read(text, end, &point);

        if (n == 0) /* a stray byte is kept */
            n = 1;
        else if (utf8_space(point)) {
            text += n;
            continue;
        }
        from = from ? from : text;
        text += n;
        after = text;
    }
    return from ? talloc_strndup(arena, from, (size_t)(after - from)) : talloc_strdup(arena, "");
}

const char *text_fold_email(void *arena, const char *text)
{
    char *folded = talloc_strdup(arena, text_trim(arena, text));

    for (char *at = folded; at && *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return folded;
}

int text_hex_digit(char c)
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
            int high = i + 2 < len ? text_hex_digit(text[i + 1]) : -1;
            int low = i + 2 < len ? text_hex_digit(text[i + 2]) : -1;
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

void text_percent_encode(struct buffer *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    while (*text) {
        size_t len = strspn(text, plain);
        buffer_add(out, text, len);
        text += len;
        if (*text)
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)*text++);
    }
}
