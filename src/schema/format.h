/* The text format of a dump: one table of its kinds of lines, from which it is written and read. */
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
 * and is sections from then on, in the order of enum schema_section, each of them SCHEMA_FORMAT_HEADING, its title and
 * \n; its lines; and an empty line. A section that was not asked for is missing, one without lines is there. Behind
 * them a dump with --full has SCHEMA_FORMAT_END \n; the reference format has no end of its own.
 *
 * A line is its fields in the order of its row of the table, each of them `before`, the value, `after`. Lines of a
 * section come in the order of the kinds of the table, those of one kind in the order of their key fields, byte by
 * byte; a section's kinds are told apart by trying them in this order. There is one line for each key, except that a
 * version table may have several rows.
 *
 * NAME   A name of only letters, digits, `_`, `$`, `-` and bytes above 0x7f is written as it is; any other one, the
 *        empty one too, in double quotes, with `""` for a quote and the escapes below.
 * LIST   `(`, names as above with `, ` between them, `)`.
 * TEXT   SQL or another text without an end of its own. It is written as it is, unless it has a control character or
 *        begins with a backslash: then a backslash is put before all of it and the escapes below stand in it. It ends
 *        where the line does, or where what must come next begins outside of '...', "..." and parentheses: its own
 *        `after`, or the `before` of a following field, optional ones up to and including the next that is not.
 * FLAG   `before` is there, or the field is missing.
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
    bool key;      /* the object's identity; otherwise a property of it */
    bool optional; /* missing, with `before` and `after`, when the database has none; every FLAG is */
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

/* Whether a difference of this kind is one between the editions (orgd schema parity). */
enum schema_parity {
    SCHEMA_PARITY,       /* it is: the object is part of the schema that both must share */
    SCHEMA_PARITY_ORDER, /* its key is, its property is only the physical order */
    SCHEMA_PARITY_STATE, /* it is not: contents, or how one installation is run */
};

struct schema_line {
    const char *kind; /* "column", "storage parameter": for people and in JSON */
    enum schema_section section;
    enum schema_parity parity;
    const struct schema_field *fields; /* in the order of the line */
};

/* Indexed by enum schema_kind; the kinds of a section follow each other, in the order of the sections. */
extern const struct schema_line schema_lines[SCHEMA_KIND_COUNT];

/* How many version tables a dump tells of, whether they are there or not. */
enum { SCHEMA_VERSION_TABLES = 3 };

/* What stands in place of a version table's revision. */
#define SCHEMA_ABSENT "(absent)"
#define SCHEMA_EMPTY "(empty)"
#define SCHEMA_NULL "(null)"
/* What a revision or a count begins with that the reader of the database has no right to; the reason and `)` follow. */
#define SCHEMA_HIDDEN "(hidden: "
/* The replica identity of a table whose index for it is no more. */
#define SCHEMA_DROPPED_INDEX "a dropped index"

/* One value as the types above say. Neither borrows `text` beyond the call. */
void schema_format_name(struct buffer *out, const char *text, size_t len);
void schema_format_text(struct buffer *out, const char *text, size_t len);

#endif
