/* Encodes and decodes Base64. */
#include "base/base64.h"

#include <string.h>

static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static char digit(enum base64 alphabet, unsigned value)
{
    if (value < 62)
        return common[value];
    return alphabet == BASE64 ? "+/"[value - 62] : "-_"[value - 62];
}

static int value_of(enum base64 alphabet, char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == digit(alphabet, 62))
        return 62;
    return c == digit(alphabet, 63) ? 63 : -1;
}

void base64_write(struct buffer *out, enum base64 alphabet, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        unsigned bits = (unsigned)bytes[i] << 16 | (have > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                        (have > 2 ? (unsigned)bytes[i + 2] : 0);
        char text[4] = {digit(alphabet, bits >> 18), digit(alphabet, bits >> 12 & 63),
                        have > 1 ? digit(alphabet, bits >> 6 & 63) : '=', have > 2 ? digit(alphabet, bits & 63) : '='};

        buffer_add(out, text, alphabet == BASE64 ? 4 : have + 1);
    }
}

/* Removes the padding; false when it is malformed. */
static bool strip_padding(const char *text, size_t *len)
{
    size_t padding = 0;

    if (*len % 4 != 0)
        return false;
    while (padding < 2 && padding < *len && text[*len - padding - 1] == '=')
        padding++;
    *len -= padding;
    return true;
}

bool base64_read(enum base64 alphabet, const char *text, size_t len, void *to, size_t room, size_t *written)
{
    unsigned char *bytes = to;
    unsigned bits = 0;
    int count = 0;

    *written = 0;
    if (alphabet == BASE64 && !strip_padding(text, &len))
        return false;
    if (len % 4 == 1)
        return false;
    for (size_t i = 0; i < len; i++) {
        int value = value_of(alphabet, text[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        if (*written == room)
            return false;
        bytes[(*written)++] = (unsigned char)(bits >> count);
        bits &= (1u << count) - 1;
    }
    return bits == 0; /* other left-over bits would be a second encoding of the same bytes */
}
