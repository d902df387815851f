/* Builds the graph of each creating endpoint. */
#include "admin/create_accounts.h"

#include <string.h>
#include <talloc.h>

#include "admin/account_graph.h"
#include "admin/account_graph_logins.h"
#include "admin/operation.h"
#include "admin/statements.h"
#include "base/email.h"
#include "base/json.h"
#include "base/text.h"

/* ---- parts of graph requests ---- */

static bool option(const json_t *options, const char *name, bool absent)
{
    return json_bool_read(json_object_get(options, name), absent);
}

/* Reads `options` of a body; an explicit null for seeding means no. */
static bool seeds(const json_t *options)
{
    const json_t *seed = json_object_get(options, "seed_defaults");

    return seed ? json_bool_read(seed, false) : true;
}

static const char *text_of(struct request *req, const json_t *object, const char *name)
{
    const char *text = text_trim(req->arena, json_member_text(object, name));

    return text && *text ? text : NULL;
}

/* The default name of an organization, from its owner. */
static const char *default_organization(struct request *req, const json_t *user)
{
    const char *label = text_of(req, user, "name");
    const char *email;

    if (!label)
        label = text_of(req, user, "username");
    if (!label) {
        email = email_fold(req->arena, json_member_text(user, "email"));
        label = email ? talloc_strndup(req->arena, email, strcspn(email, "@")) : NULL;
    }
    return label ? talloc_asprintf(req->arena, "%s's Organization", label) : NULL;
}

/* A copy of the given object, or one with the default name; `more` replaces its members. */
static json_t *place(struct request *req, const json_t *given, const char *name, json_t *more)
{
    json_t *made = json_is_object(given) ? json_copy((json_t *)given) : json_object();

    if (!text_of(req, made, "name") && json_object_set_new(made, "name", json_string(name)) != 0) {
        json_decref(made);
        made = NULL;
    }
    if (made && more)
        (void)json_object_update(made, more);
    json_decref(more);
    return made;
}

/* Whether an entry names another user as the owner of the organization. */
static bool is_of_another(struct request *req, const json_t *entry, const json_t *user, const char *user_key)
{
    const json_t *owner = json_object_get(json_object_get(entry, "organization"), "owner_user_ref");
    const char *ref = json_member_text(owner, "ref");
    const char *email = email_fold(req->arena, json_member_text(owner, "email"));
    const char *own = email_fold(req->arena, json_member_text(user, "email"));

    return json_is_object(owner) && !(ref && strcmp(ref, user_key) == 0) && !(email && own && strcmp(email, own) == 0);
}

/* {"<scope>_ref": {"ref": <scope>}, "user_ref": {"ref": <user_key>}, "role": <role>} */
static json_t *member_of(const char *scope, const char *ref, const char *user_key, const char *role)
{
    return json_pack("{s:{s:s}, s:{s:s}, s:s}", scope, "ref", ref, "user_ref", "ref", user_key, "role", role);
}

/* Turns a list into an object with the keys `prefix`0, `prefix`1 and so on. */
static json_t *numbered(struct request *req, const json_t *list, const char *prefix)
{
    json_t *made = json_object();

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *key = talloc_asprintf(req->arena, "%s%zu", prefix, i);
        if (!key || json_object_set(made, key, json_array_get(list, i)) != 0) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

/* The identities of an entry; they belong to its user unless they name another one. */
static json_t *identities(struct request *req, const json_t *entry, const char *user_key)
{
    json_t *made = numbered(req, json_object_get(entry, "user_identities"), "identity_");
    const char *key;
    json_t *identity;

    json_object_foreach(made, key, identity)
        if (!json_is_object(json_object_get(identity, "user_ref")) &&
            json_object_set_new(identity, "user_ref", json_pack("{s:s}", "ref", user_key)) != 0) {
            json_decref(made);
            return NULL;
        }
    return made;
}

/* Explicit memberships replace the default ones of the owner. */
static json_t *memberships(struct request *req, const json_t *entry, const char *member, const char *prefix,
                           json_t *owner, const char *owner_key)
{
    const json_t *given = json_object_get(entry, member);

    if (json_array_size(given) == 0)
        return json_pack("{s:o}", owner_key, owner);
    json_decref(owner);
    return numbered(req, given, prefix);
}

/* Adds organization, workspace and default project of the user with the key `user_key`. */
static json_t *places_of(struct request *req, const json_t *entry, const char *user_key, const char *organization)
{
    return json_pack("{s:{s:o}, s:{s:o}, s:{s:o}}", "organizations", "org",
                     place(req, json_object_get(entry, "organization"), organization,
                           json_is_object(json_object_get(json_object_get(entry, "organization"), "owner_user_ref"))
                               ? NULL
                               : json_pack("{s:{s:s}}", "owner_user_ref", "ref", user_key)),
                     "workspaces", "wrk",
                     place(req, json_object_get(entry, "workspace"), "Default",
                           json_pack("{s:{s:s}}", "organization_ref", "ref", "org")),
                     "projects", "prj",
                     place(req, json_object_get(entry, "project"), "Default",
                           json_pack("{s:{s:s}, s:{s:s}, s:b}", "organization_ref", "ref", "org", "workspace_ref",
                                     "ref", "wrk", "is_default", 1)));
}

/* Adds memberships, API key and user. The user does not become owner next to another one. `user` is borrowed. */
static json_t *account_of(struct request *req, const json_t *entry, const json_t *user, const char *user_key)
{
    const char *organization = default_organization(req, user);
    const char *role = is_of_another(req, entry, user, user_key) ? "admin" : "owner";
    json_t *made = organization ? places_of(req, entry, user_key, organization) : NULL;
    json_t *more = json_pack("{s:{s:O}, s:o, s:o, s:o, s:o, s:{s:{s:{s:s}, s:{s:s}}}}", "users", user_key, user,
                             "user_identities", identities(req, entry, user_key), "organization_memberships",
                             memberships(req, entry, "organization_memberships", "org_mem_",
                                         member_of("organization_ref", "org", user_key, role), "org_owner"),
                             "workspace_memberships",
                             memberships(req, entry, "workspace_memberships", "wrk_mem_",
                                         member_of("workspace_ref", "wrk", user_key, role), "wrk_owner"),
                             "project_memberships",
                             memberships(req, entry, "project_memberships", "prj_mem_",
                                         member_of("project_ref", "prj", user_key, role), "prj_owner"),
                             "api_keys", "key", "project_ref", "ref", "prj", "user_ref", "ref", user_key);
    json_t *subscription = json_object_get(entry, "subscription");

    if (more && json_is_object(subscription))
        (void)json_object_set_new(more, "subscriptions", json_pack("{s:O}", "org", subscription));
    if (made && more)
        (void)json_object_update(made, more);
    else {
        json_decref(made);
        made = NULL;
    }
    json_decref(more);
    return json_keep(req->arena, made);
}

/* ---- running ---- */

static enum err write_and_answer(struct request *req, void *context)
{
    struct graph *graph = context;

    (void)req;
    TRY(graph_write(graph));
    return graph_answer(graph);
}

static enum err write_and_answer_simple(struct request *req, void *context)
{
    struct graph *graph = context;

    (void)req;
    TRY(graph_write(graph));
    return graph_answer_simple(graph);
}

static enum err run(struct request *req, struct graph *graph, struct operation operation,
                    enum err (*work)(struct request *req, void *context))
{
    TRY(graph_hash_passwords(graph));
    return operation_run(req, &operation, work, graph);
}

/* Runs one graph request. Takes `collections`, which is NULL without memory. */
static enum err run_graph(struct request *req, enum graph_users users, json_t *collections,
                          const struct graph_options *options)
{
    struct graph *graph = graph_make(req, users);

    if (!graph || !collections)
        return ERR_MEMORY;
    TRY(graph_add(graph, NULL, collections, options));
    return run(req, graph, operation_from_options(req), write_and_answer);
}

enum err accounts_create(struct request *req)
{
    const json_t *options = json_object_get(req->json, "options");

    return run_graph(req, GRAPH_USERS_ANY, req->json,
                     &(struct graph_options){.identities = option(options, "create_identities", false),
                                             .keys = option(options, "create_api_keys", false),
                                             .return_keys = option(options, "return_api_keys", false),
                                             .default_rows = seeds(options)});
}

/* A request is one transaction: a dry run of one account makes the whole request a dry run. */
static enum err refuse_partial_dry_run(struct request *req, const char *account)
{
    return operation_refuse(
        req, &(struct refusal){
                 .status = 400,
                 .code = "validation_error",
                 .message = talloc_asprintf(req->arena,
                                            "options.dry_run of account '%s' differs from that of the "
                                            "accounts before it; a request is a dry run as a whole or not at all.",
                                            account),
                 .account = account});
}

enum err simple_accounts_create(struct request *req)
{
    struct operation operation = operation_from_options(req);
    const bool dry_run = operation.dry_run;
    struct graph *graph = graph_make(req, GRAPH_USERS_NEW);
    size_t count = 0;
    const char *key;
    json_t *entry;

    json_object_foreach(json_object_get(req->json, "accounts"), key, entry) {
        const json_t *options = json_object_get(entry, "options");
        const bool wanted = option(options, "dry_run", dry_run);
        json_t *account = account_of(req, entry, json_object_get(entry, "user"), "user");
        if (count++ > 0 && wanted != operation.dry_run)
            return refuse_partial_dry_run(req, key);
        operation.dry_run = wanted;
        if (!json_is_object(options)) /* options of an entry replace those of the request completely */
            options = json_object_get(req->json, "options");
        if (!graph || !account)
            return ERR_MEMORY;
        TRY(graph_add(graph, key, account,
                      &(struct graph_options){.identities = true,
                                              .keys = option(options, "create_api_keys", true),
                                              .return_keys = option(options, "return_api_keys", true),
                                              .default_rows = seeds(options)}));
    }
    if (!graph)
        return ERR_MEMORY;
    return run(req, graph, operation, write_and_answer_simple);
}

/* ---- single objects ---- */

static const struct graph_options everything = {.identities = true, .keys = true, .return_keys = false};

/* A user who exists and is in an organization gets no other one. */
static enum err write_user(struct request *req, void *context)
{
    const json_t *options = json_object_get(req->json, "options"), *user = json_object_get(req->json, "user");
    const char *email = email_fold(req->arena, json_member_text(user, "email"));
    struct graph *graph = context;
    struct result row;
    json_t *collections;
    bool has = false;

    if (!email)
        return ERR_MEMORY;
    if (seeds(options)) {
        TRY(DB_RUN(req->db, user_address_lock, NULL, param_text(email)));
        TRY(DB_RUN(req->db, user_has_organization, &row, param_text(email)));
        has = result_bool(&row, 0, USER_HAS_ORGANIZATION_HAS);
        result_clear(&row);
    }
    if (has)
        graph_error(graph, "organization_exists",
                    "The user has an organization already; no other one was made (ref: user).",
                    (const char *const[]){"ref", NULL, NULL}, (const char *const[]){"user", NULL, NULL});
    collections = seeds(options) && !has ? account_of(req, NULL, user, "user")
                                         : json_keep(req->arena, json_pack("{s:{s:O}}", "users", "user", user));
    if (!collections)
        return ERR_MEMORY;
    TRY(graph_add(graph, NULL, collections,
                  &(struct graph_options){.keys = option(options, "create_api_keys", false),
                                          .return_keys = option(options, "return_api_keys", false),
                                          .default_rows = seeds(options)}));
    return write_and_answer(req, graph);
}

enum err admin_user_create(struct request *req)
{
    struct graph *graph = graph_make(req, GRAPH_USERS_ANY);

    return graph ? run(req, graph, operation_from_options(req), write_user) : ERR_MEMORY;
}

enum err admin_identity_create(struct request *req)
{
    struct graph *graph = graph_make(req, GRAPH_USERS_ANY);
    json_t *identity = json_copy(json_object_get(req->json, "user_identity"));
    json_t *collections = json_keep(req->arena, json_pack("{s:{s:o}}", "user_identities", "identity_0", identity));

    if (!graph || !collections || json_object_set(identity, "user_ref", json_object_get(req->json, "user_ref")) != 0)
        return ERR_MEMORY;
    graph->identity_errors_refuse = true;
    TRY(graph_add(graph, NULL, collections, &everything));
    TRY(graph_check_logins(graph));
    return run(req, graph, operation_from_options(req), write_and_answer);
}

enum err admin_organization_create(struct request *req)
{
    json_t *owner = json_object_get(req->json, "owner");
    json_t *collections;

    if (!json_is_object(owner))
        return operation_refuse(req, &(struct refusal){.status = 400,
                                                       .code = "validation_error",
                                                       .message = "Organization 'org' requires a valid owner user."});
    (void)json_object_del(json_object_get(req->json, "organization"),
                          "owner_user_ref"); /* the member `owner` names the owner */
    collections = account_of(req, req->json, owner, "owner");
    return run_graph(req, GRAPH_USERS_KNOWN, collections, &(struct graph_options){.keys = false, .default_rows = true});
}

/* Makes one member of the body the only entry of a collection. */
static enum err create_one(struct request *req, const char *collection, const char *key, const char *member,
                           const struct graph_options *options)
{
    json_t *collections = json_pack("{s:{s:O}}", collection, key, json_object_get(req->json, member));

    return run_graph(req, GRAPH_USERS_ANY, json_keep(req->arena, collections), options);
}

enum err admin_organization_membership_create(struct request *req)
{
    return create_one(req, "organization_memberships", "mem", "membership", &everything);
}

enum err admin_workspace_membership_create(struct request *req)
{
    return create_one(req, "workspace_memberships", "mem", "membership", &everything);
}

enum err admin_project_membership_create(struct request *req)
{
    return create_one(req, "project_memberships", "mem", "membership", &everything);
}

enum err admin_project_create(struct request *req)
{
    return create_one(req, "projects", "prj", "project", &everything);
}

enum err admin_workspace_create(struct request *req)
{
    json_t *workspace = json_object_get(req->json, "workspace");
    json_t *collections =
        json_pack("{s:{s:O}, s:{s:{s:s, s:O, s:{s:s}, s:b}}}", "workspaces", "wrk", workspace, "projects", "prj",
                  "name", "Default", "organization_ref", json_object_get(workspace, "organization_ref"),
                  "workspace_ref", "ref", "wrk", "is_default", 1);

    return run_graph(req, GRAPH_USERS_ANY, json_keep(req->arena, collections), &everything);
}

enum err admin_api_key_create(struct request *req)
{
    const json_t *options = json_object_get(req->json, "options");

    return create_one(req, "api_keys", "key", "api_key",
                      &(struct graph_options){.keys = true, .return_keys = option(options, "return_api_keys", false)});
}
