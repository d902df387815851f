/* The posture of an installation in plain words: who may sign in and who may own organizations, and what an operator
 * may not have meant. */
#ifndef ORGD_POLICY_ACCESS_REPORT_H
#define ORGD_POLICY_ACCESS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"

enum { ACCESS_WARNINGS_MAX = 100 }; /* more are counted in a last one */

struct access_line {
    const char *code; /* for programs: "sign-in", "open-public"; documented in docs/security.md */
    bool warning;     /* otherwise a fact */
    const char *text; /* one sentence or a few */
};

/* Lines live in the arena of the report; first the facts, then the warnings. */
struct access_report {
    void *arena;
    const struct config *config;
    bool discreet; /* e-mail addresses are named by their place in the list only: for logs */
    struct access_line *lines;
    size_t count;
    size_t warnings;
};

/* Makes the report from the configuration alone. ERR_MEMORY. */
enum err access_report_make(void *arena, const struct config *config, bool discreet,
                            struct access_report *report) MUST_CHECK;

void access_report_text(const struct access_report *report, struct buffer *out);
void access_report_json(const struct access_report *report, struct buffer *out);
/* One log line each: facts as information, warnings as warnings. */
void access_report_log(const struct access_report *report);

/* The posture as a part of one line: "sign-up open to everybody, everybody may own organizations". */
void access_posture(const struct config *config, struct buffer *out);

/* ---- for the parts of the report ---- */

/* Adds a line. What comes out too long for a line, or finds no memory, fails the report as a whole. */
void access_report_add(struct access_report *report, const char *code, bool warning, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Adds everything that may not be meant. */
void access_warn(struct access_report *report);

#endif
