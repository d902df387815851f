/* Removes what administrators name, and what goes with it. */
#include "provisioning/deletes.h"

#include <string.h>
#include <talloc.h>

#include "base/email.h"
#include "base/json.h"
#include "provisioning/operation.h"
#include "statements.h"

enum { LIST_MAX = 16 << 20, ANSWER_MAX = 32 << 20 };

/* ---- lists of ids ---- */

static struct buffer list_begin(struct request *req)
{
    struct buffer list = buffer_make(req->arena, LIST_MAX);

    json_open(&list, '[');
    return list;
}

/* Runs a statement over a finished list. `rows` may be NULL. */
static enum err run_list(struct request *req, const struct statement *statement, const struct buffer *list,
                         struct result *rows)
{
    const struct param param = param_text(buffer_string(list));

    return buffer_string(list) ? db_run(req->db, statement, &param, 1, rows) : ERR_MEMORY;
}

/* The ids that a statement returns, as {"id": ...} entries; `list` gets them as plain texts, and may be NULL. */
static enum err run_ids(struct request *req, const struct statement *statement, const struct buffer *given,
                        struct buffer *entries, struct buffer *list)
{
    struct result rows;
    enum err code = run_list(req, statement, given, &rows);

    if (code != OK)
        return code;
    for (int i = 0; i < result_rows(&rows); i++) {
        struct uuid id;
        (void)result_uuid(&rows, i, 0, &id);
        json_open(entries, '{');
        json_key(entries, "id");
        json_uuid(entries, &id);
        json_close(entries, '}');
        if (list)
            json_uuid(list, &id);
    }
    result_clear(&rows);
    return OK;
}

static void add_entry(struct buffer *entries, const char *id)
{
    json_open(entries, '{');
    json_key(entries, "id");
    json_text(entries, id);
    json_close(entries, '}');
}

/* ---- answers ---- */

/* What was removed or passed over, by kind, in the order of the answer. */
enum kind {
    USERS,
    IDENTITIES,
    ORGANIZATIONS,
    WORKSPACES,
    PROJECTS,
    ORGANIZATION_MEMBERS,
    WORKSPACE_MEMBERS,
    PROJECT_MEMBERS,
    API_KEYS,
    KINDS
};
static const char *const kind_names[KINDS] = {
    "users",    "user_identities",          "organizations",         "workspaces",
    "projects", "organization_memberships", "workspace_memberships", "project_memberships",
    "api_keys",
};

struct removed {
    struct buffer entries[KINDS], skipped[KINDS]; /* arrays without their brackets */
    bool always[KINDS];                           /* shown when empty as well */
};

static struct removed *removed_make(struct request *req)
{
    struct removed *removed = talloc_zero(req->arena, struct removed);

    for (int i = 0; removed && i < KINDS; i++) {
        removed->entries[i] = buffer_make(req->arena, LIST_MAX);
        removed->skipped[i] = buffer_make(req->arena, LIST_MAX);
    }
    return removed;
}

static void write_kinds(struct buffer *out, const struct buffer *entries, const bool *always)
{
    json_open(out, '{');
    for (int i = 0; i < KINDS; i++) {
        if (entries[i].len == 0 && !(always && always[i]))
            continue;
        json_key(out, kind_names[i]);
        json_open(out, '[');
        if (entries[i].len > 0)
            json_raw(out, buffer_string(&entries[i]));
        json_close(out, ']');
    }
    json_close(out, '}');
}

static bool any(const struct buffer *entries)
{
    for (int i = 0; i < KINDS; i++)
        if (entries[i].len > 0)
            return true;
    return false;
}

static enum err answer(struct request *req, const struct removed *removed, bool dry_run)
{
    struct buffer out = buffer_make(req->arena, ANSWER_MAX);

    json_open(&out, '{');
    json_key(&out, "dry_run");
    json_bool(&out, dry_run);
    json_key(&out, "deleted");
    write_kinds(&out, removed->entries, removed->always);
    if (any(removed->skipped)) {
        json_key(&out, "skipped");
        write_kinds(&out, removed->skipped, NULL);
    }
    json_close(&out, '}');
    for (int i = 0; i < KINDS; i++)
        if (removed->entries[i].failed || removed->skipped[i].failed)
            return ERR_MEMORY;
    return reply_buffer(req, 200, &out);
}

/* ---- people ---- */

/* Removes people with their logins, sessions, keys and invitations. They own nothing any more, or it is refused. */
static enum err remove_people(struct request *req, const struct buffer *people, struct removed *removed)
{
    struct result row;
    struct uuid person, organization;
    char person_text[UUID_TEXT_SIZE], organization_text[UUID_TEXT_SIZE];
    enum err code = run_list(req, &people_still_owning, people, &row);
    bool owning;

    if (code != OK)
        return code;
    owning = result_rows(&row) > 0 && result_uuid(&row, 0, 0, &person) && result_uuid(&row, 0, 1, &organization);
    result_clear(&row);
    if (owning)
        return operation_refuse(
            req, &(struct refusal){
                     .status = 409,
                     .code = "user_owns_organization",
                     .message = talloc_asprintf(
                         req->arena, "User %s still owns organization %s; name it as well, or transfer it first.",
                         uuid_format(&person, person_text), uuid_format(&organization, organization_text)),
                     .names = {"user_id", "organization_id"},
                     .values = {person_text, organization_text}});
    code = run_list(req, &people_keys_delete, people, NULL);
    if (code == OK)
        code = run_list(req, &people_invitations_delete, people, NULL);
    if (code == OK)
        code = run_list(req, &people_webhooks_delete, people, NULL);
    if (code == OK)
        code = run_ids(req, &people_logins_delete, people, &removed->entries[IDENTITIES], NULL);
    return code == OK ? run_list(req, &people_delete, people, NULL) : code;
}

/* The organizations that people own go with them. `organizations` gets them, and may hold others already. */
static enum err add_owned(struct request *req, const struct buffer *people, struct removed *removed,
                          struct buffer *organizations)
{
    enum err code = run_list(req, &owned_lock, people, NULL);

    return code == OK ? run_ids(req, &organizations_of, people, &removed->entries[ORGANIZATIONS], organizations) : code;
}

/* Removes people with all they own. */
static enum err remove_whole_people(struct request *req, const struct buffer *people, struct removed *removed)
{
    struct buffer organizations = list_begin(req);
    enum err code = add_owned(req, people, removed, &organizations);

    json_close(&organizations, ']');
    if (code == OK)
        code = run_list(req, &organizations_remove, &organizations, NULL);
    return code == OK ? remove_people(req, people, removed) : code;
}

/* One person who is meant. */
struct person {
    const char *written, *account;
    bool by_email, there;
    struct uuid id;
};

/* Looks all of them up at once, in one order, and holds them. `list` gets who is there, each once. */
static enum err find_people(struct request *req, struct person *people, size_t count, struct buffer *list)
{
    struct buffer wanted = list_begin(req);
    struct uuid last = {{0}};
    struct result rows;
    enum err code;

    for (size_t i = 0; i < count; i++) {
        json_open(&wanted, '{');
        json_key(&wanted, "place");
        json_int(&wanted, (int64_t)i);
        json_key(&wanted, people[i].by_email ? "email" : "id");
        if (people[i].by_email)
            json_text(&wanted, email_fold(req->arena, people[i].written));
        else
            json_uuid(&wanted, &people[i].id);
        json_close(&wanted, '}');
    }
    json_close(&wanted, ']');
    code = run_list(req, &people_find, &wanted, &rows);
    if (code != OK)
        return code;
    for (int i = 0; i < result_rows(&rows); i++) {
        struct person *person = &people[result_int(&rows, i, 0)];
        person->there = result_uuid(&rows, i, 1, &person->id);
        if (!uuid_equal(&person->id, &last))
            json_uuid(list, &person->id);
        last = person->id;
    }
    result_clear(&rows);
    json_close(list, ']');
    return OK;
}

static enum err refuse_uuid(struct request *req, const char *path, const char *written, const char *account)
{
    return operation_refuse_reference(req, path, talloc_asprintf(req->arena, "'%s' is not a valid UUID", written),
                                      account);
}

/* ---- DELETE /admin/simple/accounts/ ---- */

struct simple {
    struct person *people;
    size_t count;
};

static enum err delete_simple(struct request *req, void *context)
{
    struct simple *simple = context;
    struct removed *removed = removed_make(req);
    struct buffer list = list_begin(req);
    enum err code = removed ? find_people(req, simple->people, simple->count, &list) : ERR_MEMORY;

    for (size_t i = 0; code == OK && req->reply.status == 0 && i < simple->count; i++)
        if (!simple->people[i].there && !simple->people[i].by_email)
            code = operation_refuse_unknown(req, "User", "user_not_found", simple->people[i].written,
                                            simple->people[i].account);
    if (code == OK && req->reply.status == 0)
        code = remove_whole_people(req, &list, removed);
    return code == OK && req->reply.status == 0 ? reply_json(req, 204, "") : code;
}

static struct operation operation_of_deletion(const struct request *req, bool dry_run)
{
    return (struct operation){.dry_run = json_bool_read(json_object_get(req->json, "dry_run"), dry_run)};
}

enum err simple_accounts_delete(struct request *req)
{
    json_t *accounts = json_object_get(req->json, "accounts"), *entry;
    struct operation operation = operation_of_deletion(req, false);
    struct simple simple = {talloc_zero_size(req->arena, (json_object_size(accounts) + 1) * sizeof *simple.people), 0};
    const char *key;

    if (!simple.people)
        return ERR_MEMORY;
    json_object_foreach(accounts, key, entry) {
        const json_t *user = json_object_get(entry, "user");
        const char *id = json_string_value(json_object_get(user, "id"));
        const char *email = json_string_value(json_object_get(user, "email"));
        struct person *person = &simple.people[simple.count++];
        if (!id && !email)
            return operation_refuse_reference(req, "user", "only 'id' and 'email' name a user here", key);
        *person = (struct person){.written = id ? id : email, .account = key, .by_email = !id};
        if (id && !uuid_parse(id, &person->id))
            return refuse_uuid(req, "user_id", id, key);
    }
    return operation_run(req, &operation, delete_simple, &simple);
}

/* ---- DELETE /admin/accounts/ ---- */

/* Kinds of targets that are named by their id alone, in the order of removal. */
static const struct target {
    const char *member, *path;
    enum kind kind;
    const struct statement *remove;
} targets[] = {
    {"project_ids", "target.project_ids", PROJECTS, &projects_remove},
    {"workspace_ids", "target.workspace_ids", WORKSPACES, &workspaces_remove},
    {"organization_ids", "target.organization_ids", ORGANIZATIONS, &organizations_remove},
};
enum { TARGETS = sizeof targets / sizeof *targets };

struct bulk {
    struct person *people;
    size_t count;
    bool dry_run, scoped; /* places are named: people's own do not go by themselves */
    struct removed *removed;
};

/* Removes what a list names; what is not there is said to be passed over. */
static enum err remove_listed(struct request *req, const struct target *target, struct bulk *bulk)
{
    const json_t *ids = json_object_get(json_object_get(req->json, "target"), target->member);
    struct buffer list = list_begin(req), gone = list_begin(req);
    enum err code = OK;

    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct uuid id;
        (void)uuid_parse(json_string_value(json_array_get(ids, i)), &id);
        json_uuid(&list, &id);
    }
    json_close(&list, ']');
    if (json_array_size(ids) > 0)
        code = run_ids(req, target->remove, &list, &bulk->removed->entries[target->kind], &gone);
    if (code == OK && (gone.failed || !buffer_string(&gone)))
        code = ERR_MEMORY;
    for (size_t i = 0; code == OK && i < json_array_size(ids); i++) {
        const char *written = json_string_value(json_array_get(ids, i));
        struct uuid id;
        char text[UUID_TEXT_SIZE];
        if (uuid_parse(written, &id) && !strstr(gone.data, uuid_format(&id, text)))
            add_entry(&bulk->removed->skipped[target->kind], written);
    }
    return code;
}

static enum err delete_bulk(struct request *req, void *context)
{
    struct bulk *bulk = context;
    struct buffer people = list_begin(req);
    enum err code = find_people(req, bulk->people, bulk->count, &people);

    for (size_t i = 0; code == OK && i < bulk->count; i++)
        if (bulk->people[i].there) {
            char text[UUID_TEXT_SIZE];
            add_entry(&bulk->removed->entries[USERS], uuid_format(&bulk->people[i].id, text));
        } else {
            add_entry(&bulk->removed->skipped[USERS], bulk->people[i].written);
        }
    for (size_t i = 0; code == OK && i < TARGETS; i++)
        code = remove_listed(req, &targets[i], bulk);
    if (code == OK)
        code = bulk->scoped ? remove_people(req, &people, bulk->removed)
                            : remove_whole_people(req, &people, bulk->removed);
    if (code != OK || req->reply.status != 0)
        return code;
    for (int i = 0; i < KINDS; i++)
        bulk->removed->always[i] = bulk->dry_run && (i == USERS || (i >= ORGANIZATIONS && i <= PROJECTS));
    return answer(req, bulk->removed, bulk->dry_run);
}

/* Ids that are none are refused, but for people's, which are passed over. */
static enum err check_targets(struct request *req, struct bulk *bulk)
{
    const json_t *named = json_object_get(req->json, "target");

    for (size_t i = 0; i < TARGETS; i++) {
        const json_t *ids = json_object_get(named, targets[i].member);
        bulk->scoped = bulk->scoped || json_array_size(ids) > 0;
        for (size_t j = 0; j < json_array_size(ids); j++) {
            const char *written = json_string_value(json_array_get(ids, j));
            struct uuid id;
            if (!uuid_parse(written, &id))
                return refuse_uuid(req, targets[i].path, written, NULL);
        }
    }
    return OK;
}

static enum err read_people(struct request *req, struct bulk *bulk)
{
    const json_t *named = json_object_get(req->json, "target");
    const json_t *ids = json_object_get(named, "user_ids"), *emails = json_object_get(named, "user_emails");
    size_t most = json_array_size(ids) + json_array_size(emails);

    bulk->people = talloc_zero_size(req->arena, (most + 1) * sizeof *bulk->people);
    if (!bulk->people)
        return ERR_MEMORY;
    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct person *person = &bulk->people[bulk->count];
        person->written = json_string_value(json_array_get(ids, i));
        if (uuid_parse(person->written, &person->id))
            bulk->count++;
        else
            add_entry(&bulk->removed->skipped[USERS], person->written);
    }
    for (size_t i = 0; i < json_array_size(emails); i++)
        bulk->people[bulk->count++] =
            (struct person){.written = json_string_value(json_array_get(emails, i)), .by_email = true};
    return OK;
}

enum err accounts_delete(struct request *req)
{
    /* absent: a rehearsal; null: none */
    struct operation operation = operation_of_deletion(req, !body_has(req, "dry_run"));
    struct bulk bulk = {.dry_run = operation.dry_run, .removed = removed_make(req)};
    enum err code = bulk.removed ? check_targets(req, &bulk) : ERR_MEMORY;

    if (code == OK && req->reply.status == 0)
        code = read_people(req, &bulk);
    return code == OK && req->reply.status == 0 ? operation_run(req, &operation, delete_bulk, &bulk) : code;
}

/* ---- one thing ---- */

/* A kind of thing that a path names. */
struct single {
    const char *parameter;
    enum kind kind;
    const char *name, *unknown; /* in refusals */
    const struct statement *remove;
};

static enum err answer_one(struct request *req, enum kind kind, struct removed *removed, const char *written)
{
    add_entry(&removed->entries[kind], written);
    return answer(req, removed, false);
}

static enum err delete_single(struct request *req, void *context)
{
    const struct single *single = context;
    const char *written = path_value(req, single->parameter);
    struct removed *removed = removed_make(req);
    struct buffer list = list_begin(req), gone = buffer_make(req->arena, 1000);
    struct uuid id;
    enum err code;

    (void)uuid_parse(written, &id);
    json_uuid(&list, &id);
    json_close(&list, ']');
    code = removed ? run_ids(req, single->remove, &list, &gone, NULL) : ERR_MEMORY;
    if (code != OK)
        return code;
    return gone.len > 0 ? answer_one(req, single->kind, removed, written)
                        : operation_refuse_unknown(req, single->name, single->unknown, written, NULL);
}

static enum err run_single(struct request *req, struct single *single)
{
    const char *written = path_value(req, single->parameter);
    struct uuid id;

    if (!uuid_parse(written, &id))
        return refuse_uuid(req, single->parameter, written, NULL);
    return operation_run(req, &(struct operation){.dry_run = false}, delete_single, single);
}

enum err admin_organization_delete(struct request *req)
{
    struct single single = {"organization_id", ORGANIZATIONS, "Organization", "organization_not_found",
                            &organizations_remove};

    return run_single(req, &single);
}

enum err admin_workspace_delete(struct request *req)
{
    struct single single = {"workspace_id", WORKSPACES, "Workspace", "workspace_not_found", &workspaces_remove};

    return run_single(req, &single);
}

enum err admin_project_delete(struct request *req)
{
    struct single single = {"project_id", PROJECTS, "Project", "project_not_found", &projects_remove};

    return run_single(req, &single);
}

enum err admin_api_key_delete(struct request *req)
{
    struct single single = {"api_key_id", API_KEYS, "API key", "api_key_not_found", &api_keys_remove};

    return run_single(req, &single);
}

static enum err delete_user(struct request *req, void *context)
{
    struct person *person = context;
    struct removed *removed = removed_make(req);
    struct buffer list = list_begin(req);
    enum err code = removed ? find_people(req, person, 1, &list) : ERR_MEMORY;

    if (code != OK)
        return code;
    if (!person->there)
        return operation_refuse_unknown(req, "User", "user_not_found", person->written, NULL);
    code = remove_whole_people(req, &list, removed);
    return code == OK && req->reply.status == 0 ? answer_one(req, USERS, removed, person->written) : code;
}

enum err admin_user_delete(struct request *req)
{
    struct person person = {.written = path_value(req, "user_id")};

    if (!uuid_parse(person.written, &person.id))
        return refuse_uuid(req, "user_id", person.written, NULL);
    return operation_run(req, &(struct operation){.dry_run = false}, delete_user, &person);
}

static enum err delete_identity(struct request *req, void *context)
{
    const char *written = path_value(req, "identity_id");
    struct removed *removed = removed_make(req);
    struct uuid id, user;
    enum err code = ERR_NOT_FOUND;

    (void)context;
    if (!removed)
        return ERR_MEMORY;
    if (uuid_parse(written, &id) && uuid_parse(path_value(req, "user_id"), &user))
        code = RUN_QUERY(req, ERR_NOT_FOUND, login_remove, param_uuid(&id), param_uuid(&user));
    if (code == ERR_NOT_FOUND)
        return operation_refuse_unknown(req, "User", "user_not_found", written, NULL);
    return code == OK ? answer_one(req, IDENTITIES, removed, written) : code;
}

enum err admin_identity_delete(struct request *req)
{
    return operation_run(req, &(struct operation){.dry_run = false}, delete_identity, NULL);
}

/* ---- memberships ---- */

/* A scope whose memberships are deleted. */
struct membership {
    const char *scope; /* parameter of the path */
    enum kind kind;
    const struct statement *remove;
};

static enum err refuse_owner(struct request *req, const struct uuid *id, const struct uuid *organization)
{
    struct result row;
    enum err code = DB_RUN(req->db, organization_member_owns, &row, param_uuid(id), param_uuid(organization));
    bool owns;

    if (code != OK)
        return code;
    owns = result_bool(&row, 0, 0);
    result_clear(&row);
    if (!owns)
        return OK;
    return operation_refuse(
        req,
        &(struct refusal){.status = 409,
                          .code = "owner_membership",
                          .message = "The owner's membership cannot be removed; transfer the organization first."});
}

static enum err delete_membership(struct request *req, void *context)
{
    const struct membership *membership = context;
    const char *written = path_value(req, "membership_id");
    struct removed *removed = removed_make(req);
    struct uuid id, scope;
    enum err code = OK;

    if (!removed)
        return ERR_MEMORY;
    (void)uuid_parse(written, &id);
    (void)uuid_parse(path_value(req, membership->scope), &scope);
    if (membership->kind == ORGANIZATION_MEMBERS)
        code = refuse_owner(req, &id, &scope);
    if (code != OK || req->reply.status != 0)
        return code;
    code = run_query(req, ERR_NOT_FOUND, membership->remove,
                     (const struct param[]){param_uuid(&id), param_uuid(&scope)}, 2);
    if (code == ERR_NOT_FOUND)
        return operation_refuse_unknown(req, "Membership", "membership_not_found", written, NULL);
    return code == OK ? answer_one(req, membership->kind, removed, written) : code;
}

static enum err run_membership(struct request *req, struct membership *membership)
{
    const char *feature = req->route->operation_id;
    const char *written[] = {path_value(req, membership->scope), path_value(req, "membership_id")};
    const char *const names[] = {membership->scope, "membership_id"};
    struct uuid id;

    if (!config_is_enterprise(req->config))
        return operation_refuse(
            req, &(struct refusal){
                     .status = 501,
                     .code = "not_implemented",
                     .message = talloc_asprintf(req->arena, "'%s' is not yet implemented in this edition.", feature),
                     .names = {"feature"},
                     .values = {feature}});
    for (size_t i = 0; i < 2; i++)
        if (!uuid_parse(written[i], &id))
            return refuse_uuid(req, names[i], written[i], NULL);
    return operation_run(req, &(struct operation){.dry_run = false}, delete_membership, membership);
}

enum err admin_organization_membership_delete(struct request *req)
{
    return run_membership(req,
                          &(struct membership){"organization_id", ORGANIZATION_MEMBERS, &organization_member_remove});
}

enum err admin_workspace_membership_delete(struct request *req)
{
    return run_membership(req, &(struct membership){"workspace_id", WORKSPACE_MEMBERS, &workspace_member_remove});
}

enum err admin_project_membership_delete(struct request *req)
{
    return run_membership(req, &(struct membership){"project_id", PROJECT_MEMBERS, &project_member_remove});
}
