/* Reports in plain words who may sign in and who may own organizations, and warns of settings that are probably
 * mistakes. */
#ifndef ORGD_POLICY_ACCESS_REPORT_H
#define ORGD_POLICY_ACCESS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"

enum { ACCESS_WARNINGS_MAX = 100 }; /* further warnings are counted in a last line */

struct access_line {
    const char *code; /* for programs: "sign-in", "open-public"; documented in docs/security.md */
    bool warning;     /* otherwise a fact */
    const char *text; /* one or more sentences */
};

/* The report: the facts first, then the warnings. Lines live in its arena. */
struct access_report {
    void *arena;
    const struct config *config;
    bool discreet; /* for logs: e-mail addresses are given by their position in the list only */
    struct access_line *lines;
    size_t count;
    size_t warnings;
};

/* Makes the report from the configuration alone. Errors: ERR_MEMORY. */
enum err access_report_make(void *arena, const struct config *config, bool discreet,
                            struct access_report *report) MUST_CHECK;

void access_report_text(const struct access_report *report, struct buffer *out);
void access_report_json(const struct access_report *report, struct buffer *out);
/* Logs the report, one line each: facts as information, warnings as warnings. */
void access_report_log(const struct access_report *report);

/* Appends the report as a part of one line: "sign-up open to everybody, everybody may own organizations". */
void access_summary(const struct config *config, struct buffer *out);

/* ---- for the files that make up the report ---- */

/* Adds a line. A line that is too long, or finds no memory, fails the whole report. */
void access_report_add(struct access_report *report, const char *code, bool warning, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Adds the warnings. */
void access_warn(struct access_report *report);

#endif
