/* Finds the column and table names in a definition. */
#ifndef ORGD_SCHEMA_EXPRESSION_NAMES_H
#define ORGD_SCHEMA_EXPRESSION_NAMES_H

#include <stdbool.h>

#include "base/buffer.h"

/* A cursor in a definition as PostgreSQL prints it. Make one with expression_names_begin. */
struct expression_names {
    const char *at, *end;
    bool after_value; /* a value precedes `at`, so a name at `at` is an operator class */
};

/* The position after the quote that closes the one at `at`, in a string or a name; a doubled quote is part of the text.
 * NULL when no quote closes it before `end`. */
const char *expression_after_quote(const char *at, const char *end);

/* Begins at the first parenthesis. For a foreign key, ends after its own columns. */
struct expression_names expression_names_begin(const char *definition);

/* The part of a statistics definition between ON and FROM. */
struct expression_names expression_names_statistics(const char *definition);

/*
 * The next name that can be a column: not a key word, function, type, collation, or part of a string. Words of special
 * syntax other than EXTRACT's may be taken for names. False at the end, or when `name` is too small.
 */
bool expression_names_next(struct expression_names *names, struct buffer *name);

/* The table of a statistics definition; its schema is "public" when the definition does not qualify it. False when the
 * definition names no table. */
bool expression_names_table(const char *definition, struct buffer *schema, struct buffer *table);

#endif
