/* Deletes lists of objects. */
#include "admin/delete_accounts.h"

#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "admin/operation.h"
#include "admin/removal.h"
#include "admin/statements.h"
#include "base/json.h"

/* ---- DELETE /admin/simple/accounts/ ---- */

struct simple {
    struct removal_user *users;
    size_t count;
};

static enum err delete_simple(struct request *req, void *context)
{
    struct simple *simple = context;
    struct removal *removed = removal_make(req);
    struct buffer list = removal_list(req);

    if (!removed)
        return ERR_MEMORY;
    TRY(removal_find(req, simple->users, simple->count, &list));
    for (size_t i = 0; i < simple->count; i++)
        if (!simple->users[i].there && !simple->users[i].by_email)
            return operation_refuse_unknown(req, "User", "user_not_found", simple->users[i].written,
                                            simple->users[i].account);
    TRY(removal_users_with_organizations(req, &list, removed));
    return reply_json(req, 204, "");
}

static struct operation operation_of_deletion(const struct request *req, bool dry_run)
{
    return (struct operation){.dry_run = json_bool_read(json_object_get(req->json, "dry_run"), dry_run)};
}

enum err simple_accounts_delete(struct request *req)
{
    json_t *accounts = json_object_get(req->json, "accounts"), *entry;
    struct operation operation = operation_of_deletion(req, false);
    struct simple simple = {talloc_zero_size(req->arena, (json_object_size(accounts) + 1) * sizeof *simple.users), 0};
    const char *key;

    if (!simple.users)
        return ERR_MEMORY;
    json_object_foreach(accounts, key, entry) {
        const json_t *user = json_object_get(entry, "user");
        const char *id = json_member_text(user, "id");
        const char *email = json_member_text(user, "email");
        struct removal_user *found = &simple.users[simple.count++];
        if (!id && !email)
            return operation_refuse_reference(req, "user", "only 'id' and 'email' name a user here", key);
        *found = (struct removal_user){.written = id ? id : email, .account = key, .by_email = !id};
        if (id && !uuid_parse(id, &found->id))
            return removal_refuse_uuid(req, "user_id", id, key);
    }
    return operation_run(req, &operation, delete_simple, &simple);
}

/* ---- DELETE /admin/accounts/ ---- */

/* Kinds that are named by id only, in the order of deletion. */
static const struct target {
    const char *member, *path;
    enum removal_kind kind;
    const struct statement *lock, *remove;
} targets[] = {
    {"project_ids", "target.project_ids", REMOVED_PROJECTS, &projects_lock, &projects_remove},
    {"workspace_ids", "target.workspace_ids", REMOVED_WORKSPACES, &workspaces_lock, &workspaces_remove},
    {"organization_ids", "target.organization_ids", REMOVED_ORGANIZATIONS, &organizations_lock, &organizations_remove},
};
enum { TARGETS = sizeof targets / sizeof *targets };

struct bulk {
    struct removal_user *users;
    size_t count;
    bool dry_run, scoped; /* scoped: organizations, workspaces or projects are named, so users' own ones stay */
    struct removal *removed;
};

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* Locks organizations, workspaces and projects from the outside in, the lock order of all writers. */
static enum err lock_listed(struct request *req, const struct target *target)
{
    const json_t *ids = json_object_get(json_object_get(req->json, "target"), target->member);
    struct buffer list = removal_list(req);

    if (json_array_size(ids) == 0)
        return OK;
    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct uuid id;
        (void)uuid_parse(json_string_value(json_array_get(ids, i)), &id);
        json_uuid(&list, &id);
    }
    json_close(&list, ']');
    return removal_run(req, target->lock, &list, NULL);
}

/* Deletes the objects of a list; missing ones are reported as skipped. */
static enum err remove_listed(struct request *req, const struct target *target, struct bulk *bulk)
{
    const json_t *ids = json_object_get(json_object_get(req->json, "target"), target->member);
    size_t count = json_array_size(ids), gone_count = 0;
    struct uuid *wanted = talloc_zero_size(req->arena, (count + 1) * sizeof(struct uuid)),
                *gone = talloc_zero_size(req->arena, (count + 1) * sizeof(struct uuid));
    struct buffer list = removal_list(req);
    struct result rows;

    if (!wanted || !gone)
        return ERR_MEMORY;
    if (count == 0)
        return OK;
    for (size_t i = 0; i < count; i++) {
        (void)uuid_parse(json_string_value(json_array_get(ids, i)), &wanted[i]);
        json_uuid(&list, &wanted[i]);
    }
    json_close(&list, ']');
    TRY(removal_run(req, target->remove, &list, &rows));
    for (int row = 0; row < result_rows(&rows); row++) {
        char text[UUID_TEXT_SIZE];
        if (result_uuid(&rows, row, REMOVAL_ID, &gone[gone_count]))
            removal_entry(&bulk->removed->entries[target->kind], uuid_format(&gone[gone_count++], text));
    }
    result_clear(&rows);
    qsort(gone, gone_count, sizeof *gone, compare_ids);
    for (size_t i = 0; i < count; i++)
        if (!bsearch(&wanted[i], gone, gone_count, sizeof *gone, compare_ids))
            removal_entry(&bulk->removed->skipped[target->kind], json_string_value(json_array_get(ids, i)));
    return OK;
}

static enum err delete_bulk(struct request *req, void *context)
{
    struct bulk *bulk = context;
    struct buffer users = removal_list(req);

    TRY(removal_find(req, bulk->users, bulk->count, &users));
    for (size_t i = 0; i < bulk->count; i++)
        if (bulk->users[i].there) {
            char text[UUID_TEXT_SIZE];
            removal_entry(&bulk->removed->entries[REMOVED_USERS], uuid_format(&bulk->users[i].id, text));
        } else {
            removal_entry(&bulk->removed->skipped[REMOVED_USERS], bulk->users[i].written);
        }
    for (size_t i = TARGETS; i > 0; i--)
        TRY(lock_listed(req, &targets[i - 1]));
    if (bulk->scoped)
        TRY(removal_lock_users(req, &users));
    for (size_t i = 0; i < TARGETS; i++)
        TRY(remove_listed(req, &targets[i], bulk));
    TRY(bulk->scoped ? removal_users(req, &users, bulk->removed)
                     : removal_users_with_organizations(req, &users, bulk->removed));
    for (int i = 0; i < REMOVED_KINDS; i++)
        bulk->removed->always[i] =
            bulk->dry_run && (i == REMOVED_USERS || (i >= REMOVED_ORGANIZATIONS && i <= REMOVED_PROJECTS));
    return removal_answer(req, bulk->removed, bulk->dry_run);
}

/* Refuses malformed ids, except user ids, which are reported as skipped. */
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
                return removal_refuse_uuid(req, targets[i].path, written, NULL);
        }
    }
    return OK;
}

static enum err read_users(struct request *req, struct bulk *bulk)
{
    const json_t *named = json_object_get(req->json, "target");
    const json_t *ids = json_object_get(named, "user_ids"), *emails = json_object_get(named, "user_emails");
    size_t most = json_array_size(ids) + json_array_size(emails);

    bulk->users = talloc_zero_size(req->arena, (most + 1) * sizeof *bulk->users);
    if (!bulk->users)
        return ERR_MEMORY;
    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct removal_user *found = &bulk->users[bulk->count];
        found->written = json_string_value(json_array_get(ids, i));
        if (uuid_parse(found->written, &found->id))
            bulk->count++;
        else
            removal_entry(&bulk->removed->skipped[REMOVED_USERS], found->written);
    }
    for (size_t i = 0; i < json_array_size(emails); i++)
        bulk->users[bulk->count++] =
            (struct removal_user){.written = json_string_value(json_array_get(emails, i)), .by_email = true};
    return OK;
}

enum err accounts_delete(struct request *req)
{
    /* absent: a dry run; null: not a dry run */
    struct operation operation = operation_of_deletion(req, !body_has(req, "dry_run"));
    struct bulk bulk = {.dry_run = operation.dry_run, .removed = removal_make(req)};

    if (!bulk.removed)
        return ERR_MEMORY;
    TRY(check_targets(req, &bulk));
    TRY(read_users(req, &bulk));
    return operation_run(req, &operation, delete_bulk, &bulk);
}
