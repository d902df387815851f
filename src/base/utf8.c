/* Reads UTF-8 and tells harmless characters from others. */
#include "base/utf8.h"

#include <string.h>

size_t utf8_read(const char *at, const char *end, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)at;
    unsigned char first = bytes[0];
    size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t read;

    if (first < 0x80) {
        *point = first;
        return 1;
    }
    if (first < 0xc2 || first > 0xf4 || (size_t)(end - at) < len)
        return 0;
    read = first & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        read = read << 6 | (bytes[i] & 0x3fU);
    }
    if (read < least[len] || read > 0x10ffff || (read >= 0xd800 && read <= 0xdfff))
        return 0;
    *point = read;
    return len;
}

bool utf8_deceptive(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x61c || (point >= 0x200e && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

/*
 * Unicode 15.0: Default_Ignorable_Code_Point (DerivedCoreProperties.txt), general categories Cc, Zl and Zp
 * (UnicodeData.txt), and the marks of interlinear annotations, U+FFF9 to U+FFFB.
 */
static const struct {
    uint32_t first, last;
} invisible[] = {
    {0x0, 0x1f},      {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool utf8_invisible(uint32_t point)
{
    for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++)
        if (point >= invisible[i].first && point <= invisible[i].last)
            return true;
    return false;
}

bool utf8_space(uint32_t point)
{
    return point == ' ' || (point >= 0x09 && point <= 0x0d) || (point >= 0x1c && point <= 0x1f) || point == 0x85 ||
           point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

void utf8_show(struct buffer *out, const char *text, size_t max)
{
    const char *end = text + strlen(text);
    const char *cut = (size_t)(end - text) > max ? text + max : end;

    while (text < cut) {
        uint32_t point = 0;
        size_t bytes = utf8_read(text, end, &point);

        if (bytes > (size_t)(cut - text))
            break;
        if (bytes == 0 || utf8_deceptive(point))
            buffer_char(out, '?');
        else
            buffer_add(out, text, bytes);
        text += bytes ? bytes : 1;
    }
    if (text < end)
        buffer_text(out, "\xe2\x80\xa6");
}
