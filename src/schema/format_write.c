/* Writes values of dump lines. */
#include <string.h>

#include "schema/format.h"

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == '-' || c > 0x7f;
}

/* Writes text with `quote` doubled. */
static void add_escaped(struct buffer *out, const char *text, size_t len, char quote)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '\\')
            buffer_text(out, "\\\\");
        else if (c == '\n')
            buffer_text(out, "\\n");
        else if (c == '\t')
            buffer_text(out, "\\t");
        else if (c == '\r')
            buffer_text(out, "\\r");
        else if (is_control(c))
            buffer_format(out, "\\u%04x", (unsigned)c);
        else if (quote != '\0' && text[i] == quote)
            buffer_add(out, (const char[]){quote, quote}, 2);
        else
            buffer_char(out, text[i]);
    }
}

void schema_format_name(struct buffer *out, const char *text, size_t len)
{
    size_t plain = 0;

    while (plain < len && is_plain((unsigned char)text[plain]))
        plain++;
    if (plain == len && len > 0) {
        buffer_add(out, text, len);
        return;
    }
    buffer_char(out, '"');
    add_escaped(out, text, len, '"');
    buffer_char(out, '"');
}

void schema_format_text(struct buffer *out, const char *text, size_t len)
{
    size_t plain = 0;

    while (plain < len && !is_control((unsigned char)text[plain]))
        plain++;
    if (plain == len && (len == 0 || text[0] != '\\')) {
        buffer_add(out, text, len);
        return;
    }
    buffer_char(out, '\\');
    add_escaped(out, text, len, '\0');
}
