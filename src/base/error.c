/* Looks up error rows and records causes. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static const struct error_row rows[] = {
#define ERROR(code, status, shape, text) {#code, status, SHAPE_##shape, text},
#include "errors.def"
#undef ERROR
};

const struct error_row *error_row(enum err code)
{
    if (code < 0 || code >= ERR_COUNT)
        code = ERR_INTERNAL;
    return &rows[code];
}

enum err error_set(struct error *error, enum err code, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return code;
    error->code = code;
    va_start(arguments, format);
    (void)vsnprintf(error->cause, sizeof error->cause, format, arguments);
    va_end(arguments);
    return code;
}
