/* UUID reading, writing and making. */
#include "base/uuid.h"

#include <stdint.h>
#include <string.h>

#include "base/platform.h"
#include "base/text.h"

static void set_version(struct uuid *id, unsigned version)
{
    id->bytes[6] = (unsigned char)((id->bytes[6] & 0x0f) | (version << 4));
    id->bytes[8] = (unsigned char)((id->bytes[8] & 0x3f) | 0x80);
}

struct uuid uuid_v4(void)
{
    struct uuid id;

    platform.random_bytes(id.bytes, sizeof id.bytes);
    set_version(&id, 4);
    return id;
}

struct uuid uuid_v7(void)
{
    struct uuid id;
    uint64_t now = (uint64_t)platform.realtime_us();
    uint64_t ms = now / 1000;
    uint64_t fraction = (now % 1000) * 4096 / 1000; /* 12 bits, RFC 9562 6.2 method 3 */

    platform.random_bytes(id.bytes + 8, 8);
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
    id.bytes[6] = (unsigned char)(fraction >> 8);
    id.bytes[7] = (unsigned char)fraction;
    set_version(&id, 7);
    return id;
}

/* Exactly 32 digits with hyphens between them, up to `end`. */
static bool parse_digits(const char *at, const char *end, struct uuid *id)
{
    struct uuid read = {{0}};
    int digits = 0;

    for (; at < end; at++) {
        int value = text_hex_digit(*at);
        if (*at == '-')
            continue;
        if (value < 0 || digits == 32)
            return false;
        read.bytes[digits / 2] = (unsigned char)(read.bytes[digits / 2] << 4 | value);
        digits++;
    }
    if (digits != 32)
        return false;
    *id = read;
    return true;
}

bool uuid_parse(const char *text, struct uuid *id)
{
    const char *end = text + strlen(text);

    if (strncmp(text, "urn:", 4) == 0)
        text += 4;
    if (strncmp(text, "uuid:", 5) == 0)
        text += 5;
    while (text < end && (*text == '{' || *text == '}'))
        text++;
    while (end > text && (end[-1] == '{' || end[-1] == '}'))
        end--;
    return parse_digits(text, end, id);
}

bool uuid_parse_canonical(const char *text, struct uuid *id)
{
    struct uuid read;
    char again[UUID_TEXT_SIZE];

    if (!parse_digits(text, text + strlen(text), &read) || strcmp(uuid_format(&read, again), text) != 0)
        return false;
    *id = read;
    return true;
}

const char *uuid_format(const struct uuid *id, char *text)
{
    static const char hex[] = "0123456789abcdef";
    char *to = text;

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = hex[id->bytes[i] >> 4];
        *to++ = hex[id->bytes[i] & 15];
    }
    *to = '\0';
    return text;
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool uuid_is_zero(const struct uuid *id)
{
    static const struct uuid zero;

    return uuid_equal(id, &zero);
}
