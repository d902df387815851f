/* Reads one-dimensional arrays of PostgreSQL by cursor. */
#include "db/array.h"

#include <string.h>

struct array_cursor array_begin(const char *text)
{
    return (struct array_cursor){.at = text};
}

/* Behind the opening quote; false when the closing one is missing. */
static bool read_quoted(const char **at, struct buffer *item)
{
    const char *c = *at;

    for (; *c != '"'; c++) {
        if (*c == '\\')
            c++;
        if (*c == '\0')
            return false;
        buffer_char(item, *c);
    }
    *at = c + 1;
    return true;
}

bool array_next(struct array_cursor *cursor, struct buffer *item)
{
    buffer_clear(item);
    if ((*cursor->at != '{' && *cursor->at != ',') || (cursor->at[0] == '{' && cursor->at[1] == '}'))
        return false;
    cursor->at++;
    if (*cursor->at == '"') {
        cursor->at++;
        return read_quoted(&cursor->at, item);
    }
    size_t len = strcspn(cursor->at, ",}");

    buffer_add(item, cursor->at, len);
    cursor->at += len;
    return true;
}
