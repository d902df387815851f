/* Draws tables and foreign keys for Graphviz or Mermaid. */
#include "schema/diagram.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/page.h"
#include "schema/catalog.h"
#include "schema/statements.h"

/* The domain of a table of the product: the first row whose prefix matches its name. */
static const struct {
    const char *beginning;
    const char *domain;
} domains[] = {
    {"alembic_version", "versions"},
    {"user", "people"},
    {"organization_domains", "sign-in of organizations"},
    {"organization_providers", "sign-in of organizations"},
    {"organization", "organizations"},
    {"workspace", "organizations"},
    {"project", "projects"},
    {"api_keys", "keys"},
    {"secrets", "secrets"},
    {"subscriptions", "billing"},
    {"meters", "billing"},
    {"folders", "folders"},
    {"workflow", "workflows"},
    {"testset", "testsets"},
    {"testcase", "testsets"},
    {"quer", "queries"},
    {"environment", "environments"},
    {"evaluat", "evaluations"},
    {"auto_evaluat", "evaluations"},
    {"human_evaluat", "evaluations"},
    {"app_", "applications"},
    {"tool_", "tools"},
    {"webhook", "webhooks"},
    {"spans", "tracing"},
    {"events", "tracing"},
};

/* A table: `count` rows of the result of columns, from row `first`. */
struct table {
    const char *schema;
    const char *name;
    const char *domain;
    int first;
    int count;
};

struct graph {
    struct buffer *out;
    struct result columns;
    struct result references;
    struct table *tables; /* by schema, then name */
    size_t count;
};

static const char *domain_of(const char *schema, const char *name)
{
    for (size_t i = 0; strcmp(schema, "public") == 0 && i < sizeof domains / sizeof *domains; i++) {
        if (strncmp(name, domains[i].beginning, strlen(domains[i].beginning)) == 0)
            return domains[i].domain;
    }
    return schema;
}

/* Compares bytes: the server's order may be that of another encoding. */
static int compare_tables(const void *a, const void *b)
{
    const struct table *left = a, *right = b;
    int order = strcmp(left->schema, right->schema);

    return order != 0 ? order : strcmp(left->name, right->name);
}

static enum err group(struct graph *graph, void *arena, struct error *error)
{
    int rows = result_rows(&graph->columns);

    graph->tables = talloc_zero_array(arena, struct table, (unsigned)rows + 1);
    if (!graph->tables)
        return error_set(error, ERR_MEMORY, "no memory");
    for (int row = 0; row < rows; row++) {
        const char *schema = result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_NSPNAME);
        const char *name = result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_RELNAME);
        struct table *last = graph->count > 0 ? &graph->tables[graph->count - 1] : NULL;

        if (!last || strcmp(last->schema, schema) != 0 || strcmp(last->name, name) != 0) {
            last = &graph->tables[graph->count++];
            *last = (struct table){.schema = schema, .name = name, .domain = domain_of(schema, name), .first = row};
        }
        last->count++;
    }
    if (graph->count > 0)
        qsort(graph->tables, graph->count, sizeof *graph->tables, compare_tables);
    return OK;
}

/* The number of a table, which is its name in the picture; -1 when it is missing. */
static int number_of(const struct graph *graph, const char *schema, const char *name)
{
    size_t low = 0, high = graph->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(graph->tables[middle].schema, schema);

        if (order == 0)
            order = strcmp(graph->tables[middle].name, name);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* Whether the table is the first one of its domain: the group is written there. */
static bool begins_domain(const struct graph *graph, size_t table)
{
    for (size_t i = 0; i < table; i++) {
        if (strcmp(graph->tables[i].domain, graph->tables[table].domain) == 0)
            return false;
    }
    return true;
}

/* Adds text to an HTML label of Graphviz. */
static void add_html(struct buffer *out, const char *text)
{
    for (; *text; text++)
        page_char(out, (unsigned char)*text < 0x20 ? ' ' : *text);
}

/* Adds text between double quotes; neither language can escape a quote there. */
static void add_label(struct buffer *out, const char *text)
{
    buffer_char(out, '"');
    for (; *text; text++)
        buffer_char(out, *text == '"' || *text == '\\' ? '\'' : (unsigned char)*text < 0x20 ? ' ' : *text);
    buffer_char(out, '"');
}

/* Adds a name or type of an attribute in the characters that Mermaid accepts. */
static void add_word(struct buffer *out, const char *text)
{
    bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');

    if (!letter)
        buffer_char(out, 'x');
    for (; *text; text++) {
        bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                     (*text >= '0' && *text <= '9') || strchr("()[]-", *text) != NULL;

        buffer_char(out, plain ? *text : '_');
    }
}

static void write_dot_table(struct graph *graph, size_t number)
{
    const struct table *table = &graph->tables[number];

    buffer_format(graph->out, "    t%zu [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\"><tr><td><b>",
                  number);
    add_html(graph->out, table->name);
    buffer_text(graph->out, "</b></td></tr>");
    for (int row = table->first; row < table->first + table->count; row++) {
        if (!result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_ATTNAME))
            continue;
        buffer_text(graph->out, "<tr><td align=\"left\">");
        add_html(graph->out, result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_ATTNAME));
        buffer_text(graph->out, " <i>");
        add_html(graph->out, result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_TYPE));
        buffer_text(graph->out, result_bool(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_ATTNOTNULL) ? "</i>" : "?</i>");
        buffer_text(graph->out, result_bool(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_PRIMARY_KEY) ? " PK" : "");
        buffer_text(graph->out, result_bool(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_FOREIGN_KEY) ? " FK</td></tr>"
                                                                                                    : "</td></tr>");
    }
    buffer_text(graph->out, "</table>>]\n");
}

static void write_dot(struct graph *graph)
{
    buffer_text(graph->out, "digraph schema {\n  graph [rankdir=LR]\n  node [shape=plaintext]\n");
    for (size_t first = 0; first < graph->count; first++) {
        if (!begins_domain(graph, first))
            continue;
        buffer_format(graph->out, "  subgraph cluster_%zu {\n    label=", first);
        add_label(graph->out, graph->tables[first].domain);
        buffer_char(graph->out, '\n');
        for (size_t i = first; i < graph->count; i++) {
            if (strcmp(graph->tables[i].domain, graph->tables[first].domain) == 0)
                write_dot_table(graph, i);
        }
        buffer_text(graph->out, "  }\n");
    }
}

static void write_dot_reference(struct graph *graph, int row, int from, int to, const char *label)
{
    buffer_format(graph->out, "  t%d -> t%d [label=", from, to);
    add_label(graph->out, label);
    buffer_text(graph->out,
                result_bool(&graph->references, row, SCHEMA_GRAPH_REFERENCES_OPTIONAL) ? ", style=dashed]\n" : "]\n");
}

static void write_mermaid_table(struct graph *graph, size_t number)
{
    const struct table *table = &graph->tables[number];

    buffer_format(graph->out, "  t%zu[", number);
    add_label(graph->out, table->name);
    buffer_text(graph->out, "] {\n");
    for (int row = table->first; row < table->first + table->count; row++) {
        bool primary = result_bool(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_PRIMARY_KEY),
             foreign = result_bool(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_FOREIGN_KEY);

        if (!result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_ATTNAME))
            continue;
        buffer_text(graph->out, "    ");
        add_word(graph->out, result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_TYPE));
        buffer_char(graph->out, ' ');
        add_word(graph->out, result_text(&graph->columns, row, SCHEMA_GRAPH_COLUMNS_ATTNAME));
        buffer_text(graph->out, primary && foreign ? " PK, FK\n" : primary ? " PK\n" : foreign ? " FK\n" : "\n");
    }
    buffer_text(graph->out, "  }\n");
}

static void write_mermaid(struct graph *graph)
{
    buffer_text(graph->out, "erDiagram\n");
    for (size_t first = 0; first < graph->count; first++) {
        if (!begins_domain(graph, first))
            continue;
        buffer_text(graph->out, "  %% ");
        add_word(graph->out, graph->tables[first].domain);
        buffer_char(graph->out, '\n');
        for (size_t i = first; i < graph->count; i++) {
            if (strcmp(graph->tables[i].domain, graph->tables[first].domain) == 0)
                write_mermaid_table(graph, i);
        }
    }
}

static void write_mermaid_reference(struct graph *graph, int row, int from, int to, const char *label)
{
    buffer_format(graph->out, "  t%d %s--%s t%d : ", from,
                  result_bool(&graph->references, row, SCHEMA_GRAPH_REFERENCES_SINGLE) ? "|o" : "}o",
                  result_bool(&graph->references, row, SCHEMA_GRAPH_REFERENCES_OPTIONAL) ? "o|" : "||", to);
    add_label(graph->out, label);
    buffer_char(graph->out, '\n');
}

static void write_references(struct graph *graph, enum schema_diagram_format format, void *arena)
{
    int rows = result_rows(&graph->references);

    for (int row = 0; row < rows; row++) {
        const struct result *references = &graph->references;
        int from = number_of(graph, result_text(references, row, SCHEMA_GRAPH_REFERENCES_NSPNAME),
                             result_text(references, row, SCHEMA_GRAPH_REFERENCES_RELNAME));
        int to = number_of(graph, result_text(references, row, SCHEMA_GRAPH_REFERENCES_TARGET_SCHEMA),
                           result_text(references, row, SCHEMA_GRAPH_REFERENCES_TARGET_TABLE));
        char *label = talloc_asprintf(arena, "%s, %s", result_text(references, row, SCHEMA_GRAPH_REFERENCES_COLUMNS),
                                      result_text(references, row, SCHEMA_GRAPH_REFERENCES_ACTION));

        if (!label)
            graph->out->failed = true;
        else if (from >= 0 && to >= 0)
            (format == SCHEMA_DIAGRAM_DOT ? write_dot_reference : write_mermaid_reference)(graph, row, from, to, label);
    }
}

static enum err draw(struct graph *graph, enum schema_diagram_format format, struct error *error)
{
    void *arena = talloc_new(NULL);
    enum err err = group(graph, arena, error);

    if (!err) {
        (format == SCHEMA_DIAGRAM_DOT ? write_dot : write_mermaid)(graph);
        write_references(graph, format, arena);
        buffer_text(graph->out, format == SCHEMA_DIAGRAM_DOT ? "}\n" : "");
    }
    (void)talloc_free(arena);
    if (!err && graph->out->failed)
        err = error_set(error, ERR_MEMORY, "the picture is larger than %zu MiB, or there is no memory for it",
                        graph->out->max >> 20);
    return err;
}

enum err schema_diagram(struct db *db, enum schema_diagram_format format, struct buffer *out, struct error *error)
{
    struct graph graph = {.out = out};
    enum err err = catalog_begin(db, error);

    if (!err) {
        err = DB_RUN(db, schema_graph_columns, &graph.columns);
        if (!err)
            err = DB_RUN(db, schema_graph_references, &graph.references);
        if (err)
            (void)catalog_failed(db, err, error);
        else
            err = draw(&graph, format, error);
    }
    result_clear(&graph.columns);
    result_clear(&graph.references);
    db_rollback(db); /* nothing was written */
    return err;
}
