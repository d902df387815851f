/* What is different between two dumps. */
#ifndef ORGD_SCHEMA_DIFF_H
#define ORGD_SCHEMA_DIFF_H

#include "schema/document.h"

enum schema_change {
    SCHEMA_ADDED,     /* only the second has it */
    SCHEMA_REMOVED,   /* only the first has it */
    SCHEMA_CHANGED,   /* both have it, with other properties */
    SCHEMA_RENAMED,   /* a constraint or index with another name and the same definition */
    SCHEMA_REORDERED, /* a table whose columns are the same, in another physical order */
};

struct schema_difference {
    enum schema_change change;
    enum schema_kind kind;
    const struct schema_object *a, *b; /* the lines; NULL where there is none */
    const char *object;                /* its name: of the first, where both have one */
    const char *what;      /* the properties that differ: "type, default"; "name"; "" when all of it is there or not */
    const char *from, *to; /* those properties in the first and the second; NULL where there is nothing */
    bool parity;           /* one that the editions may not have */
    /* What follows from it: what belongs to an object that is added, removed or renamed, or is made of it. */
    struct schema_difference *with;
    size_t with_count;
};

struct schema_differences {
    struct schema_difference *items; /* by kind, then by name */
    size_t count;
};

/* "added", "removed", ... */
const char *schema_change_name(enum schema_change change);

/* What kind of difference it is, for people, in JSON and for --ignore: "column", "index" ..., or "column order". */
const char *schema_difference_kind(const struct schema_difference *difference);

/*
 * Compares the sections that both have; what only one was dumped with does not count. One change is one difference:
 * what belongs to a table, a column or another object that is itself added or removed is told with it, as are the index
 * of a constraint and the sequence of a column. What PostgreSQL drops only with CASCADE is a difference of its own. All
 * texts live in `arena` or are those of the documents. ERR_MEMORY.
 */
enum err schema_diff(void *arena, const struct schema_document *a, const struct schema_document *b,
                     struct schema_differences *differences, struct error *error) MUST_CHECK;

#endif
