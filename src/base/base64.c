/* Encodes and decodes Base64 by libsodium. */
#include "base/base64.h"

#include <sodium.h>

/* Bytes that are encoded at once; divisible by 3, so that padding comes last. */
enum { CHUNK = 768 };

static int variant_of(enum base64 alphabet)
{
    return alphabet == BASE64 ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_URLSAFE_NO_PADDING;
}

void base64_write(struct buffer *out, enum base64 alphabet, const void *data, size_t len)
{
    char text[sodium_base64_ENCODED_LEN(CHUNK, sodium_base64_VARIANT_ORIGINAL)];
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i += CHUNK) {
        size_t part = len - i < CHUNK ? len - i : CHUNK;

        buffer_text(out, sodium_bin2base64(text, sizeof text, bytes + i, part, variant_of(alphabet)));
    }
}

bool base64_read(enum base64 alphabet, const char *text, size_t len, void *to, size_t room, size_t *written)
{
    *written = 0;
    for (size_t i = 0; i < len; i++) /* libsodium 1.0.18 takes some bytes beyond ASCII for '_' */
        if ((unsigned char)text[i] >= 0x80)
            return false;
    /* without a pointer for the end of what was read, libsodium refuses a text that it did not read whole */
    return sodium_base642bin(to, room, text, len, NULL, written, NULL, variant_of(alphabet)) == 0;
}
