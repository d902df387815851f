/* Whether one schema is a strict subset of another. */
#ifndef ORGD_SCHEMA_PARITY_H
#define ORGD_SCHEMA_PARITY_H

#include "schema/diff.h"

struct schema_parity_result {
    bool subset;     /* each object of the first is in the second, equal but perhaps for the physical order */
    bool equal;      /* and the second adds nothing */
    size_t order;    /* tables with another physical order */
    size_t objects;  /* that the second adds, version tables not counted */
    size_t versions; /* version tables that the second adds */
};

/* Judges differences of subset and superset, those that are no matter of parity left out. */
struct schema_parity_result schema_parity_judge(const struct schema_differences *differences);

/* Whether it is a table in which a chain of migrations remembers its revision. */
bool schema_is_version_table(const struct schema_difference *difference);

/* A sentence for release notes, which names what the superset adds. */
void schema_parity_sentence(struct buffer *out, const struct schema_document *subset,
                            const struct schema_document *superset, const struct schema_differences *differences);

#endif
