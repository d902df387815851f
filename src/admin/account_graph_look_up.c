/* Looks up the rows that a graph refers to. */
#include "admin/account_graph_look_up.h"

#include <string.h>
#include <talloc.h>

#include "admin/operation.h"
#include "admin/statements.h"
#include "base/email.h"
#include "base/json.h"

enum { LIST_MAX = 64 << 20 };

/* A reference from one kind of nodes to rows of another kind. */
struct looking {
    enum graph_kind from, to;
    size_t target; /* offset in the node */
};
#define LOOKING(from, to, target)                                                                                      \
    {                                                                                                                  \
        GRAPH_##from, GRAPH_##to, offsetof(struct graph_node, target)                                                  \
    }
static const struct looking lookings[] = {
    LOOKING(IDENTITIES, USERS, user),
    LOOKING(ORGANIZATIONS, USERS, user),
    LOOKING(ORGANIZATION_MEMBERS, USERS, user),
    LOOKING(WORKSPACE_MEMBERS, USERS, user),
    LOOKING(PROJECT_MEMBERS, USERS, user),
    LOOKING(API_KEYS, USERS, user),
    LOOKING(WORKSPACES, ORGANIZATIONS, organization),
    LOOKING(PROJECTS, ORGANIZATIONS, organization),
    LOOKING(ORGANIZATION_MEMBERS, ORGANIZATIONS, organization),
    LOOKING(PROJECTS, WORKSPACES, workspace),
    LOOKING(WORKSPACE_MEMBERS, WORKSPACES, workspace),
    LOOKING(PROJECT_MEMBERS, PROJECTS, project),
    LOOKING(API_KEYS, PROJECTS, project),
};

/* The columns of every statement that looks up. */
enum { FOUND_PLACE, FOUND_ID };

/* Lists the targets of one kind that are rows. */
struct found {
    struct graph_target *target;
    const struct graph_node *node;
    bool there;
};

static size_t count_targets(const struct graph *graph, enum graph_kind to)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof lookings / sizeof *lookings; i++)
        if (lookings[i].to == to)
            count += graph->of[lookings[i].from].count;
    return count;
}

static size_t list_targets(struct graph *graph, enum graph_kind to, struct found *found, struct buffer *list)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof lookings / sizeof *lookings; i++) {
        const struct graph_nodes *nodes = &graph->of[lookings[i].from];
        for (size_t j = 0; lookings[i].to == to && j < nodes->count; j++) {
            struct graph_target *target = (struct graph_target *)((char *)nodes->items[j] + lookings[i].target);
            if (!target->by)
                continue;
            json_open(list, '{');
            json_key(list, "place");
            json_int(list, (int64_t)count);
            json_key(list, target->by);
            if (strcmp(target->by, "id") == 0)
                json_uuid(list, &target->id);
            else if (strcmp(target->by, "email") == 0)
                json_text(list, email_fold(graph->req->arena, target->value));
            else
                json_text(list, target->value);
            json_close(list, '}');
            found[count++] = (struct found){.target = target, .node = nodes->items[j]};
        }
    }
    json_close(list, ']');
    return count;
}

/* Runs the statement over the targets of a kind, and stores the ids of existing rows. NULL `found` without memory. */
static enum err find(struct graph *graph, enum graph_kind to, const struct statement *statement, struct found **all,
                     size_t *count)
{
    struct buffer list = buffer_make(graph->req->arena, LIST_MAX);
    struct found *found = talloc_size(graph->req->arena, (count_targets(graph, to) + 1) * sizeof *found);
    struct result rows;

    *all = found;
    json_open(&list, '[');
    *count = found ? list_targets(graph, to, found, &list) : 0;
    if (!found || !buffer_string(&list))
        return ERR_MEMORY;
    if (*count == 0)
        return OK;
    TRY(db_run(graph->req->db, statement, &(struct param){.value = buffer_string(&list)}, 1, &rows));
    for (int i = 0; i < result_rows(&rows); i++) {
        struct found *one = &found[result_int(&rows, i, FOUND_PLACE)];
        one->there = result_uuid(&rows, i, FOUND_ID, &one->target->id);
    }
    result_clear(&rows);
    return OK;
}

/* Refuses a target without a row. */
static enum err look_up(struct graph *graph, enum graph_kind to, const struct statement *statement)
{
    const struct graph_collection *collection = &graph_collections[to];
    struct found *found;
    size_t count;

    TRY(find(graph, to, statement, &found, &count));
    for (size_t i = 0; i < count; i++)
        if (!found[i].there)
            return operation_refuse_unknown(graph->req, collection->kind, collection->unknown, found[i].target->value,
                                            found[i].node->account);
    return OK;
}

enum err graph_look_up_users(struct graph *graph)
{
    return look_up(graph, GRAPH_USERS, &users_look_up);
}

/* Locks from the outside in. */
static const struct {
    enum graph_kind kind;
    const struct statement *statement;
} places[] = {
    {GRAPH_ORGANIZATIONS, &organizations_look_up},
    {GRAPH_WORKSPACES, &workspaces_look_up},
    {GRAPH_PROJECTS, &projects_look_up},
};

enum err graph_lock_places(struct graph *graph)
{
    struct found *found;
    size_t count;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        TRY(find(graph, places[i].kind, places[i].statement, &found, &count));
    return OK;
}

enum err graph_look_up_places(struct graph *graph)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        TRY(look_up(graph, places[i].kind, places[i].statement));
    return OK;
}
