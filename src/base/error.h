/* Error codes, and the detail that goes with one. */
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

#define OK ERR_OK

enum error_shape { SHAPE_TEXT, SHAPE_MESSAGE, SHAPE_BARE, SHAPE_CODED };

/* What a client is told for a code; a row of errors.def. */
struct error_row {
    const char *name; /* "PROJECT_NOT_FOUND" */
    int status;       /* HTTP status */
    enum error_shape shape;
    const char *text;
};

/* Never fails; `code` out of range answers the row of INTERNAL. The row lives as long as the program. */
const struct error_row *error_row(enum err code);

/*
 * Why something failed, for the log and the command line: one sentence without a final newline.
 * It is never sent to a client, who gets the text of the row.
 */
struct error {
    enum err code;
    char cause[512];
};

/* Records code and cause (cut at the buffer's end) and returns the code, so that `return error_set(...)` reads well. */
enum err error_set(struct error *error, enum err code, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
