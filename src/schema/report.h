/* Formats differences as text, JSON and HTML. */
#ifndef ORGD_SCHEMA_REPORT_H
#define ORGD_SCHEMA_REPORT_H

#include "schema/diff.h"

/* Numbers of differences. */
struct schema_tally {
    size_t total, parity, order;
};
struct schema_tally schema_tally(const struct schema_differences *differences);

/* "They are equal.", "They are equal except for the physical order of columns in 3 tables.", "12 differences, ...". */
void schema_report_verdict(struct buffer *out, const struct schema_differences *differences);

/* One line. */
void schema_report_line(struct buffer *out, const struct schema_difference *difference);

/* A line for each difference, and the verdict. */
void schema_report_text(struct buffer *out, const struct schema_differences *differences);

/* Writes the consequences of a difference, "with 3 columns, 1 index"; nothing when it has none. */
void schema_report_followers(struct buffer *out, const struct schema_difference *difference);

/* Members of a JSON object: "a", "b", "differences":[{"change","kind","object","what","from","to","parity","with"}] */
void schema_report_members(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                           const struct schema_differences *differences);

/* {"equal":...,"equal_except_order":..., and those members} */
void schema_report_json(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                        const struct schema_differences *differences);

/* Writes one self-contained HTML page with both sides next to each other. */
void schema_report_html(struct buffer *out, const struct schema_document *a, const struct schema_document *b,
                        const struct schema_differences *differences);

#endif
