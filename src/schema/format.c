/* The table of line kinds. */
#include "schema/format.h"

const struct schema_section_row schema_sections[SCHEMA_SECTION_COUNT] = {
    [SCHEMA_SECTION_EXTENSIONS] = {"EXTENSIONS", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_ENUMS] = {"ENUM TYPES", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_SEQUENCES] = {"SEQUENCES", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_COLUMNS] = {"COLUMNS (sorted by name; see COLUMN-ORDER for physical order)", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_ORDER] = {"COLUMN ORDER", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_CONSTRAINTS] = {"CONSTRAINTS (PK / FK / UNIQUE / CHECK / EXCLUDE)", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_INDEXES] = {"INDEXES", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_TRIGGERS] = {"TRIGGERS", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_VIEWS] = {"VIEWS", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_COUNTS] = {"ROW COUNTS", SCHEMA_WITH_COUNTS},
    [SCHEMA_SECTION_VERSIONS] = {"ALEMBIC", SCHEMA_ALWAYS},
    [SCHEMA_SECTION_SCHEMAS] = {"SCHEMAS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_DOMAINS] = {"DOMAINS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_COMPOSITES] = {"COMPOSITE TYPES", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_RANGES] = {"RANGE TYPES", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_COLLATIONS] = {"COLLATIONS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_FUNCTIONS] = {"FUNCTIONS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_SEQUENCE_SETTINGS] = {"SEQUENCE SETTINGS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_SEQUENCE_OWNERSHIP] = {"SEQUENCE OWNERSHIP", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_PARTITIONS] = {"PARTITIONS AND INHERITANCE", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_PROPERTIES] = {"PROPERTIES (where not the default)", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_PARAMETERS] = {"STORAGE PARAMETERS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_RULES] = {"RULES", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_FIRING] = {"FIRING OF TRIGGERS AND RULES (where not the default)", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_EVENT_TRIGGERS] = {"EVENT TRIGGERS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_POLICIES] = {"POLICIES", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_FOREIGN] = {"FOREIGN DATA", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_PUBLICATIONS] = {"PUBLICATIONS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_SUBSCRIPTIONS] = {"SUBSCRIPTIONS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_STATISTICS] = {"STATISTICS OBJECTS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_PRIVILEGES] = {"PRIVILEGES (where not the default)", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_COMMENTS] = {"COMMENTS", SCHEMA_WITH_FULL},
    [SCHEMA_SECTION_OTHERS] = {"OTHER OBJECTS", SCHEMA_WITH_FULL},
};

#define FIELDS(...) ((const struct schema_field[]){__VA_ARGS__, {.name = NULL}})
#define KEY(before, name)                                                                                              \
    {                                                                                                                  \
        before, name, SCHEMA_NAME, .key = true                                                                         \
    }
#define KEY_TEXT(before, name, after)                                                                                  \
    {                                                                                                                  \
        before, name, SCHEMA_TEXT, true, false, after                                                                  \
    }
#define NAMED(before, name)                                                                                            \
    {                                                                                                                  \
        before, name, SCHEMA_NAME                                                                                      \
    }
#define TEXT(before, name)                                                                                             \
    {                                                                                                                  \
        before, name, SCHEMA_TEXT                                                                                      \
    }
#define SOME_TEXT(before, name)                                                                                        \
    {                                                                                                                  \
        before, name, SCHEMA_TEXT, .optional = true                                                                    \
    }
#define SOME_ENCLOSED(before, name, after)                                                                             \
    {                                                                                                                  \
        before, name, SCHEMA_TEXT, false, true, after                                                                  \
    }
#define LIST(before, name)                                                                                             \
    {                                                                                                                  \
        before, name, SCHEMA_LIST                                                                                      \
    }
#define SOME_LIST(before, name)                                                                                        \
    {                                                                                                                  \
        before, name, SCHEMA_LIST, .optional = true                                                                    \
    }
#define FLAG(before, name)                                                                                             \
    {                                                                                                                  \
        before, name, SCHEMA_FLAG, .optional = true                                                                    \
    }

/* <what> <schema>.<name> */
#define OBJECT(what) KEY(what " ", "schema"), KEY(".", "name")
#define PART(what) KEY(what " ", "schema"), KEY(".", "relation")

const struct schema_line schema_lines[SCHEMA_KIND_COUNT] = {
    [SCHEMA_EXTENSION] = {"extension", SCHEMA_SECTION_EXTENSIONS, SCHEMA_PARITY,
                          FIELDS(KEY("EXTENSION ", "name"), TEXT(" ", "version"))},
    [SCHEMA_ENUM] = {"enum type", SCHEMA_SECTION_ENUMS, SCHEMA_PARITY, FIELDS(OBJECT("ENUM"), LIST(" = ", "labels"))},
    [SCHEMA_SEQUENCE] = {"sequence", SCHEMA_SECTION_SEQUENCES, SCHEMA_PARITY,
                         FIELDS(OBJECT("SEQUENCE"), TEXT(" ", "type"))},
    [SCHEMA_COLUMN] = {"column", SCHEMA_SECTION_COLUMNS, SCHEMA_PARITY,
                       FIELDS(PART("TABLE"), KEY(" COLUMN ", "name"), TEXT(" ", "type"), FLAG(" NOT NULL", "not null"),
                              SOME_TEXT(" DEFAULT ", "default"), SOME_TEXT(" GENERATED ", "generated"))},
    [SCHEMA_TABLE] = {"table", SCHEMA_SECTION_ORDER, SCHEMA_PARITY_ORDER,
                      FIELDS(OBJECT("TABLE"), LIST(" COLUMN-ORDER ", "column order"))},
    [SCHEMA_CONSTRAINT] = {"constraint", SCHEMA_SECTION_CONSTRAINTS, SCHEMA_PARITY,
                           FIELDS(PART("TABLE"), KEY(" CONSTRAINT ", "name"), TEXT(" ", "definition"))},
    [SCHEMA_INDEX] = {"index", SCHEMA_SECTION_INDEXES, SCHEMA_PARITY,
                      FIELDS(PART("TABLE"), KEY(" INDEX ", "name"), TEXT(" ", "definition"))},
    [SCHEMA_TRIGGER] = {"trigger", SCHEMA_SECTION_TRIGGERS, SCHEMA_PARITY,
                        FIELDS(PART("TABLE"), KEY(" TRIGGER ", "name"), TEXT(" ", "definition"))},
    [SCHEMA_VIEW] = {"view", SCHEMA_SECTION_VIEWS, SCHEMA_PARITY,
                     FIELDS(FLAG("MATERIALIZED ", "materialized"), OBJECT("VIEW"), TEXT(" ", "definition"))},
    [SCHEMA_ROWS] = {"row count", SCHEMA_SECTION_COUNTS, SCHEMA_PARITY_STATE,
                     FIELDS(OBJECT("COUNT"), TEXT(" ", "rows"))},
    [SCHEMA_VERSION] = {"version table", SCHEMA_SECTION_VERSIONS, SCHEMA_PARITY,
                        FIELDS(KEY("", "name"), TEXT(" ", "revision"))},

    [SCHEMA_SCHEMA] = {"schema", SCHEMA_SECTION_SCHEMAS, SCHEMA_PARITY, FIELDS(KEY("SCHEMA ", "name"))},
    [SCHEMA_EXTENSION_SCHEMA] = {"schema of an extension", SCHEMA_SECTION_SCHEMAS, SCHEMA_PARITY,
                                 FIELDS(KEY("EXTENSION ", "name"), NAMED(" IN ", "schema"))},
    [SCHEMA_DOMAIN] = {"domain", SCHEMA_SECTION_DOMAINS, SCHEMA_PARITY,
                       FIELDS(OBJECT("DOMAIN"), TEXT(" AS ", "type"), SOME_TEXT(" COLLATE ", "collation"),
                              FLAG(" NOT NULL", "not null"), SOME_TEXT(" DEFAULT ", "default"))},
    [SCHEMA_DOMAIN_CONSTRAINT] = {"domain constraint", SCHEMA_SECTION_DOMAINS, SCHEMA_PARITY,
                                  FIELDS(KEY("DOMAIN ", "schema"), KEY(".", "domain"), KEY(" CONSTRAINT ", "name"),
                                         TEXT(" ", "definition"))},
    [SCHEMA_COMPOSITE] = {"composite type", SCHEMA_SECTION_COMPOSITES, SCHEMA_PARITY,
                          FIELDS(OBJECT("TYPE"), LIST(" = ", "attribute order"))},
    [SCHEMA_ATTRIBUTE] = {"attribute", SCHEMA_SECTION_COMPOSITES, SCHEMA_PARITY,
                          FIELDS(KEY("TYPE ", "schema"), KEY(".", "composite"), KEY(" ATTRIBUTE ", "name"),
                                 TEXT(" ", "type"), SOME_TEXT(" COLLATE ", "collation"))},
    [SCHEMA_RANGE] = {"range type", SCHEMA_SECTION_RANGES, SCHEMA_PARITY,
                      FIELDS(OBJECT("RANGE"), TEXT(" SUBTYPE ", "subtype"), TEXT(" OPERATOR CLASS ", "operator class"),
                             SOME_TEXT(" COLLATE ", "collation"), SOME_TEXT(" CANONICAL ", "canonical"),
                             SOME_TEXT(" DIFFERENCE ", "difference"), SOME_TEXT(" MULTIRANGE ", "multirange"))},
    [SCHEMA_COLLATION] = {"collation", SCHEMA_SECTION_COLLATIONS, SCHEMA_PARITY,
                          FIELDS(OBJECT("COLLATION"), TEXT(" PROVIDER ", "provider"), TEXT(" LOCALE ", "locale"),
                                 FLAG(" NONDETERMINISTIC", "nondeterministic"), SOME_TEXT(" RULES ", "rules"))},
    [SCHEMA_COLUMN_COLLATION] = {"column collation", SCHEMA_SECTION_COLLATIONS, SCHEMA_PARITY,
                                 FIELDS(PART("TABLE"), KEY(" COLUMN ", "name"), TEXT(" COLLATE ", "collation"))},
    [SCHEMA_FUNCTION] = {"function", SCHEMA_SECTION_FUNCTIONS, SCHEMA_PARITY,
                         FIELDS(OBJECT("FUNCTION"), KEY_TEXT("(", "arguments", ")"), TEXT(" ", "definition"))},
    [SCHEMA_SEQUENCE_SETTING] = {"sequence setting", SCHEMA_SECTION_SEQUENCE_SETTINGS, SCHEMA_PARITY,
                                 FIELDS(OBJECT("SEQUENCE"), TEXT(" START ", "start"), TEXT(" INCREMENT ", "increment"),
                                        TEXT(" MINIMUM ", "minimum"), TEXT(" MAXIMUM ", "maximum"),
                                        TEXT(" CACHE ", "cache"), FLAG(" CYCLE", "cycle"))},
    [SCHEMA_SEQUENCE_OWNERSHIP] = {"sequence ownership", SCHEMA_SECTION_SEQUENCE_OWNERSHIP, SCHEMA_PARITY,
                                   FIELDS(OBJECT("SEQUENCE"), NAMED(" OWNED BY ", "table schema"), NAMED(".", "table"),
                                          NAMED(".", "column"), FLAG(" AS IDENTITY", "identity"))},
    [SCHEMA_PARTITION_KEY] = {"partition key", SCHEMA_SECTION_PARTITIONS, SCHEMA_PARITY,
                              FIELDS(OBJECT("TABLE"), TEXT(" PARTITION BY ", "partition key"))},
    [SCHEMA_PARTITION] = {"partition", SCHEMA_SECTION_PARTITIONS, SCHEMA_PARITY,
                          FIELDS(OBJECT("TABLE"), NAMED(" PARTITION OF ", "parent schema"), NAMED(".", "parent"),
                                 TEXT(" ", "bound"))},
    [SCHEMA_INHERITANCE] = {"inheritance", SCHEMA_SECTION_PARTITIONS, SCHEMA_PARITY,
                            FIELDS(OBJECT("TABLE"), KEY(" INHERITS ", "parent schema"), KEY(".", "parent"),
                                   TEXT(" AS PARENT ", "position"))},
    [SCHEMA_PROPERTY] = {"property", SCHEMA_SECTION_PROPERTIES, SCHEMA_PARITY,
                         FIELDS(PART("RELATION"), KEY(" PROPERTY ", "name"), TEXT(" = ", "value"))},
    [SCHEMA_COLUMN_PROPERTY] = {"column property", SCHEMA_SECTION_PROPERTIES, SCHEMA_PARITY,
                                FIELDS(PART("RELATION"), KEY(" COLUMN ", "column"), KEY(" PROPERTY ", "name"),
                                       TEXT(" = ", "value"))},
    [SCHEMA_PARAMETER] = {"storage parameter", SCHEMA_SECTION_PARAMETERS, SCHEMA_PARITY,
                          FIELDS(PART("RELATION"), KEY(" PARAMETER ", "name"), TEXT(" = ", "value"))},
    [SCHEMA_COLUMN_PARAMETER] = {"column parameter", SCHEMA_SECTION_PARAMETERS, SCHEMA_PARITY,
                                 FIELDS(PART("RELATION"), KEY(" COLUMN ", "column"), KEY(" PARAMETER ", "name"),
                                        TEXT(" = ", "value"))},
    [SCHEMA_RULE] = {"rule", SCHEMA_SECTION_RULES, SCHEMA_PARITY,
                     FIELDS(PART("RELATION"), KEY(" RULE ", "name"), TEXT(" ", "definition"))},
    [SCHEMA_TRIGGER_FIRING] = {"firing of a trigger", SCHEMA_SECTION_FIRING, SCHEMA_PARITY,
                               FIELDS(PART("RELATION"), KEY(" TRIGGER ", "name"), TEXT(" FIRES ", "fires"))},
    [SCHEMA_RULE_FIRING] = {"firing of a rule", SCHEMA_SECTION_FIRING, SCHEMA_PARITY,
                            FIELDS(PART("RELATION"), KEY(" RULE ", "name"), TEXT(" FIRES ", "fires"))},
    [SCHEMA_EVENT_TRIGGER] = {"event trigger", SCHEMA_SECTION_EVENT_TRIGGERS, SCHEMA_PARITY,
                              FIELDS(KEY("EVENT TRIGGER ", "name"), TEXT(" ON ", "event"), SOME_LIST(" TAGS ", "tags"),
                                     TEXT(" EXECUTE ", "function"), SOME_TEXT(" FIRES ", "fires"))},
    [SCHEMA_POLICY] = {"policy", SCHEMA_SECTION_POLICIES, SCHEMA_PARITY,
                       FIELDS(PART("TABLE"), KEY(" POLICY ", "name"), TEXT(" AS ", "mode"), TEXT(" FOR ", "command"),
                              LIST(" TO ", "roles"), SOME_ENCLOSED(" USING (", "using", ")"),
                              SOME_ENCLOSED(" WITH CHECK (", "check", ")"))},
    [SCHEMA_FOREIGN_WRAPPER] = {"foreign data wrapper", SCHEMA_SECTION_FOREIGN, SCHEMA_PARITY,
                                FIELDS(KEY("FOREIGN DATA WRAPPER ", "name"), SOME_TEXT(" HANDLER ", "handler"),
                                       SOME_TEXT(" VALIDATOR ", "validator"), SOME_LIST(" OPTIONS ", "options"))},
    [SCHEMA_FOREIGN_SERVER] = {"foreign server", SCHEMA_SECTION_FOREIGN, SCHEMA_PARITY,
                               FIELDS(KEY("SERVER ", "name"), NAMED(" FOREIGN DATA WRAPPER ", "wrapper"),
                                      SOME_TEXT(" TYPE ", "type"), SOME_TEXT(" VERSION ", "version"),
                                      SOME_LIST(" OPTIONS ", "options"))},
    [SCHEMA_FOREIGN_TABLE] = {"foreign table", SCHEMA_SECTION_FOREIGN, SCHEMA_PARITY_ORDER,
                              FIELDS(OBJECT("FOREIGN TABLE"), NAMED(" SERVER ", "server"),
                                     SOME_LIST(" OPTIONS ", "options"), LIST(" COLUMN-ORDER ", "column order"))},
    [SCHEMA_FOREIGN_COLUMN] = {"foreign column", SCHEMA_SECTION_FOREIGN, SCHEMA_PARITY,
                               FIELDS(PART("FOREIGN TABLE"), KEY(" COLUMN ", "name"), TEXT(" ", "type"),
                                      FLAG(" NOT NULL", "not null"), SOME_TEXT(" DEFAULT ", "default"),
                                      SOME_TEXT(" GENERATED ", "generated"), SOME_LIST(" OPTIONS ", "options"))},
    [SCHEMA_PUBLICATION] = {"publication", SCHEMA_SECTION_PUBLICATIONS, SCHEMA_PARITY,
                            FIELDS(KEY("PUBLICATION ", "name"), LIST(" PUBLISHES ", "publishes"),
                                   FLAG(" OF ALL TABLES", "all tables"), FLAG(" VIA ROOT", "via root"))},
    [SCHEMA_PUBLICATION_TABLE] = {"published table", SCHEMA_SECTION_PUBLICATIONS, SCHEMA_PARITY,
                                  FIELDS(KEY("PUBLICATION ", "publication"), KEY(" TABLE ", "schema"), KEY(".", "name"),
                                         SOME_LIST(" COLUMNS ", "columns"), SOME_TEXT(" WHERE ", "where"))},
    [SCHEMA_PUBLICATION_SCHEMA] = {"published schema", SCHEMA_SECTION_PUBLICATIONS, SCHEMA_PARITY,
                                   FIELDS(KEY("PUBLICATION ", "publication"), KEY(" SCHEMA ", "name"))},
    [SCHEMA_SUBSCRIPTION] = {"subscription", SCHEMA_SECTION_SUBSCRIPTIONS, SCHEMA_PARITY_STATE,
                             FIELDS(KEY("SUBSCRIPTION ", "name"), LIST(" TO ", "publications"),
                                    FLAG(" DISABLED", "disabled"), SOME_LIST(" OPTIONS ", "options"))},
    [SCHEMA_STATISTICS] = {"statistics object", SCHEMA_SECTION_STATISTICS, SCHEMA_PARITY,
                           FIELDS(OBJECT("STATISTICS"), TEXT(" ", "definition"))},
    [SCHEMA_PRIVILEGE] = {"privilege", SCHEMA_SECTION_PRIVILEGES, SCHEMA_PARITY_STATE,
                          FIELDS(KEY_TEXT("GRANT ON ", "type", NULL), KEY_TEXT(" NAMED ", "object", NULL),
                                 KEY_TEXT(" TO ", "role", NULL), LIST(" = ", "privileges"))},
    [SCHEMA_REVOCATION] = {"revoked privilege", SCHEMA_SECTION_PRIVILEGES, SCHEMA_PARITY_STATE,
                           FIELDS(KEY_TEXT("REVOKE ON ", "type", NULL), KEY_TEXT(" NAMED ", "object", NULL),
                                  KEY_TEXT(" FROM ", "role", NULL), LIST(" = ", "privileges"))},
    [SCHEMA_DEFAULT_PRIVILEGE] = {"default privilege", SCHEMA_SECTION_PRIVILEGES, SCHEMA_PARITY_STATE,
                                  FIELDS(KEY_TEXT("DEFAULT OF ", "owner", NULL), KEY_TEXT(" IN ", "schema", NULL),
                                         KEY_TEXT(" ON ", "type", NULL), LIST(" = ", "privileges"))},
    [SCHEMA_COMMENT] = {"comment", SCHEMA_SECTION_COMMENTS, SCHEMA_PARITY,
                        FIELDS(KEY_TEXT("COMMENT ON ", "type", NULL), KEY_TEXT(" NAMED ", "object", NULL),
                               TEXT(" IS ", "comment"))},
    [SCHEMA_OTHER] = {"other object", SCHEMA_SECTION_OTHERS, SCHEMA_PARITY,
                      FIELDS(KEY_TEXT("OBJECT ", "type", NULL), KEY_TEXT(" NAMED ", "object", NULL),
                             TEXT(" AS ", "definition"))},
};
