/* The names that a definition mentions: of columns, or of a table. */
#ifndef ORGD_SCHEMA_EXPRESSION_NAMES_H
#define ORGD_SCHEMA_EXPRESSION_NAMES_H

#include <stdbool.h>

#include "base/buffer.h"

/* A place in a definition as PostgreSQL words it. Make one with expression_names_begin. */
struct expression_names {
    const char *at, *end;
    bool after_value; /* what comes before `at` has a value: a name there is an operator class */
};

/* Behind the quote that closes the one at `at`; in a string as in a name, two of them are one that belongs to it. NULL:
 * there is none before `end`. */
const char *expression_after_quote(const char *at, const char *end);

/* From the first parenthesis on: of a foreign key up to the end of its own columns. */
struct expression_names expression_names_begin(const char *definition);

/* What a statistics object is on: from its ON to its FROM. */
struct expression_names expression_names_statistics(const char *definition);

/*
 * The next name that may be one of a column: no key word, function, type, collation, or part of a string. What is left
 * over to chance is a word of special syntax other than EXTRACT's. False when there is none, or `name` cannot hold it.
 */
bool expression_names_next(struct expression_names *names, struct buffer *name);

/* The table that a statistics object is on, "public" for what the definition does not qualify. False when it has none.
 */
bool expression_names_table(const char *definition, struct buffer *schema, struct buffer *table);

#endif
