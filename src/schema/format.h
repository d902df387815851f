/* The text format of a dump: the table of line kinds that the writer and the reader share. */
#ifndef ORGD_SCHEMA_FORMAT_H
#define ORGD_SCHEMA_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * A dump is UTF-8. It begins with
 *
 *     SCHEMA_FORMAT_RULE \n
 *     SCHEMA_FORMAT_DATABASE <name of the database> \n
 *     SCHEMA_FORMAT_RULE \n
 *     SCHEMA_FORMAT_SERVER <version of the server> \n
 *     \n
 *
 * and continues with sections in the order of enum schema_section. A section is SCHEMA_FORMAT_HEADING, its title and
 * \n; its lines; and an empty line. A section without lines is written; one that was not requested is left out. A dump
 * with --full ends with SCHEMA_FORMAT_END \n; the reference format has no end line.
 *
 * A line consists of the fields of its row of the table, each written as `before`, the value, `after`. The lines of a
 * section are ordered by kind, and within a kind by key fields, byte by byte. A reader tries the kinds of a section in
 * this order. Each key occurs once, except that a version table may have several rows.
 *
 * NAME   A name of letters, digits, `_`, `$`, `-` and bytes above 0x7f is written unchanged. Any other name, also the
 *        empty one, is written in double quotes, with `""` for a quote and the escapes below.
 * LIST   `(`, names as above with `, ` between them, `)`.
 * TEXT   SQL or another text without a delimiter. It is written unchanged, unless it contains a control character or
 *        begins with a backslash: then it is written after a backslash and with the escapes below. It ends at the end
 *        of the line, or where the next delimiter begins outside of '...', "..." and parentheses: its own `after`, or
 *        the `before` of a following field, up to the first field that is not optional.
 * FLAG   `before` when set, otherwise nothing.
 *
 * Escapes: `\\` for a backslash, `\n`, `\t` and `\r`, and `\u00XX` for the other bytes below 0x20 and 0x7f.
 */
#define SCHEMA_FORMAT_RULE "################################################################"
#define SCHEMA_FORMAT_DATABASE "## SCHEMA DUMP — database: "
#define SCHEMA_FORMAT_SERVER "server: "
#define SCHEMA_FORMAT_HEADING "## "
#define SCHEMA_FORMAT_END "## END"

enum schema_field_type { SCHEMA_NAME, SCHEMA_TEXT, SCHEMA_LIST, SCHEMA_FLAG };

struct schema_field {
    const char *before;
    const char *name; /* NULL ends a row's fields */
    enum schema_field_type type;
    bool key;      /* part of the object's identity; otherwise a property */
    bool optional; /* left out, with `before` and `after`, when the value is absent; every FLAG is optional */
    const char *after;
};

enum schema_section {
    /* the reference format */
    SCHEMA_SECTION_EXTENSIONS,
    SCHEMA_SECTION_ENUMS,
    SCHEMA_SECTION_SEQUENCES,
    SCHEMA_SECTION_COLUMNS,
    SCHEMA_SECTION_ORDER,
    SCHEMA_SECTION_CONSTRAINTS,
    SCHEMA_SECTION_INDEXES,
    SCHEMA_SECTION_TRIGGERS,
    SCHEMA_SECTION_VIEWS,
    SCHEMA_SECTION_COUNTS, /* with --counts */
    SCHEMA_SECTION_VERSIONS,
    /* with --full */
    SCHEMA_SECTION_SCHEMAS,
    SCHEMA_SECTION_DOMAINS,
    SCHEMA_SECTION_COMPOSITES,
    SCHEMA_SECTION_RANGES,
    SCHEMA_SECTION_COLLATIONS,
    SCHEMA_SECTION_FUNCTIONS,
    SCHEMA_SECTION_SEQUENCE_SETTINGS,
    SCHEMA_SECTION_SEQUENCE_OWNERSHIP,
    SCHEMA_SECTION_PARTITIONS,
    SCHEMA_SECTION_PROPERTIES,
    SCHEMA_SECTION_PARAMETERS,
    SCHEMA_SECTION_RULES,
    SCHEMA_SECTION_FIRING,
    SCHEMA_SECTION_EVENT_TRIGGERS,
    SCHEMA_SECTION_POLICIES,
    SCHEMA_SECTION_FOREIGN,
    SCHEMA_SECTION_PUBLICATIONS,
    SCHEMA_SECTION_SUBSCRIPTIONS,
    SCHEMA_SECTION_STATISTICS,
    SCHEMA_SECTION_PRIVILEGES,
    SCHEMA_SECTION_COMMENTS,
    SCHEMA_SECTION_OTHERS,
    SCHEMA_SECTION_COUNT
};

/* When a section is written. */
enum schema_section_when { SCHEMA_ALWAYS, SCHEMA_WITH_COUNTS, SCHEMA_WITH_FULL };

struct schema_section_row {
    const char *title;
    enum schema_section_when when;
};

/* Indexed by enum schema_section. */
extern const struct schema_section_row schema_sections[SCHEMA_SECTION_COUNT];

enum schema_kind {
    SCHEMA_EXTENSION,
    SCHEMA_ENUM,
    SCHEMA_SEQUENCE,
    SCHEMA_COLUMN,
    SCHEMA_TABLE, /* a table and the physical order of its columns */
    SCHEMA_CONSTRAINT,
    SCHEMA_INDEX,
    SCHEMA_TRIGGER,
    SCHEMA_VIEW,
    SCHEMA_ROWS,
    SCHEMA_VERSION,
    SCHEMA_SCHEMA,
    SCHEMA_EXTENSION_SCHEMA,
    SCHEMA_DOMAIN,
    SCHEMA_DOMAIN_CONSTRAINT,
    SCHEMA_COMPOSITE,
    SCHEMA_ATTRIBUTE,
    SCHEMA_RANGE,
    SCHEMA_COLLATION,
    SCHEMA_COLUMN_COLLATION,
    SCHEMA_FUNCTION, /* procedures and aggregates too */
    SCHEMA_SEQUENCE_SETTING,
    SCHEMA_SEQUENCE_OWNERSHIP,
    SCHEMA_PARTITION_KEY,
    SCHEMA_PARTITION,
    SCHEMA_INHERITANCE,
    SCHEMA_PROPERTY,
    SCHEMA_COLUMN_PROPERTY,
    SCHEMA_PARAMETER,
    SCHEMA_COLUMN_PARAMETER,
    SCHEMA_RULE,
    SCHEMA_TRIGGER_FIRING,
    SCHEMA_RULE_FIRING,
    SCHEMA_EVENT_TRIGGER,
    SCHEMA_POLICY,
    SCHEMA_FOREIGN_WRAPPER,
    SCHEMA_FOREIGN_SERVER,
    SCHEMA_FOREIGN_TABLE,
    SCHEMA_FOREIGN_COLUMN,
    SCHEMA_PUBLICATION,
    SCHEMA_PUBLICATION_TABLE,
    SCHEMA_PUBLICATION_SCHEMA,
    SCHEMA_SUBSCRIPTION,
    SCHEMA_STATISTICS,
    SCHEMA_PRIVILEGE,
    SCHEMA_REVOCATION,
    SCHEMA_DEFAULT_PRIVILEGE,
    SCHEMA_COMMENT,
    SCHEMA_OTHER,
    SCHEMA_KIND_COUNT
};

/* Whether differences of this kind count in `orgd schema parity`. */
enum schema_parity {
    SCHEMA_PARITY,       /* yes: the object is part of the shared schema */
    SCHEMA_PARITY_ORDER, /* its key does; its property is only the physical order */
    SCHEMA_PARITY_STATE, /* no: data, or the operation of one installation */
};

struct schema_line {
    const char *kind; /* "column", "storage parameter": in text and JSON */
    enum schema_section section;
    enum schema_parity parity;
    const struct schema_field *fields; /* in the order of the line */
};

/* Indexed by enum schema_kind; the kinds of a section follow each other, in the order of the sections. */
extern const struct schema_line schema_lines[SCHEMA_KIND_COUNT];

/* How many version tables a dump lists, present or absent. */
enum { SCHEMA_VERSION_TABLES = 3 };

/* Written in place of a version table's revision. */
#define SCHEMA_ABSENT "(absent)"
#define SCHEMA_EMPTY "(empty)"
#define SCHEMA_NULL "(null)"
/* Begins a revision or a count that the role may not read; the reason and `)` follow. */
#define SCHEMA_HIDDEN "(hidden: "
/* The replica identity of a table whose replica index was dropped. */
#define SCHEMA_DROPPED_INDEX "a dropped index"

/* Writes one value of type NAME or TEXT. */
void schema_format_name(struct buffer *out, const char *text, size_t len);
void schema_format_text(struct buffer *out, const char *text, size_t len);

#endif
