/* Reads a provisioning request into a graph, and resolves its references. */
#include "admin/account_graph.h"

#include <string.h>
#include <talloc.h>

#include "admin/operation.h"
#include "admin/timestamps.h"
#include "base/email.h"
#include "base/json.h"
#include "base/text.h"
#include "tenancy/edition.h"
#include "tenancy/roles.h"

enum { ERRORS_MAX = 32 << 20 };

const struct graph_collection graph_collections[GRAPH_KINDS] = {
    [GRAPH_USERS] = {"users", "users", "User", "user_not_found"},
    [GRAPH_IDENTITIES] = {"user_identities", NULL, NULL, NULL},
    [GRAPH_ORGANIZATIONS] = {"organizations", "organizations", "Organization", "organization_not_found"},
    [GRAPH_WORKSPACES] = {"workspaces", "workspaces", "Workspace", "workspace_not_found"},
    [GRAPH_PROJECTS] = {"projects", "projects", "Project", "project_not_found"},
    [GRAPH_ORGANIZATION_MEMBERS] = {"organization_memberships", NULL, NULL, NULL},
    [GRAPH_WORKSPACE_MEMBERS] = {"workspace_memberships", NULL, NULL, NULL},
    [GRAPH_PROJECT_MEMBERS] = {"project_memberships", NULL, NULL, NULL},
    [GRAPH_API_KEYS] = {"api_keys", NULL, NULL, NULL},
};

/* The references of a kind, in the order in which they are resolved. */
struct reference {
    enum graph_kind from;
    const char *member;
    enum graph_kind to;
    size_t target; /* offset in the node */
};
#define REFERENCE(from, member, to, target)                                                                            \
    {                                                                                                                  \
        GRAPH_##from, member, GRAPH_##to, offsetof(struct graph_node, target)                                          \
    }
static const struct reference references[] = {
    REFERENCE(ORGANIZATIONS, "owner_user_ref", USERS, user),
    REFERENCE(WORKSPACES, "organization_ref", ORGANIZATIONS, organization),
    REFERENCE(PROJECTS, "organization_ref", ORGANIZATIONS, organization),
    REFERENCE(PROJECTS, "workspace_ref", WORKSPACES, workspace),
    REFERENCE(ORGANIZATION_MEMBERS, "organization_ref", ORGANIZATIONS, organization),
    REFERENCE(ORGANIZATION_MEMBERS, "user_ref", USERS, user),
    REFERENCE(WORKSPACE_MEMBERS, "workspace_ref", WORKSPACES, workspace),
    REFERENCE(WORKSPACE_MEMBERS, "user_ref", USERS, user),
    REFERENCE(PROJECT_MEMBERS, "project_ref", PROJECTS, project),
    REFERENCE(PROJECT_MEMBERS, "user_ref", USERS, user),
    REFERENCE(API_KEYS, "user_ref", USERS, user),
    REFERENCE(API_KEYS, "project_ref", PROJECTS, project),
};

static int drop_names(struct graph *graph)
{
    for (size_t i = 0; i < GRAPH_KINDS; i++)
        json_decref(graph->names[i]);
    return 0;
}

struct graph *graph_make(struct request *req, enum graph_users users)
{
    struct graph *graph = talloc_zero(req->arena, struct graph);

    if (graph) {
        graph->req = req;
        graph->users = users;
        graph->errors = buffer_make(req->arena, ERRORS_MAX);
        talloc_set_destructor(graph, drop_names);
        for (size_t i = 0; i < GRAPH_KINDS; i++)
            graph->names[i] = json_object();
    }
    return graph;
}

const struct uuid *graph_target_id(const struct graph_target *target)
{
    return target->node ? &target->node->id : &target->id;
}

void graph_error(struct graph *graph, const char *code, const char *message, const char *const names[3],
                 const char *const values[3])
{
    struct buffer *out = &graph->errors;

    json_open(out, '{');
    JSON_MEMBERS(out, member_text("code", code), member_text("message", message));
    json_key(out, "details");
    json_open(out, '{');
    for (size_t i = 0; i < 3 && names[i]; i++) {
        json_key(out, names[i]);
        json_text(out, values[i]);
    }
    json_close(out, '}');
    json_close(out, '}');
}

/* ---- names ---- */

/* The full name of a key: keys are local to their entry of a batch. */
static const char *name_of(void *arena, const char *account, const char *key)
{
    return account ? talloc_asprintf(arena, "%zu %s %s", strlen(account), account, key) : key;
}

static const struct graph_node *find(const struct graph *graph, enum graph_kind kind, const char *account,
                                     const char *key)
{
    const char *name = name_of(graph->req->arena, account, key);
    const json_t *place = name ? json_object_get(graph->names[kind], name) : NULL;

    return place ? graph->of[kind].items[json_integer_value(place)] : NULL;
}

static enum err remember(struct graph *graph, enum graph_kind kind, const struct graph_node *node)
{
    const char *name = name_of(graph->req->arena, node->account, node->key);

    if (!name || json_object_set_new(graph->names[kind], name, json_integer((json_int_t)node->place)) != 0)
        return ERR_MEMORY;
    return OK;
}

/* ---- references ---- */

static enum err refuse(struct graph *graph, enum graph_kind kind, const struct graph_node *node, const char *member,
                       const char *reason)
{
    const char *path = talloc_asprintf(graph->req->arena, "%s.%s.%s", graph_collections[kind].name, node->key, member);

    return path && reason ? operation_refuse_reference(graph->req, path, reason, node->account) : ERR_MEMORY;
}

static enum err resolve(struct graph *graph, const struct reference *reference, struct graph_node *node)
{
    void *arena = graph->req->arena;
    const char *namespace = graph_collections[reference->to].namespace;
    struct graph_target *target = (struct graph_target *)((char *)node + reference->target);
    const json_t *ref = json_object_get(node->source, reference->member);
    static const char *const ways[] = {"ref", "id", "slug", "email"};
    const char *value = NULL, *way = NULL;

    for (size_t i = 0; !value && i < 4; i++)
        value = json_string_value(json_object_get(ref, way = ways[i]));
    if (!value)
        return OK;
    if (strcmp(way, "ref") == 0) {
        target->node = find(graph, reference->to, node->account, value);
        return target->node
                   ? OK
                   : refuse(graph, reference->from, node, reference->member,
                            talloc_asprintf(arena, "request-local ref '%s' not found in %s", value, namespace));
    }
    if (strcmp(way, "id") == 0 && !uuid_parse(value, &target->id))
        return refuse(graph, reference->from, node, reference->member,
                      talloc_asprintf(arena, "'%s' is not a valid UUID", value));
    if (strcmp(way, "slug") == 0 && reference->to != GRAPH_ORGANIZATIONS)
        return refuse(graph, reference->from, node, reference->member,
                      talloc_asprintf(arena, "slug-based references are not supported for %s", namespace));
    if (strcmp(way, "email") == 0 && reference->to != GRAPH_USERS)
        return refuse(graph, reference->from, node, reference->member, "empty reference");
    target->by = way;
    target->value = value;
    return OK;
}

static enum err resolve_all(struct graph *graph, enum graph_kind kind, struct graph_node *node)
{
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (references[i].from == kind)
            TRY(resolve(graph, &references[i], node));
    return OK;
}

/* ---- nodes ---- */

static enum err read_owner(struct graph *graph, struct graph_node *node)
{
    const struct graph_nodes *users = &graph->of[GRAPH_USERS];
    const char *message;

    if (node->user.node || node->user.by)
        return OK;
    for (size_t i = users->count; i > 0 && users->items[i - 1]->account == node->account; i--)
        node->user.node = users->items[i - 1]; /* the nodes of the entry are the last ones; take the first of them */
    if (node->user.node)
        return OK;
    message = talloc_asprintf(graph->req->arena, "Organization '%s' requires a valid owner user.", node->key);
    return operation_refuse(
        graph->req,
        &(struct refusal){.status = 400, .code = "validation_error", .message = message, .account = node->account});
}

static enum err read_role(struct graph *graph, enum graph_kind kind, struct graph_node *node)
{
    node->role = json_member_text(node->source, "role");
    return role_known(node->role) ? OK
                                  : refuse(graph, kind, node, "role",
                                           talloc_asprintf(graph->req->arena, "'%s' is not a role; roles are %s",
                                                           node->role, roles_listed(graph->req->arena)));
}

static enum err read_user(struct graph *graph, struct graph_node *node)
{
    node->email = email_fold(graph->req->arena, json_member_text(node->source, "email"));
    return node->email ? OK : ERR_MEMORY;
}

static enum err read_key(struct graph *graph, struct graph_node *node)
{
    const char *expires = json_member_text(node->source, "expires_at");

    return !expires || timestamp_valid(expires)
               ? OK
               : refuse(
                     graph, GRAPH_API_KEYS, node, "expires_at",
                     talloc_asprintf(graph->req->arena, "'%s' is not a timestamp like 2027-01-31T12:00:00Z", expires));
}

/* Checks the name of an identity's user. The id of the login is random. */
static enum err read_identity(struct graph *graph, struct graph_node *node)
{
    static const struct reference reference = REFERENCE(IDENTITIES, "user_ref", USERS, user);
    const json_t *user = json_object_get(node->source, "user_ref");
    const char *ref = json_member_text(user, "ref");

    node->id = uuid_v4();
    if (ref)
        node->user.node = find(graph, GRAPH_USERS, node->account, ref);
    return ref || json_member_text(user, "slug") ? OK : resolve(graph, &reference, node);
}

/* Reads the members of a kind other than references. */
static enum err read_node(struct graph *graph, enum graph_kind kind, struct graph_node *node)
{
    switch (kind) {
    case GRAPH_USERS:
        return read_user(graph, node);
    case GRAPH_ORGANIZATIONS:
        return read_owner(graph, node);
    case GRAPH_ORGANIZATION_MEMBERS:
    case GRAPH_WORKSPACE_MEMBERS:
    case GRAPH_PROJECT_MEMBERS:
        return read_role(graph, kind, node);
    case GRAPH_API_KEYS:
        return read_key(graph, node);
    case GRAPH_IDENTITIES:
        return read_identity(graph, node);
    case GRAPH_WORKSPACES:
    case GRAPH_PROJECTS:
    case GRAPH_KINDS:
        break;
    }
    return OK;
}

/* Makes room for more nodes of a kind; the nodes themselves never move. */
static struct graph_node *make_room(struct graph *graph, struct graph_nodes *nodes, size_t more)
{
    struct graph_node *chunk = talloc_size(graph->req->arena, more * sizeof *chunk);

    if (nodes->count + more > nodes->room) {
        size_t room = 2 * (nodes->count + more);
        struct graph_node **items = talloc_realloc_size(graph->req->arena, nodes->items, room * sizeof *items);
        if (!items)
            return NULL;
        nodes->items = items;
        nodes->room = room;
    }
    return chunk;
}

static enum err add_node(struct graph *graph, enum graph_kind kind, struct graph_node *node)
{
    struct graph_nodes *nodes = &graph->of[kind];

    TRY(resolve_all(graph, kind, node));
    TRY(read_node(graph, kind, node));
    nodes->items[nodes->count++] = node;
    return graph_collections[kind].namespace ? remember(graph, kind, node) : OK;
}

static enum err add_collection(struct graph *graph, enum graph_kind kind, const char *account, json_t *collection,
                               const struct graph_options *options)
{
    struct graph_nodes *nodes = &graph->of[kind];
    struct graph_node *node = make_room(graph, nodes, json_object_size(collection));
    const char *key;
    json_t *source;

    if (!node)
        return ERR_MEMORY;
    json_object_foreach(collection, key, source) {
        *node = (struct graph_node){.key = key,
                                    .account = account,
                                    .source = source,
                                    .place = nodes->count,
                                    .id = uuid_v7(),
                                    .returned = options->return_keys,
                                    .default_rows = options->default_rows};
        TRY(add_node(graph, kind, node++));
    }
    return OK;
}

enum err graph_add(struct graph *graph, const char *account, const json_t *collections,
                   const struct graph_options *options)
{
    size_t first;

    for (int kind = 0; kind < GRAPH_KINDS; kind++) {
        json_t *collection = json_object_get(collections, graph_collections[kind].name);
        if (!json_is_object(collection) || json_object_size(collection) == 0 ||
            (kind == GRAPH_IDENTITIES && !options->identities) || (kind == GRAPH_API_KEYS && !options->keys))
            continue;
        first = graph->of[kind].count;
        TRY(add_collection(graph, (enum graph_kind)kind, account, collection, options));
        if (kind == GRAPH_ORGANIZATIONS)
            TRY(EDITION_HOOK(organizations_named, graph, collections, first));
    }
    return OK;
}
