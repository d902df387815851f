/* Decides whether one schema is a subset of another. */
#ifndef ORGD_SCHEMA_PARITY_H
#define ORGD_SCHEMA_PARITY_H

#include "schema/diff.h"

/*
 * The first schema is a subset when each of its objects is in the second one with equal parts. The physical order of
 * columns may differ, and kinds of SCHEMA_PARITY_STATE are not compared.
 */
struct schema_parity_result {
    bool subset;
    bool equal;      /* and the second adds nothing */
    size_t order;    /* tables with a different physical order of columns */
    size_t objects;  /* that the second adds, version tables not counted */
    size_t versions; /* version tables that the second adds */
    size_t unequal;  /* differences that break the subset */
};

struct schema_parity_result schema_parity_judge(const struct schema_differences *differences);

/* Writes a sentence for release notes that names what the superset adds. */
void schema_parity_sentence(struct buffer *out, const struct schema_document *subset,
                            const struct schema_document *superset, const struct schema_differences *differences);

/* Writes the differences, then the sentence. */
void schema_parity_text(struct buffer *out, const struct schema_document *subset,
                        const struct schema_document *superset, const struct schema_differences *differences);

/* {"subset","equal","reordered_tables","added_objects","added_version_tables","unequal","sentence", and the members of
 * schema_report_json} */
void schema_parity_json(struct buffer *out, const struct schema_document *subset,
                        const struct schema_document *superset, const struct schema_differences *differences);

#endif
