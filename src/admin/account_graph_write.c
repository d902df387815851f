/* Writes a graph kind by kind, with one or two statements each. */
#include <string.h>
#include <talloc.h>

#include "account/api_keys.h"
#include "admin/account_graph.h"
#include "admin/account_graph_logins.h"
#include "admin/account_graph_look_up.h"
#include "admin/operation.h"
#include "admin/statements.h"
#include "base/email.h"
#include "base/json.h"
#include "base/text.h"
#include "tenancy/default_rows.h"
#include "tenancy/edition.h"
#include "tenancy/organizations.h"

enum { LIST_MAX = 64 << 20 };

/* ---- parameters of statements ---- */

static struct buffer list_begin(const struct graph *graph)
{
    struct buffer list = buffer_make(graph->req->arena, LIST_MAX);

    json_open(&list, '[');
    return list;
}

static void entry_begin(struct buffer *list, const struct graph_node *node)
{
    json_open(list, '{');
    JSON_MEMBERS(list, member_int("place", (int64_t)node->place), member_uuid("id", &node->id));
}

static void add_text(struct buffer *list, const char *name, const char *text)
{
    json_key(list, name);
    json_text(list, text);
}

static void add_target(struct buffer *list, const char *name, const struct graph_target *target)
{
    json_key(list, name);
    json_uuid(list, graph_target_id(target));
}

/* A name in its stored form: trimmed, NULL when empty. */
static const char *trimmed(const struct graph *graph, const struct graph_node *node, const char *member)
{
    const char *text = text_trim(graph->req->arena, json_member_text(node->source, member));

    return text && *text ? text : NULL;
}

/* Runs a statement over the list. Each row has the index of a node and its JSON for the answer. */
static enum err run_rows(struct graph *graph, const struct statement *statement, struct graph_nodes *nodes,
                         struct buffer *list, const char *second)
{
    const struct param params[] = {param_text((json_close(list, ']'), buffer_string(list))), param_text(second)};
    struct result rows;

    if (!buffer_string(list))
        return ERR_MEMORY;
    TRY(db_run(graph->req->db, statement, params, second ? 2 : 1, &rows));
    for (int i = 0; i < result_rows(&rows); i++)
        nodes->items[result_int(&rows, i, USERS_READ_PLACE)]->row = result_text(&rows, i, USERS_READ_ID);
    return result_keep(&rows, graph->req->arena) ? OK : ERR_MEMORY;
}

/* The first node without a row, or NULL. */
static const struct graph_node *missing(const struct graph_nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++)
        if (!nodes->items[i]->row)
            return nodes->items[i];
    return NULL;
}

/* ---- users ---- */

/* The user name, else the name, else the local part of the address. */
static const char *username_of(const struct graph *graph, const struct graph_node *node)
{
    const char *name = trimmed(graph, node, "username");

    if (!name)
        name = trimmed(graph, node, "name");
    return name ? name : talloc_strndup(graph->req->arena, node->email, strcspn(node->email, "@"));
}

static enum err make_users(struct graph *graph)
{
    const struct graph_nodes *nodes = &graph->of[GRAPH_USERS];
    struct buffer list = list_begin(graph);

    for (size_t i = 0; i < nodes->count; i++) {
        struct uuid uid = uuid_v4();
        entry_begin(&list, nodes->items[i]);
        json_key(&list, "uid");
        json_uuid(&list, &uid);
        add_text(&list, "email", nodes->items[i]->email);
        add_text(&list, "username", username_of(graph, nodes->items[i]));
        json_close(&list, '}');
    }
    json_close(&list, ']');
    return buffer_string(&list) ? DB_RUN(graph->req->db, users_add, NULL, param_text(buffer_string(&list)))
                                : ERR_MEMORY;
}

static enum err read_users(struct graph *graph)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_USERS];
    struct buffer list = list_begin(graph);
    struct result rows;

    for (size_t i = 0; i < nodes->count; i++) {
        entry_begin(&list, nodes->items[i]);
        add_text(&list, "email", nodes->items[i]->email);
        json_close(&list, '}');
    }
    json_close(&list, ']');
    if (!buffer_string(&list))
        return ERR_MEMORY;
    TRY(DB_RUN(graph->req->db, users_read, &rows, param_text(buffer_string(&list))));
    for (int i = 0; i < result_rows(&rows); i++) {
        struct graph_node *node = nodes->items[result_int(&rows, i, USERS_READ_PLACE)];
        struct uuid made = node->id;
        (void)result_uuid(&rows, i, USERS_READ_ID, &node->id);
        node->existed = !uuid_equal(&made, &node->id);
        node->row = result_text(&rows, i, USERS_READ_JSON);
    }
    return result_keep(&rows, graph->req->arena) ? OK : ERR_MEMORY;
}

static enum err refuse_existing(struct graph *graph, const struct graph_node *node)
{
    return operation_refuse(
        graph->req, &(struct refusal){.status = 409,
                                      .code = "user_already_exists",
                                      .message = talloc_asprintf(graph->req->arena,
                                                                 "User with email '%s' already exists.", node->email),
                                      .names = {"email"},
                                      .values = {node->email},
                                      .account = node->account});
}

static enum err write_users(struct graph *graph)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_USERS];

    if (nodes->count == 0)
        return OK;
    if (graph->users != GRAPH_USERS_KNOWN)
        TRY(make_users(graph));
    TRY(read_users(graph));
    for (size_t i = 0; i < nodes->count; i++) {
        const struct graph_node *node = nodes->items[i];
        if (node->existed && graph->users == GRAPH_USERS_NEW)
            TRY(refuse_existing(graph, node));
        else if (!node->row)
            TRY(operation_refuse_unknown(graph->req, "User", "user_not_found", json_member_text(node->source, "email"),
                                         node->account));
    }
    return OK;
}

/* ---- organizations, workspaces, projects ---- */

static enum err write_organizations(struct graph *graph)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_ORGANIZATIONS];
    struct buffer list = list_begin(graph);
    const struct graph_node *without;
    const char *slug;

    if (nodes->count == 0)
        return OK;
    for (size_t i = 0; i < nodes->count; i++) {
        const struct graph_node *node = nodes->items[i];
        const char *name = trimmed(graph, node, "name");
        entry_begin(&list, node);
        add_text(&list, "name", name ? name : node->key);
        add_text(&list, "slug", trimmed(graph, node, "slug"));
        add_target(&list, "owner", &node->user);
        json_close(&list, '}');
    }
    TRY(run_rows(graph, &organizations_add, nodes, &list, organization_flags(graph->req->arena, graph->req->config)));
    without = missing(nodes);
    if (!without)
        return OK;
    slug = trimmed(graph, without, "slug");
    if (!slug) /* a slug from a unique id */
        return ERR_INTERNAL;
    return operation_refuse(
        graph->req, &(struct refusal){.status = 409,
                                      .code = "organization_already_exists",
                                      .message = talloc_asprintf(graph->req->arena,
                                                                 "Organization with slug '%s' already exists.", slug),
                                      .names = {"slug"},
                                      .values = {slug},
                                      .account = without->account});
}

static enum err write_workspaces(struct graph *graph)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_WORKSPACES];
    struct buffer list = list_begin(graph);

    if (nodes->count == 0)
        return OK;
    for (size_t i = 0; i < nodes->count; i++) {
        const char *name = trimmed(graph, nodes->items[i], "name");
        entry_begin(&list, nodes->items[i]);
        add_text(&list, "name", name ? name : "Default");
        add_target(&list, "organization", &nodes->items[i]->organization);
        json_close(&list, '}');
    }
    return run_rows(graph, &workspaces_add, nodes, &list, NULL);
}

static bool is_default(const struct graph_node *node)
{
    return json_bool_read(json_object_get(node->source, "is_default"), false);
}

/* A new default project replaces the default of an existing workspace. */
static enum err make_way(struct graph *graph, const struct graph_nodes *projects)
{
    struct buffer list = list_begin(graph);
    bool any = false;

    for (size_t i = 0; i < projects->count; i++)
        if (is_default(projects->items[i]) && !projects->items[i]->workspace.node) {
            json_uuid(&list, &projects->items[i]->workspace.id);
            any = true;
        }
    json_close(&list, ']');
    if (!buffer_string(&list))
        return ERR_MEMORY;
    return any ? DB_RUN(graph->req->db, projects_undefault, NULL, param_text(buffer_string(&list))) : OK;
}

static enum err write_projects(struct graph *graph)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_PROJECTS];
    struct buffer list = list_begin(graph);
    const struct graph_node *without;

    TRY(make_way(graph, nodes));
    if (nodes->count == 0)
        return OK;
    for (size_t i = 0; i < nodes->count; i++) {
        const struct graph_node *node = nodes->items[i];
        const char *name = trimmed(graph, node, "name");
        entry_begin(&list, node);
        add_text(&list, "name", name ? name : "Default");
        json_key(&list, "is_default");
        json_bool(&list, is_default(node));
        add_target(&list, "organization", &node->organization);
        add_target(&list, "workspace", &node->workspace);
        json_close(&list, '}');
    }
    TRY(run_rows(graph, &projects_add, nodes, &list, NULL));
    without = missing(nodes);
    if (!without)
        return OK;
    return operation_refuse_reference(graph->req,
                                      talloc_asprintf(graph->req->arena, "projects.%s.workspace_ref", without->key),
                                      "the workspace belongs to another organization", without->account);
}

/*
 * The creator of the rows is the first user of the request or, in a batch, of the entry. Without a user no rows are
 * added.
 */
static enum err write_default_rows(struct graph *graph)
{
    const struct graph_nodes *projects = &graph->of[GRAPH_PROJECTS], *users = &graph->of[GRAPH_USERS];
    struct default_rows *rows =
        talloc_zero_size(graph->req->arena, (projects->count + 1) * sizeof(struct default_rows));
    size_t user = 0, count = 0;

    for (size_t i = 0; rows && i < projects->count; i++) {
        const struct graph_node *project = projects->items[i];
        size_t at = user; /* both are in the order of the request */

        while (at < users->count && users->items[at]->account != project->account)
            at++;
        if (at == users->count || !project->default_rows)
            continue;
        user = at;
        rows[count++] = (struct default_rows){.project = project->id, .user = users->items[at]->id};
    }
    return rows ? default_rows_add(graph->req->db, graph->req->arena, graph->req->config, rows, count) : ERR_MEMORY;
}

/* ---- members ---- */

/* The statements of a scope, and the offset of the scope in its nodes. */
struct membership {
    enum graph_kind kind;
    size_t scope; /* offset in the node */
    const struct statement *add, *change;
};
static const struct membership memberships[] = {
    {GRAPH_ORGANIZATION_MEMBERS, offsetof(struct graph_node, organization), &organization_members_add,
     &organization_members_change},
    {GRAPH_WORKSPACE_MEMBERS, offsetof(struct graph_node, workspace), &workspace_members_add,
     &workspace_members_change},
    {GRAPH_PROJECT_MEMBERS, offsetof(struct graph_node, project), &project_members_add, &project_members_change},
};

/* Lists the nodes without a row; false when there are none. */
static bool list_members(const struct graph_nodes *nodes, const struct membership *membership, struct buffer *list)
{
    bool any = false;

    for (size_t i = 0; i < nodes->count; i++) {
        const struct graph_node *node = nodes->items[i];
        if (node->row)
            continue;
        any = true;
        entry_begin(list, node);
        add_target(list, "scope", (const struct graph_target *)((const char *)node + membership->scope));
        add_target(list, "user_id", &node->user);
        add_text(list, "role", node->role);
        json_close(list, '}');
    }
    return any;
}

/* Existing members get the requested role. */
static enum err write_members(struct graph *graph, const struct membership *membership)
{
    struct graph_nodes *nodes = &graph->of[membership->kind];
    struct buffer fresh = list_begin(graph), known = list_begin(graph);

    if (list_members(nodes, membership, &fresh))
        TRY(run_rows(graph, membership->add, nodes, &fresh, NULL));
    if (list_members(nodes, membership, &known))
        TRY(run_rows(graph, membership->change, nodes, &known, NULL));
    return missing(nodes) ? ERR_BUSY : OK; /* the member was removed meanwhile */
}

static bool same_owner(const struct graph_node *node)
{
    const struct graph_node *organization = node->organization.node;

    return organization && uuid_equal(graph_target_id(&organization->user), graph_target_id(&node->user));
}

/* The owner of a new organization is the user whose membership in the request has the role owner. */
static enum err name_owners(struct graph *graph)
{
    const struct graph_nodes *nodes = &graph->of[GRAPH_ORGANIZATION_MEMBERS];

    for (size_t i = 0; i < nodes->count; i++) {
        const struct graph_node *organization = nodes->items[i]->organization.node;
        if (organization && strcmp(nodes->items[i]->role, "owner") == 0)
            graph->of[GRAPH_ORGANIZATIONS].items[organization->place]->user = nodes->items[i]->user;
    }
    return OK;
}

/* Transfers the organization, with its workspaces and projects, to a new owner. */
static enum err hand_over(struct graph *graph)
{
    const struct graph_nodes *nodes = &graph->of[GRAPH_ORGANIZATION_MEMBERS];
    json_t *taken = json_object(); /* organizations with an owner in this request */
    enum err err = taken ? OK : ERR_MEMORY;

    for (size_t i = 0; !err && i < nodes->count; i++) {
        const struct graph_node *node = nodes->items[i];
        const struct uuid *organization = graph_target_id(&node->organization);
        char text[UUID_TEXT_SIZE];
        if (strcmp(node->role, "owner") != 0)
            continue;
        if (json_object_get(taken, uuid_format(organization, text)))
            err = operation_refuse_reference(
                graph->req, talloc_asprintf(graph->req->arena, "organization_memberships.%s.role", node->key),
                "the organization gets another owner in this request", node->account);
        else if (json_object_set_new(taken, text, json_true()) != 0)
            err = ERR_MEMORY;
        else if (!same_owner(node))
            err = DB_RUN(graph->req->db, organization_hand_over, NULL, param_uuid(organization),
                         param_uuid(graph_target_id(&node->user)));
    }
    json_decref(taken);
    return err;
}

/* Refuses a role other than owner for the owner. */
static enum err check_owners(struct graph *graph)
{
    const struct graph_nodes *nodes = &graph->of[GRAPH_ORGANIZATION_MEMBERS];
    struct buffer list = list_begin(graph);
    struct result row;
    struct uuid id;
    bool any = false, broken;

    for (size_t i = 0; i < nodes->count; i++)
        if (strcmp(nodes->items[i]->role, "owner") != 0) {
            json_uuid(&list, graph_target_id(&nodes->items[i]->organization));
            any = true;
        }
    json_close(&list, ']');
    if (!any || !buffer_string(&list))
        return any ? ERR_MEMORY : OK;
    TRY(DB_RUN(graph->req->db, owner_without_role, &row, param_text(buffer_string(&list))));
    broken = result_rows(&row) > 0 && result_uuid(&row, 0, OWNER_WITHOUT_ROLE_ID, &id);
    result_clear(&row);
    for (size_t i = 0; broken && i < nodes->count; i++)
        if (uuid_equal(graph_target_id(&nodes->items[i]->organization), &id) &&
            strcmp(nodes->items[i]->role, "owner") != 0)
            return operation_refuse_reference(
                graph->req,
                talloc_asprintf(graph->req->arena, "organization_memberships.%s.role", nodes->items[i]->key),
                "the organization would be left without an owner; hand it over first", nodes->items[i]->account);
    return OK;
}

static void list_ids(const struct graph_nodes *nodes, struct buffer *list)
{
    for (size_t i = 0; i < nodes->count; i++)
        json_uuid(list, &nodes->items[i]->id);
    json_close(list, ']');
}

static enum err complete_owners(struct graph *graph)
{
    struct buffer lists[3];

    for (int i = 0; i < 3; i++) {
        lists[i] = list_begin(graph);
        list_ids(&graph->of[GRAPH_ORGANIZATIONS + i], &lists[i]);
        if (!buffer_string(&lists[i]))
            return ERR_MEMORY;
    }
    if (graph->of[GRAPH_ORGANIZATIONS].count + graph->of[GRAPH_WORKSPACES].count + graph->of[GRAPH_PROJECTS].count == 0)
        return OK;
    return DB_RUN(graph->req->db, owners_complete, NULL, param_text(buffer_string(&lists[0])),
                  param_text(buffer_string(&lists[1])), param_text(buffer_string(&lists[2])));
}

/* ---- keys ---- */

static enum err write_keys(struct graph *graph)
{
    struct graph_nodes *nodes = &graph->of[GRAPH_API_KEYS];
    struct buffer list = list_begin(graph);

    if (nodes->count == 0)
        return OK;
    for (size_t i = 0; i < nodes->count; i++) {
        struct graph_node *node = nodes->items[i];
        struct api_key key = api_key_make();
        node->raw = talloc_strdup(graph->req->arena, key.raw);
        if (!node->raw)
            return ERR_MEMORY;
        entry_begin(&list, node);
        add_text(&list, "prefix", key.prefix);
        add_text(&list, "hashed", key.hashed);
        add_target(&list, "project", &node->project);
        add_target(&list, "user_id", &node->user);
        add_text(&list, "expires_at", json_member_text(node->source, "expires_at"));
        json_key(&list, "restricted");
        json_bool(&list, json_bool_read(json_object_get(node->source, "restricted"), false));
        json_close(&list, '}');
    }
    return run_rows(graph, &keys_add, nodes, &list, NULL);
}

/* ---- the whole graph ---- */

static enum err write_all_members(struct graph *graph)
{
    TRY(hand_over(graph));
    for (size_t i = 0; i < sizeof memberships / sizeof *memberships; i++)
        TRY(write_members(graph, &memberships[i]));
    return OK;
}

static enum err edition_organizations_written(struct graph *graph)
{
    return EDITION_HOOK(organizations_written, graph);
}

static enum err edition_members_written(struct graph *graph)
{
    return EDITION_HOOK(members_written, graph);
}

enum err graph_write(struct graph *graph)
{
    static enum err (*const steps[])(struct graph * graph) = {
        graph_lock_places,
        write_users,
        graph_look_up_users,
        graph_write_logins,
        name_owners,
        write_organizations,
        edition_organizations_written,
        graph_look_up_places,
        write_workspaces,
        write_projects,
        write_default_rows,
        write_all_members,
        check_owners,
        complete_owners,
        edition_members_written,
        write_keys,
    };

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        TRY(steps[i](graph));
    return OK;
}
