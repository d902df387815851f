/* Error codes, and the cause of an error. */
#ifndef ORGD_BASE_ERROR_H
#define ORGD_BASE_ERROR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

enum err {
#define ERROR(code, status, shape, text) ERR_##code,
#include "errors.def"
#undef ERROR
    ERR_COUNT
};

#define OK ERR_OK /* zero: `if (err)` asks for an error */

/* Returns from the function with the error of `call`, if it has one. Only where nothing but the arena holds memory. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        enum err try_err = (call);                                                                                     \
        if (try_err)                                                                                                   \
            return try_err;                                                                                            \
    } while (0)

enum error_shape { SHAPE_TEXT, SHAPE_MESSAGE, SHAPE_BARE, SHAPE_CODED };

/* The answer to a client for a code: a row of errors.def. */
struct error_row {
    const char *name; /* "PROJECT_NOT_FOUND" */
    int status;       /* HTTP status */
    enum error_shape shape;
    const char *text;
};

/* The row of `err`, which is static; the row of INTERNAL for a value out of range. */
const struct error_row *error_row(enum err err);

/*
 * The cause of an error for the log and the command line: one sentence without a newline. Clients never see it; they
 * get the text of the row.
 */
struct error {
    enum err code;
    char cause[512];
};

/* Stores an error and its cause, which is truncated to the buffer, and returns the error. */
enum err error_set(struct error *error, enum err err, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
