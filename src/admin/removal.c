/* Deletes users and their objects, and writes the answer. */
#include "admin/removal.h"

#include <talloc.h>

#include "admin/operation.h"
#include "admin/statements.h"
#include "base/email.h"
#include "base/json.h"
#include "tenancy/edition.h"

enum { LIST_MAX = 16 << 20, ANSWER_MAX = 32 << 20 };

/* ---- lists of ids ---- */

struct buffer removal_list(struct request *req)
{
    struct buffer list = buffer_make(req->arena, LIST_MAX);

    json_open(&list, '[');
    return list;
}

enum err removal_run(struct request *req, const struct statement *statement, const struct buffer *list,
                     struct result *rows)
{
    const struct param param = param_text(buffer_string(list));

    return buffer_string(list) ? db_run(req->db, statement, &param, 1, rows) : ERR_MEMORY;
}

enum err removal_ids(struct request *req, const struct statement *statement, const struct buffer *given,
                     struct buffer *entries, struct buffer *list)
{
    struct result rows;

    TRY(removal_run(req, statement, given, &rows));
    for (int i = 0; i < result_rows(&rows); i++) {
        struct uuid id;
        (void)result_uuid(&rows, i, REMOVAL_ID, &id);
        JSON_OBJECT(entries, member_uuid("id", &id));
        if (list)
            json_uuid(list, &id);
    }
    result_clear(&rows);
    return OK;
}

void removal_entry(struct buffer *entries, const char *id)
{
    JSON_OBJECT(entries, member_text("id", id));
}

/* ---- answers ---- */

static const char *const kind_names[REMOVED_KINDS] = {
    "users",    "user_identities",          "organizations",         "workspaces",
    "projects", "organization_memberships", "workspace_memberships", "project_memberships",
    "api_keys",
};

struct removal *removal_make(struct request *req)
{
    struct removal *removed = talloc_zero(req->arena, struct removal);

    for (int i = 0; removed && i < REMOVED_KINDS; i++) {
        removed->entries[i] = buffer_make(req->arena, LIST_MAX);
        removed->skipped[i] = buffer_make(req->arena, LIST_MAX);
    }
    return removed;
}

static void write_kinds(struct buffer *out, const struct buffer *entries, const bool *always)
{
    json_open(out, '{');
    for (int i = 0; i < REMOVED_KINDS; i++) {
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
    for (int i = 0; i < REMOVED_KINDS; i++)
        if (entries[i].len > 0)
            return true;
    return false;
}

enum err removal_answer(struct request *req, const struct removal *removed, bool dry_run)
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
    for (int i = 0; i < REMOVED_KINDS; i++)
        if (removed->entries[i].failed || removed->skipped[i].failed)
            return ERR_MEMORY;
    return reply_buffer(req, 200, &out);
}

/* ---- users ---- */

enum err removal_lock_users(struct request *req, const struct buffer *users)
{
    TRY(removal_run(req, &users_lock_logins, users, NULL));
    return removal_run(req, &users_lock, users, NULL);
}

enum err removal_users(struct request *req, const struct buffer *users, struct removal *removed)
{
    struct result row;
    struct uuid user, organization;
    char user_text[UUID_TEXT_SIZE], organization_text[UUID_TEXT_SIZE];
    bool owning;

    TRY(removal_run(req, &users_still_owning, users, &row));
    owning = result_rows(&row) > 0 && result_uuid(&row, 0, USERS_STILL_OWNING_OWNER_ID, &user) &&
             result_uuid(&row, 0, USERS_STILL_OWNING_ID, &organization);
    result_clear(&row);
    if (owning)
        return operation_refuse(
            req, &(struct refusal){.status = 409,
                                   .code = "user_owns_organization",
                                   .message = talloc_asprintf(
                                       req->arena,
                                       "User %s still owns organization %s; name it as well, or transfer it first.",
                                       uuid_format(&user, user_text), uuid_format(&organization, organization_text)),
                                   .names = {"user_id", "organization_id"},
                                   .values = {user_text, organization_text}});
    TRY(EDITION_HOOK(users_leaving, req, buffer_string(users)));
    TRY(removal_run(req, &users_keys_delete, users, NULL));
    TRY(removal_run(req, &users_invitations_delete, users, NULL));
    TRY(removal_run(req, &users_webhooks_delete, users, NULL));
    TRY(removal_ids(req, &users_logins_delete, users, &removed->entries[REMOVED_IDENTITIES], NULL));
    return removal_run(req, &users_delete, users, NULL);
}

/* Adds the organizations that the users own to `organizations`. */
static enum err add_owned(struct request *req, const struct buffer *users, struct removal *removed,
                          struct buffer *organizations)
{
    TRY(removal_run(req, &owned_lock, users, NULL));
    TRY(removal_lock_users(req, users));
    return removal_ids(req, &organizations_of, users, &removed->entries[REMOVED_ORGANIZATIONS], organizations);
}

enum err removal_users_with_organizations(struct request *req, const struct buffer *users, struct removal *removed)
{
    struct buffer organizations = removal_list(req);
    enum err err = add_owned(req, users, removed, &organizations);

    json_close(&organizations, ']');
    if (err)
        return err;
    TRY(removal_run(req, &organizations_remove, &organizations, NULL));
    return removal_users(req, users, removed);
}

enum err removal_find(struct request *req, struct removal_user *users, size_t count, struct buffer *list)
{
    struct buffer wanted = removal_list(req);
    struct uuid last = {{0}};
    struct result rows;

    for (size_t i = 0; i < count; i++) {
        json_open(&wanted, '{');
        json_key(&wanted, "place");
        json_int(&wanted, (int64_t)i);
        json_key(&wanted, users[i].by_email ? "email" : "id");
        if (users[i].by_email)
            json_text(&wanted, email_fold(req->arena, users[i].written));
        else
            json_uuid(&wanted, &users[i].id);
        json_close(&wanted, '}');
    }
    json_close(&wanted, ']');
    TRY(removal_run(req, &users_find, &wanted, &rows));
    for (int i = 0; i < result_rows(&rows); i++) {
        struct removal_user *user = &users[result_int(&rows, i, USERS_FIND_PLACE)];
        user->there = result_uuid(&rows, i, USERS_FIND_ID, &user->id);
        if (!uuid_equal(&user->id, &last))
            json_uuid(list, &user->id);
        last = user->id;
    }
    result_clear(&rows);
    json_close(list, ']');
    return OK;
}

enum err removal_refuse_uuid(struct request *req, const char *path, const char *written, const char *account)
{
    return operation_refuse_reference(req, path, talloc_asprintf(req->arena, "'%s' is not a valid UUID", written),
                                      account);
}
