/* Tells statements of the nodes of a graph, and nodes of their rows. */
#include "provisioning/graph_list.h"

#include "base/json.h"

enum { LIST_MAX = 64 << 20 };

struct buffer graph_list(const struct graph *graph)
{
    struct buffer list = buffer_make(graph->req->arena, LIST_MAX);

    json_open(&list, '[');
    return list;
}

void graph_entry(struct buffer *list, const struct graph_node *node)
{
    json_open(list, '{');
    json_key(list, "place");
    json_int(list, (int64_t)node->place);
    json_key(list, "id");
    json_uuid(list, &node->id);
}

void graph_entry_text(struct buffer *list, const char *name, const char *text)
{
    json_key(list, name);
    json_text(list, text);
}

void graph_entry_target(struct buffer *list, const char *name, const struct graph_target *target)
{
    json_key(list, name);
    json_uuid(list, graph_target_id(target));
}

enum err graph_run(struct graph *graph, const struct statement *statement, struct graph_nodes *nodes,
                   struct buffer *list, const char *second)
{
    const struct param params[] = {param_text((json_close(list, ']'), buffer_string(list))), param_text(second)};
    struct result rows;
    enum err code;

    if (!buffer_string(list))
        return ERR_MEMORY;
    code = db_run(graph->req->db, statement, params, second ? 2 : 1, &rows);
    if (code != OK)
        return code;
    for (int i = 0; i < result_rows(&rows); i++)
        nodes->items[result_int(&rows, i, 0)]->row = result_text(&rows, i, 1);
    return result_keep(&rows, graph->req->arena) ? OK : ERR_MEMORY;
}
