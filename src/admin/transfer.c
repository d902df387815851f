/* Transfers the requested organizations, and reports those that cannot be transferred. */
#include "admin/transfer.h"

#include <string.h>
#include <talloc.h>

#include "admin/operation.h"
#include "admin/statements.h"
#include "base/email.h"
#include "base/json.h"
#include "tenancy/edition.h"

enum { LIST_MAX = 16 << 20 };
enum { SOURCE, TARGET, USERS };

struct transfer {
    struct uuid users[USERS];
    const char *ids[USERS];              /* as written in the request; NULL: by address */
    const char *emails[USERS];           /* likewise */
    const char *workspaces, *projects;   /* JSON lists; NULL: all */
    struct buffer organizations, errors; /* JSON arrays, without their brackets */
};

static const char *const user_names[USERS] = {"source", "target"};

static struct buffer list_begin(struct request *req)
{
    struct buffer list = buffer_make(req->arena, LIST_MAX);

    json_open(&list, '[');
    return list;
}

/* ---- reading ---- */

static enum err refuse_uuid(struct request *req, const char *path, const char *written)
{
    return operation_refuse_reference(req, path, talloc_asprintf(req->arena, "'%s' is not a valid UUID", written),
                                      NULL);
}

static enum err refuse_request(struct request *req, const char *message)
{
    return operation_refuse(req, &(struct refusal){.status = 400, .code = "validation_error", .message = message});
}

static enum err read_users(struct request *req, struct transfer *transfer)
{
    const json_t *users = json_object_get(req->json, "users");

    if (!json_object_get(users, "source") || !json_object_get(users, "target"))
        return refuse_request(req, "transfer_ownership requires 'source' and 'target' keys in 'users'.");
    for (int i = 0; i < USERS; i++) {
        const json_t *ref = json_object_get(users, user_names[i]);
        const char *path = talloc_asprintf(req->arena, "users.%s", user_names[i]);
        transfer->ids[i] = json_member_text(ref, "id");
        transfer->emails[i] = json_member_text(ref, "email");
        if (!transfer->ids[i] && !transfer->emails[i])
            return operation_refuse_reference(req, path, "only 'id' and 'email' name a user here", NULL);
        if (transfer->ids[i] && !uuid_parse(transfer->ids[i], &transfer->users[i]))
            return refuse_uuid(req, path, transfer->ids[i]);
    }
    return OK;
}

/* Reads "all" or a list of ids, and makes a JSON list for PostgreSQL. */
static enum err read_included(struct request *req, const char *member, const char **list)
{
    const json_t *given = json_object_get(req->json, member);
    struct buffer out = list_begin(req);

    *list = NULL;
    if (!json_is_array(given))
        return OK;
    for (size_t i = 0; i < json_array_size(given); i++) {
        const char *written = json_string_value(json_array_get(given, i));
        struct uuid id;
        if (!uuid_parse(written, &id))
            return refuse_uuid(req, member, written);
        json_uuid(&out, &id);
    }
    json_close(&out, ']');
    *list = buffer_string(&out);
    return *list ? OK : ERR_MEMORY;
}

/* ---- errors that do not stop the rest ---- */

static void add_error(struct transfer *transfer, const char *code, const char *message, const char *const *members)
{
    struct buffer *out = &transfer->errors;

    json_open(out, '{');
    JSON_MEMBERS(out, member_text("code", code), member_text("message", message));
    json_key(out, "details");
    json_open(out, '{');
    for (; *members; members += 2) {
        json_key(out, members[0]);
        json_text(out, members[1]);
    }
    json_close(out, '}');
    json_close(out, '}');
}

/* ---- lookup ---- */

static enum err find_users(struct request *req, struct transfer *transfer)
{
    struct buffer wanted = list_begin(req);
    bool there[USERS] = {false};
    struct result rows;

    for (int i = 0; i < USERS; i++) {
        json_open(&wanted, '{');
        json_key(&wanted, "place");
        json_int(&wanted, i);
        json_key(&wanted, transfer->ids[i] ? "id" : "email");
        if (transfer->ids[i])
            json_uuid(&wanted, &transfer->users[i]);
        else
            json_text(&wanted, email_fold(req->arena, transfer->emails[i]));
        json_close(&wanted, '}');
    }
    json_close(&wanted, ']');
    if (!buffer_string(&wanted))
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, transfer_users, &rows, param_text(buffer_string(&wanted))));
    for (int i = 0; i < result_rows(&rows); i++) {
        int64_t place = result_int(&rows, i, TRANSFER_USERS_PLACE);
        there[place] = result_uuid(&rows, i, TRANSFER_USERS_ID, &transfer->users[place]);
    }
    result_clear(&rows);
    for (int i = 0; i < USERS; i++)
        if (!there[i])
            return operation_refuse_unknown(req, "User", "user_not_found",
                                            transfer->ids[i] ? transfer->ids[i] : transfer->emails[i], NULL);
    return OK;
}

/* The row of `owned` that a reference names, or -1. A refusal is stored in the reply. */
static enum err find_owned(struct request *req, const char *key, const json_t *ref, const struct result *owned,
                           int *row)
{
    const char *id_text = json_member_text(ref, "id");
    const char *slug = json_member_text(ref, "slug");
    struct uuid wanted, id;

    *row = -1;
    if (!id_text && !slug)
        return operation_refuse_reference(req, talloc_asprintf(req->arena, "organizations.%s", key),
                                          "only 'id' and 'slug' name an organization here", NULL);
    if (id_text && !uuid_parse(id_text, &wanted))
        return refuse_uuid(req, talloc_asprintf(req->arena, "organizations.%s.id", key), id_text);
    for (int i = 0; i < result_rows(owned) && *row < 0; i++) {
        const char *own_slug = result_text(owned, i, TRANSFER_OWNED_SLUG);
        if (id_text ? result_uuid(owned, i, TRANSFER_OWNED_ID, &id) && uuid_equal(&id, &wanted)
                    : own_slug && strcmp(own_slug, slug) == 0)
            *row = i;
    }
    return OK;
}

/* Adds the error for an organization that the source does not own. */
static enum err explain_missing(struct request *req, struct transfer *transfer, const char *key, const json_t *ref)
{
    const char *id = json_member_text(ref, "id"), *slug = json_member_text(ref, "slug");
    struct result row;
    bool known = true;

    if (slug) {
        TRY(DB_RUN(req->db, transfer_slug_known, &row, param_text(slug)));
        known = result_bool(&row, 0, TRANSFER_SLUG_KNOWN_KNOWN);
        result_clear(&row);
    }
    if (known)
        add_error(transfer, "not_owned_by_source",
                  talloc_asprintf(req->arena,
                                  "Organization '%s' is not owned by the source user and will not be transferred.",
                                  id ? id : slug),
                  (const char *const[]){"ref", key, "organization_id", id ? id : slug, NULL});
    else
        add_error(transfer, "organization_not_found", talloc_asprintf(req->arena, "Organization not found: %s.", slug),
                  (const char *const[]){"slug", slug, "ref", key, NULL});
    return OK;
}

/* Adds the organization to those that are transferred; an edition may require the new owner to be a member of it. */
static enum err add_organization(struct request *req, struct transfer *transfer, const struct uuid *id)
{
    char text[UUID_TEXT_SIZE], target[UUID_TEXT_SIZE];
    struct result row;
    bool member = true;

    if (edition_now()->owners_are_members) {
        TRY(DB_RUN(req->db, transfer_member, &row, param_uuid(id), param_uuid(&transfer->users[TARGET])));
        member = result_bool(&row, 0, TRANSFER_MEMBER_MEMBER);
        result_clear(&row);
    }
    if (member)
        json_uuid(&transfer->organizations, id);
    else
        add_error(
            transfer, "target_not_member",
            talloc_asprintf(req->arena, "The target user is not a member of organization '%s'.", uuid_format(id, text)),
            (const char *const[]){"organization_id", uuid_format(id, text), "target_user_id",
                                  uuid_format(&transfer->users[TARGET], target), NULL});
    return OK;
}

static enum err choose(struct request *req, struct transfer *transfer, const struct result *owned)
{
    json_t *named = json_object_get(req->json, "organizations"), *ref;
    bool *chosen = talloc_zero_size(req->arena, (size_t)result_rows(owned) + 1);
    struct uuid id;
    const char *key;

    if (!chosen)
        return ERR_MEMORY;
    for (int i = 0; !json_is_object(named) && i < result_rows(owned); i++)
        if (result_uuid(owned, i, TRANSFER_OWNED_ID, &id))
            TRY(add_organization(req, transfer, &id));
    json_object_foreach(named, key, ref) {
        int row = -1;
        TRY(find_owned(req, key, ref, owned, &row));
        if (row < 0)
            TRY(explain_missing(req, transfer, key, ref));
        else if (!chosen[row] && result_uuid(owned, row, TRANSFER_OWNED_ID, &id))
            TRY(add_organization(req, transfer, &id));
        if (row >= 0)
            chosen[row] = true;
    }
    return OK;
}

/* ---- writing ---- */

static enum err hand_over(struct request *req, const struct transfer *transfer, const char *organizations)
{
    const struct uuid *source = &transfer->users[SOURCE], *target = &transfer->users[TARGET];

    if (uuid_equal(source, target))
        return OK;
    TRY(DB_RUN(req->db, transfer_demote, NULL, param_text(organizations), param_uuid(source), param_uuid(target),
               param_text(transfer->workspaces), param_text(transfer->projects)));
    TRY(DB_RUN(req->db, transfer_organizations, NULL, param_text(organizations), param_uuid(target)));
    return DB_RUN(req->db, transfer_promote, NULL, param_text(organizations), param_uuid(target),
                  param_text(transfer->workspaces), param_text(transfer->projects));
}

static enum err answer(struct request *req, const struct transfer *transfer, const char *organizations)
{
    struct buffer out = buffer_make(req->arena, 2 * LIST_MAX);

    if (transfer->errors.failed)
        return ERR_MEMORY;
    if (transfer->errors.len == 0)
        return reply_json(req, 204, "");
    json_open(&out, '{');
    json_key(&out, "transferred");
    json_raw(&out, organizations);
    json_key(&out, "errors");
    json_open(&out, '[');
    json_raw(&out, buffer_string(&transfer->errors));
    json_close(&out, ']');
    json_close(&out, '}');
    return reply_buffer(req, 200, &out);
}

/* Locks organizations before users, the lock order of all writers. A user deleted meanwhile is missing. */
static enum err lock_users(struct request *req, const struct transfer *transfer)
{
    const struct uuid *source = &transfer->users[SOURCE], *target = &transfer->users[TARGET];
    struct result rows;
    int held;

    TRY(DB_RUN(req->db, transfer_lock_users, &rows, param_uuid(source), param_uuid(target)));
    held = result_rows(&rows);
    result_clear(&rows);
    return held == (uuid_equal(source, target) ? 1 : 2) ? OK : ERR_BUSY;
}

static enum err transfer_all(struct request *req, void *context)
{
    struct transfer *transfer = context;
    struct result owned;
    enum err err;

    TRY(find_users(req, transfer));
    TRY(DB_RUN(req->db, transfer_owned, &owned, param_uuid(&transfer->users[SOURCE])));
    transfer->organizations = list_begin(req);
    transfer->errors = buffer_make(req->arena, LIST_MAX);
    err = lock_users(req, transfer);
    if (!err)
        err = choose(req, transfer, &owned);
    result_clear(&owned);
    json_close(&transfer->organizations, ']');
    if (!err && !buffer_string(&transfer->organizations))
        err = ERR_MEMORY;
    if (err)
        return err;
    TRY(hand_over(req, transfer, buffer_string(&transfer->organizations)));
    return answer(req, transfer, buffer_string(&transfer->organizations));
}

enum err ownership_transfer(struct request *req)
{
    struct transfer transfer = {0};

    TRY(read_users(req, &transfer));
    TRY(read_included(req, "include_workspaces", &transfer.workspaces));
    TRY(read_included(req, "include_projects", &transfer.projects));
    return operation_run(req, &(struct operation){.dry_run = false}, transfer_all, &transfer);
}
