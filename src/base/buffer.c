/* Growing byte buffers on talloc. */
#include "base/buffer.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

struct buffer buffer_make(void *arena, size_t max)
{
    return (struct buffer){.arena = arena, .max = max};
}

/* Makes room for `more` bytes and a NUL. */
static bool reserve(struct buffer *buffer, size_t more)
{
    size_t size = buffer->size ? buffer->size : 256;
    char *grown;

    if (buffer->failed || more > buffer->max || buffer->len > buffer->max - more) {
        buffer->failed = true;
        return false;
    }
    if (buffer->len + more + 1 <= buffer->size)
        return true;
    while (size < buffer->len + more + 1)
        size *= 2;
    grown = talloc_realloc_size(buffer->arena, buffer->data, size);
    if (!grown) {
        buffer->failed = true;
        return false;
    }
    buffer->data = grown;
    buffer->size = size;
    return true;
}

void buffer_add(struct buffer *buffer, const void *data, size_t len)
{
    if (!reserve(buffer, len))
        return;
    if (len > 0)
        memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_vformat(struct buffer *buffer, const char *format, va_list arguments)
{
    va_list again;
    int len;

    va_copy(again, arguments);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        buffer->failed = true;
        return;
    }
    if (!reserve(buffer, (size_t)len))
        return;
    (void)vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format, arguments);
    buffer->len += (size_t)len;
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buffer_vformat(buffer, format, arguments);
    va_end(arguments);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

const char *buffer_string(const struct buffer *buffer)
{
    if (buffer->failed)
        return NULL;
    return buffer->data ? buffer->data : "";
}
