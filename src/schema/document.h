/* A dump as data: read from its text, an object for each line. */
#ifndef ORGD_SCHEMA_DOCUMENT_H
#define ORGD_SCHEMA_DOCUMENT_H

#include "base/error.h"
#include "schema/format.h"

enum { SCHEMA_FIELDS_MAX = 10 };

/* One line. `values` are in the order of the row's fields; NULL: not there; of a FLAG: "". Lists stay as they are
 * written. */
struct schema_object {
    enum schema_kind kind;
    size_t line; /* from 1 */
    const char *values[SCHEMA_FIELDS_MAX];
};

struct schema_document {
    const char *name, *server;      /* of the heading */
    bool has[SCHEMA_SECTION_COUNT]; /* the sections that are there */
    struct schema_object *objects;  /* by kind, then by key, byte by byte */
    size_t count;
};

/*
 * Reads the text of a dump, all of which is checked; the sections of the reference format have to be there, and where
 * there is one of --full, all of those and the end. Definitions are worded as expression_normalize does. The document
 * lives in `arena` and borrows nothing. ERR_PARSE with a sentence that names the line; ERR_MEMORY.
 */
enum err schema_document_read(void *arena, const char *text, size_t len, struct schema_document *document,
                              struct error *error) MUST_CHECK;

/* The value of the object's field of that name, or NULL. */
const char *schema_value(const struct schema_object *object, const char *name);

/* As strcmp: objects by kind, then by their key fields. */
int schema_compare(const struct schema_object *a, const struct schema_object *b);

/* The object with the key fields of `wanted`, whose others do not matter; NULL: there is none. */
const struct schema_object *schema_find(const struct schema_document *document, const struct schema_object *wanted);

/* Whether the constraint is one that an index of its name stands for. */
bool schema_is_key(const struct schema_object *constraint);

#endif
