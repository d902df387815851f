/* Compares two dumps. */
#ifndef ORGD_SCHEMA_DIFF_H
#define ORGD_SCHEMA_DIFF_H

#include "schema/document.h"

enum schema_change {
    SCHEMA_ADDED,     /* only the second has it */
    SCHEMA_REMOVED,   /* only the first has it */
    SCHEMA_CHANGED,   /* both have it, with different properties */
    SCHEMA_RENAMED,   /* a constraint or index: different name, same definition */
    SCHEMA_REORDERED, /* a table: same columns in a different physical order */
};

struct schema_difference {
    enum schema_change change;
    enum schema_kind kind;
    const struct schema_object *a, *b; /* the lines; NULL when absent */
    const char *object;                /* its name in the first dump, or else in the second */
    const char *what;      /* differing properties: "type, default"; "name"; "" for an object added or removed */
    const char *from, *to; /* those properties in the first and the second dump; NULL when absent */
    bool parity;           /* counts for the comparison of the editions */
    /* Its consequences: differences of objects that belong to this one. */
    struct schema_difference *with;
    size_t with_count;
};

struct schema_differences {
    struct schema_difference *items; /* by kind, then by name */
    size_t count;
};

/* "added", "removed", ... */
const char *schema_change_name(enum schema_change change);

/* The kind of a difference in text, JSON and --ignore: "column", "index" ..., or "column order". */
const char *schema_difference_kind(const struct schema_difference *difference);

/*
 * Compares the sections that both dumps have. One change is one difference: parts of a table, column or other object
 * that is itself added or removed are its consequences, as are the index of a constraint and the sequence of a column.
 * An object that PostgreSQL drops only with CASCADE is a difference of its own. All texts live in `arena` or belong to
 * the documents. ERR_MEMORY.
 */
enum err schema_diff(void *arena, const struct schema_document *a, const struct schema_document *b,
                     struct schema_differences *differences, struct error *error) MUST_CHECK;

#endif
