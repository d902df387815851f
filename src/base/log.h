/* Structured log lines on stderr, logfmt or JSON. */
#ifndef ORGD_BASE_LOG_H
#define ORGD_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* One `key=value`; a NULL text makes it a number. Values are escaped, and cut at 1 KiB. */
struct log_field {
    const char *key;
    const char *text;
    int64_t number;
};

/* Defaults: LOG_INFO, LOG_LOGFMT. Call before starting threads. */
void log_configure(enum log_level least, enum log_format format);

/* Writes one line with time, level and message at once. Thread-safe; errors are ignored. */
void log_message(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Adds one line with fields. Lines are collected, and written by log_flush, by the next log_message, or at 32 KiB: a
 * line for each request needs no system call of its own.
 */
void log_event(enum log_level level, const char *message, const struct log_field *fields, size_t count);
void log_flush(void);

#endif
