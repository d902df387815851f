/* Looks up error rows and records causes. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static const struct error_row rows[] = {
#define ERROR(code, status, shape, text) {#code, status, SHAPE_##shape, text},
#include "errors.def"
#undef ERROR
};

const struct error_row *error_row(enum err err)
{
    if (err < 0 || err >= ERR_COUNT)
        err = ERR_INTERNAL;
    return &rows[err];
}

enum err error_set(struct error *error, enum err err, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return err;
    error->code = err;
    va_start(arguments, format);
    (void)vsnprintf(error->cause, sizeof error->cause, format, arguments);
    va_end(arguments);
    return err;
}
