/* Answers with the rows of a written graph. */
#include <talloc.h>

#include "admin/account_graph.h"
#include "base/json.h"
#include "base/text.h"
#include "tenancy/edition.h"

enum { ANSWER_MAX = 64 << 20 };

static void add_key(struct buffer *out, const struct graph_node *node)
{
    const json_t *expires = json_object_get(node->source, "expires_at");
    struct buffer row = buffer_make(out->arena, 2000);

    /* the row, with members that only this answer has */
    buffer_text(&row, node->row);
    if (row.len == 0 || row.failed) {
        out->failed = true;
        return;
    }
    row.len--;
    row.data[row.len] = '\0';
    if (json_is_string(expires)) {
        json_key(&row, "expires_at");
        json_text(&row, json_string_value(expires));
    }
    if (node->returned) {
        JSON_MEMBERS(&row, member_bool("returned_once", true), member_text("value", node->raw));
    }
    json_close(&row, '}');
    json_raw_compact(out, buffer_string(&row));
}

static void add_row(struct buffer *out, enum graph_kind kind, const struct graph_node *node)
{
    if (kind == GRAPH_API_KEYS)
        add_key(out, node);
    else
        json_raw_compact(out, node->row);
}

/* Writes the structured errors, if there are any. */
static enum err finish(struct graph *graph, struct buffer *out)
{
    if (graph->errors.len > 0) {
        json_key(out, "errors");
        json_open(out, '[');
        json_raw(out, buffer_string(&graph->errors));
        json_close(out, ']');
    }
    json_close(out, '}');
    return graph->errors.failed ? ERR_MEMORY : reply_buffer(graph->req, 200, out);
}

/* Writes the plans of organizations, if the edition has plans. */
static void add_plans(struct buffer *out, struct graph_node *const *items, size_t count)
{
    if (count == 0 || !items[0]->plan)
        return;
    json_key(out, "subscriptions");
    json_open(out, '{');
    for (size_t i = 0; i < count; i++) {
        json_key(out, items[i]->key);
        edition_now()->account_hooks->write_subscription(out, items[i]);
    }
    json_close(out, '}');
}

enum err graph_answer(struct graph *graph)
{
    struct buffer out = buffer_make(graph->req->arena, ANSWER_MAX);

    json_open(&out, '{');
    json_key(&out, "accounts");
    json_open(&out, '[');
    json_open(&out, '{');
    for (int kind = 0; kind < GRAPH_KINDS; kind++) {
        const struct graph_nodes *nodes = &graph->of[kind], *organizations = &graph->of[GRAPH_ORGANIZATIONS];
        if (kind == GRAPH_API_KEYS)
            add_plans(&out, organizations->items, organizations->count);
        if (kind == GRAPH_API_KEYS && nodes->count == 0)
            continue;
        json_key(&out, graph_collections[kind].name);
        json_open(&out, '{');
        for (size_t i = 0; i < nodes->count; i++)
            if (nodes->items[i]->row) {
                json_key(&out, nodes->items[i]->key);
                add_row(&out, (enum graph_kind)kind, nodes->items[i]);
            }
        json_close(&out, '}');
    }
    json_close(&out, '}');
    json_close(&out, ']');
    return finish(graph, &out);
}

/* How a kind is shown in an entry of a batch. */
enum simple_shape { SIMPLE_ONE, SIMPLE_MAP, SIMPLE_LIST, SIMPLE_KEYS };
static const struct {
    const char *name;
    enum simple_shape shape;
} simple[GRAPH_KINDS] = {
    [GRAPH_USERS] = {"user", SIMPLE_ONE},
    [GRAPH_IDENTITIES] = {"user_identities", SIMPLE_LIST},
    [GRAPH_ORGANIZATIONS] = {"organizations", SIMPLE_MAP},
    [GRAPH_WORKSPACES] = {"workspaces", SIMPLE_MAP},
    [GRAPH_PROJECTS] = {"projects", SIMPLE_MAP},
    [GRAPH_ORGANIZATION_MEMBERS] = {"organization_memberships", SIMPLE_LIST},
    [GRAPH_WORKSPACE_MEMBERS] = {"workspace_memberships", SIMPLE_LIST},
    [GRAPH_PROJECT_MEMBERS] = {"project_memberships", SIMPLE_LIST},
    [GRAPH_API_KEYS] = {"api_keys", SIMPLE_KEYS},
};

static bool shown(enum graph_kind kind, const struct graph_node *node)
{
    return node->row && (kind != GRAPH_API_KEYS || node->returned);
}

static void add_simple(struct buffer *out, enum graph_kind kind, struct graph_node *const *items, size_t count)
{
    enum simple_shape shape = simple[kind].shape;
    bool begun = false;

    for (size_t i = 0; i < count; i++) {
        if (!shown(kind, items[i]))
            continue;
        if (!begun) {
            json_key(out, simple[kind].name);
            if (shape != SIMPLE_ONE)
                json_open(out, shape == SIMPLE_LIST ? '[' : '{');
        }
        begun = true;
        if (shape == SIMPLE_MAP || shape == SIMPLE_KEYS)
            json_key(out, items[i]->key);
        if (shape == SIMPLE_KEYS)
            json_text(out, items[i]->raw);
        else
            add_row(out, kind, items[i]);
    }
    if (begun && shape != SIMPLE_ONE)
        json_close(out, shape == SIMPLE_LIST ? ']' : '}');
}

enum err graph_answer_simple(struct graph *graph)
{
    struct buffer out = buffer_make(graph->req->arena, ANSWER_MAX);
    const struct graph_nodes *users = &graph->of[GRAPH_USERS]; /* one for each entry */
    size_t at[GRAPH_KINDS] = {0}, first[GRAPH_KINDS];

    json_open(&out, '{');
    json_key(&out, "accounts");
    json_open(&out, '{');
    for (size_t i = 0; i < users->count; i++) {
        const char *account = users->items[i]->account;
        json_key(&out, account);
        json_open(&out, '{');
        for (int kind = 0; kind < GRAPH_KINDS; kind++) {
            const struct graph_nodes *nodes = &graph->of[kind];
            first[kind] = at[kind];
            while (at[kind] < nodes->count && nodes->items[at[kind]]->account == account)
                at[kind]++;
            if (kind == GRAPH_API_KEYS)
                add_plans(&out, graph->of[GRAPH_ORGANIZATIONS].items + first[GRAPH_ORGANIZATIONS],
                          at[GRAPH_ORGANIZATIONS] - first[GRAPH_ORGANIZATIONS]);
            add_simple(&out, (enum graph_kind)kind, nodes->items + first[kind], at[kind] - first[kind]);
        }
        json_close(&out, '}');
    }
    json_close(&out, '}');
    return finish(graph, &out);
}
