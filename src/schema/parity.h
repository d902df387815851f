/* Whether one schema is a strict subset of another. */
#ifndef ORGD_SCHEMA_PARITY_H
#define ORGD_SCHEMA_PARITY_H

#include "schema/diff.h"

/*
 * The first is a subset when each object of it is in the second, equal: nothing that belongs to it is missing, changed
 * or added. Only the physical order of columns may be another one, and what is no matter of parity.
 */
struct schema_parity_result {
    bool subset;
    bool equal;      /* and the second adds nothing */
    size_t order;    /* tables with another physical order */
    size_t objects;  /* that the second adds, version tables not counted */
    size_t versions; /* version tables that the second adds */
    size_t unequal;  /* differences because of which it is no subset */
};

struct schema_parity_result schema_parity_judge(const struct schema_differences *differences);

/* A sentence for release notes, which names what the superset adds. */
void schema_parity_sentence(struct buffer *out, const struct schema_document *subset,
                            const struct schema_document *superset, const struct schema_differences *differences);

/* The differences, and behind them the sentence. */
void schema_parity_text(struct buffer *out, const struct schema_document *subset,
                        const struct schema_document *superset, const struct schema_differences *differences);

/* {"subset","equal","reordered_tables","added_objects","added_version_tables","unequal","sentence", and the members of
 * schema_report_json} */
void schema_parity_json(struct buffer *out, const struct schema_document *subset,
                        const struct schema_document *superset, const struct schema_differences *differences);

#endif
