/* Assigns plans to organizations, and keeps their numbers of members. */
#include "enterprise/subscriptions.h"

#include <string.h>
#include <talloc.h>

#include "admin/operation.h"
#include "base/json.h"
#include "enterprise/statements.h"

enum { LIST_MAX = 16 << 20 };

/* The default plan is always valid, whatever its name is. */
static const char *const plans[] = {"cloud_v0_hobby", "cloud_v0_pro", "cloud_v0_business", "cloud_v0_agenta_ai",
                                    "self_hosted_enterprise"};
enum { PLANS = sizeof plans / sizeof *plans };

static bool known(const struct request *req, const char *plan)
{
    for (size_t i = 0; i < PLANS; i++)
        if (strcmp(plans[i], plan) == 0)
            return true;
    return strcmp(plan, config_default_plan(req->config)) == 0;
}

static enum err refuse_plan(struct request *req, const struct graph_node *node)
{
    const char *path = talloc_asprintf(req->arena, "subscriptions.%s.plan", node->key);
    char *reason = talloc_asprintf(req->arena, "'%s' is not a plan; plans are %s", node->plan, plans[0]);

    for (size_t i = 1; reason && i < PLANS; i++)
        reason = talloc_asprintf_append(reason, ", %s", plans[i]);
    return path && reason ? operation_refuse_reference(req, path, reason, node->account) : ERR_MEMORY;
}

enum err subscriptions_choose(struct graph *graph, const json_t *collections, size_t first)
{
    const json_t *named = json_object_get(collections, "subscriptions");
    const struct graph_nodes *nodes = &graph->of[GRAPH_ORGANIZATIONS];

    for (size_t i = first; i < nodes->count; i++) {
        const char *plan = json_string_value(json_object_get(json_object_get(named, nodes->items[i]->key), "plan"));
        nodes->items[i]->plan = plan ? plan : config_default_plan(graph->req->config);
        if (!known(graph->req, nodes->items[i]->plan))
            return refuse_plan(graph->req, nodes->items[i]);
    }
    return OK;
}

static struct buffer list_begin(const struct request *req)
{
    struct buffer list = buffer_make(req->arena, LIST_MAX);

    json_open(&list, '[');
    return list;
}

enum err subscriptions_write(struct graph *graph)
{
    const struct graph_nodes *nodes = &graph->of[GRAPH_ORGANIZATIONS];
    struct buffer list = list_begin(graph->req);

    if (nodes->count == 0)
        return OK;
    for (size_t i = 0; i < nodes->count; i++) {
        JSON_OBJECT(&list, member_uuid("id", &nodes->items[i]->id), member_text("plan", nodes->items[i]->plan));
    }
    json_close(&list, ']');
    return buffer_string(&list) ? DB_RUN(graph->req->db, subscriptions_add, NULL, param_text(buffer_string(&list)))
                                : ERR_MEMORY;
}

enum err subscriptions_count(struct graph *graph)
{
    const struct graph_nodes *made = &graph->of[GRAPH_ORGANIZATIONS], *members = &graph->of[GRAPH_ORGANIZATION_MEMBERS];
    struct buffer organizations = list_begin(graph->req), memberships = list_begin(graph->req);

    if (made->count + members->count == 0)
        return OK;
    for (size_t i = 0; i < made->count; i++)
        json_uuid(&organizations, &made->items[i]->id);
    for (size_t i = 0; i < members->count; i++) {
        json_uuid(&organizations, graph_target_id(&members->items[i]->organization));
        json_uuid(&memberships, &members->items[i]->id);
    }
    json_close(&organizations, ']');
    json_close(&memberships, ']');
    if (!buffer_string(&organizations) || !buffer_string(&memberships))
        return ERR_MEMORY;
    return DB_RUN(graph->req->db, members_count, NULL, param_text(buffer_string(&organizations)),
                  param_text(buffer_string(&memberships)));
}

enum err subscriptions_count_off_users(struct request *req, const char *users)
{
    return DB_RUN(req->db, users_count_off, NULL, param_text(users));
}

enum err subscriptions_count_off_member(struct request *req, const struct uuid *membership)
{
    return DB_RUN(req->db, member_count_off, NULL, param_uuid(membership));
}

void subscription_show(struct buffer *out, const struct graph_node *organization)
{
    JSON_OBJECT(out, member_text("plan", organization->plan), member_bool("active", true));
}
