/* Finds a cookie in a Cookie header field. */
#include "http/cookies.h"

#include <string.h>

size_t cookie_find(const char *field, const char *name, const char **value, size_t *len)
{
    size_t name_len = strlen(name);
    size_t count = 0;

    *value = NULL;
    *len = 0;
    while (field && *field) {
        const char *pair = field + strspn(field, "; \t");
        size_t size = strcspn(pair, ";");

        field = pair + size;
        while (size > 0 && (pair[size - 1] == ' ' || pair[size - 1] == '\t'))
            size--;
        if (size <= name_len || strncmp(pair, name, name_len) != 0 || pair[name_len] != '=')
            continue;
        if (count++ == 0) {
            *value = pair + name_len + 1;
            *len = size - name_len - 1;
        }
    }
    return count;
}
