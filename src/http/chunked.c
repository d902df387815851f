/* Decodes a chunked request body piece by piece. */
#include "http/chunked.h"

#include <stdbool.h>

#include "base/text.h"

enum { SIZE_DIGITS_MAX = 8, EXTRA_MAX = 8 << 10 };

static enum err read_size(struct chunked *chunked, char c)
{
    int value = text_hex_digit(c);

    if (value >= 0) {
        if (++chunked->digits > SIZE_DIGITS_MAX)
            return ERR_CHUNK_INVALID;
        chunked->left = chunked->left * 16 + (uint64_t)value;
        return ERR_AGAIN;
    }
    if (chunked->digits == 0)
        return ERR_CHUNK_INVALID;
    if (c == ';')
        chunked->state = CHUNK_EXTENSION;
    else if (c == '\r')
        chunked->state = CHUNK_SIZE_END;
    else
        return ERR_CHUNK_INVALID;
    return ERR_AGAIN;
}

/* Skips a character of an extension or trailer. Their content is ignored, but each character must be valid in a header
 * field. */
static enum err read_over(struct chunked *chunked, char c, enum chunk_state at_cr)
{
    if (c == '\r') {
        chunked->state = at_cr;
        return ERR_AGAIN;
    }
    if (((unsigned char)c < 0x20 && c != '\t') || c == 0x7f || ++chunked->extra > EXTRA_MAX)
        return ERR_CHUNK_INVALID;
    return ERR_AGAIN;
}

static enum err expect(struct chunked *chunked, char c, char wanted, enum chunk_state next)
{
    chunked->state = next;
    return c == wanted ? ERR_AGAIN : ERR_CHUNK_INVALID;
}

/* Ends the size line of a chunk. The announced size is checked before the data arrives. */
static enum err begin_chunk(struct chunked *chunked, char c, const struct buffer *body)
{
    if (chunked->left > body->max - body->len)
        return ERR_BODY_TOO_LARGE;
    return expect(chunked, c, '\n', chunked->left > 0 ? CHUNK_DATA : CHUNK_TRAILER_START);
}

static enum err read_byte(struct chunked *chunked, char c, const struct buffer *body)
{
    switch (chunked->state) {
    case CHUNK_SIZE:
        return read_size(chunked, c);
    case CHUNK_EXTENSION:
        return read_over(chunked, c, CHUNK_SIZE_END);
    case CHUNK_SIZE_END:
        return begin_chunk(chunked, c, body);
    case CHUNK_DATA_CR:
        return expect(chunked, c, '\r', CHUNK_DATA_END);
    case CHUNK_DATA_END:
        chunked->digits = 0;
        return expect(chunked, c, '\n', CHUNK_SIZE);
    case CHUNK_TRAILER_START:
        if (c == '\r') {
            chunked->state = CHUNK_LAST_END;
            return ERR_AGAIN;
        }
        chunked->state = CHUNK_TRAILER;
        return c == ' ' || c == '\t' || c == ':' ? ERR_CHUNK_INVALID : read_over(chunked, c, CHUNK_TRAILER_END);
    case CHUNK_TRAILER:
        return read_over(chunked, c, CHUNK_TRAILER_END);
    case CHUNK_TRAILER_END:
        return expect(chunked, c, '\n', CHUNK_TRAILER_START);
    case CHUNK_LAST_END:
        return c == '\n' ? OK : ERR_CHUNK_INVALID;
    case CHUNK_DATA:
        break; /* handled in bulk by chunked_feed */
    }
    return ERR_CHUNK_INVALID;
}

static enum err take_data(struct chunked *chunked, const char *data, size_t len, size_t *used, struct buffer *body)
{
    size_t n = len - *used;

    if (n > chunked->left)
        n = (size_t)chunked->left;
    buffer_add(body, data + *used, n);
    *used += n;
    chunked->left -= n;
    if (chunked->left == 0)
        chunked->state = CHUNK_DATA_CR;
    return body->failed ? ERR_MEMORY : ERR_AGAIN;
}

enum err chunked_feed(struct chunked *chunked, const char *data, size_t len, size_t *used, struct buffer *body)
{
    enum err err = ERR_AGAIN;

    *used = 0;
    while (err == ERR_AGAIN && *used < len) {
        if (chunked->state == CHUNK_DATA)
            err = take_data(chunked, data, len, used, body);
        else
            err = read_byte(chunked, data[(*used)++], body);
    }
    return err;
}
