/* Reads the text of a dump into objects, one for each line. */
#ifndef ORGD_SCHEMA_DOCUMENT_H
#define ORGD_SCHEMA_DOCUMENT_H

#include "base/error.h"
#include "schema/format.h"

enum { SCHEMA_FIELDS_MAX = 10 };

/* One line. `values` are in the order of the fields of its row; NULL when absent, "" for a FLAG that is set. Lists stay
 * in their notation. */
struct schema_object {
    enum schema_kind kind;
    size_t line; /* from 1 */
    const char *values[SCHEMA_FIELDS_MAX];
};

struct schema_document {
    const char *name, *server;      /* from the heading */
    bool has[SCHEMA_SECTION_COUNT]; /* which sections are present */
    struct schema_object *objects;  /* by kind, then by key, byte by byte */
    size_t count;
};

/*
 * Reads and checks the whole text of a dump. All sections of the reference format must be present; with one section of
 * --full, all of those and the end line too. Definitions are normalized by expression_normalize. The document lives in
 * `arena` and borrows nothing. Errors: ERR_PARSE with a sentence that names the line; ERR_MEMORY.
 */
enum err schema_document_read(void *arena, const char *text, size_t len, struct schema_document *document,
                              struct error *error) MUST_CHECK;

/* The value of the object's field of that name, or NULL. */
const char *schema_value(const struct schema_object *object, const char *name);

/* As strcmp: objects by kind, then by their key fields. */
int schema_compare(const struct schema_object *a, const struct schema_object *b);

/* The object with the key fields of `wanted`, or NULL; other fields of `wanted` are not read. */
const struct schema_object *schema_find(const struct schema_document *document, const struct schema_object *wanted);

/* Whether the constraint has an index of the same name. */
bool schema_is_key(const struct schema_object *constraint);

#endif
