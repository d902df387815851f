/* Creates accounts, each with its own organization, in one transaction for the whole request. */
#include "provisioning/accounts.h"

#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/text.h"
#include "identity/api_keys.h"
#include "statements.h"
#include "tenancy/organizations.h"

/* What one entry asks for, with its defaults filled in. */
struct account {
    const char *key; /* of the entry in the request */
    const char *email, *username;
    const char *organization, *slug, *workspace, *project;
    bool create_key, return_key;
};

static const char *text_of(void *arena, const json_t *object, const char *name)
{
    const char *text = text_trim(arena, json_string_value(json_object_get(object, name)));

    return text && *text ? text : NULL;
}

/* An option: `absent` when it is not given or null. */
static bool option(const json_t *options, const char *name, bool absent)
{
    return json_bool_read(json_object_get(options, name), absent);
}

static const char *first_of(const char *a, const char *b, const char *c)
{
    return a ? a : b ? b : c;
}

static enum err read_account(struct request *req, const char *key, const json_t *entry, struct account *account)
{
    const json_t *user = json_object_get(entry, "user");
    const json_t *options = json_object_get(entry, "options");
    const char *name = text_of(req->arena, user, "name");
    const char *username = text_of(req->arena, user, "username");
    const char *local;

    if (!json_is_object(options)) /* an entry's options replace the request's as a whole */
        options = json_object_get(req->json, "options");
    *account = (struct account){
        .key = key,
        .email = text_fold_email(req->arena, text_of(req->arena, user, "email")),
        .organization = text_of(req->arena, json_object_get(entry, "organization"), "name"),
        .slug = text_of(req->arena, json_object_get(entry, "organization"), "slug"),
        .workspace = first_of(text_of(req->arena, json_object_get(entry, "workspace"), "name"), "Default", NULL),
        .project = first_of(text_of(req->arena, json_object_get(entry, "project"), "name"), "Default", NULL),
        .create_key = option(options, "create_api_keys", true),
        .return_key = option(options, "return_api_keys", true),
    };
    local = account->email ? talloc_strndup(req->arena, account->email, strcspn(account->email, "@")) : NULL;
    if (!local)
        return ERR_MEMORY;
    account->username = first_of(username, name, local);
    if (!account->organization)
        account->organization = talloc_asprintf(req->arena, "%s's Organization", first_of(name, username, local));
    return account->organization ? OK : ERR_MEMORY;
}

/* {"detail":{"message":...,"<name>":...,"account":...}}: what stands in the way, and in which entry of the request. */
static enum err refuse_entry(struct request *req, int status, const char *message, const char *name, const char *value,
                             const char *account)
{
    struct buffer body = buffer_make(req->arena, 64 << 20); /* a key may be as long as a request */

    json_open(&body, '{');
    json_key(&body, "detail");
    json_open(&body, '{');
    json_key(&body, "message");
    json_text(&body, message);
    json_key(&body, name);
    json_text(&body, value);
    json_key(&body, "account");
    json_text(&body, account);
    json_close(&body, '}');
    json_close(&body, '}');
    return reply_buffer(req, status, &body);
}

/* Parts of the administration API that this version does not have yet are refused instead of ignored. */
static bool refuse_unsupported(struct request *req, const char *key, const json_t *entry)
{
    static const char *const members[] = {"user_identities", "organization_memberships", "workspace_memberships",
                                          "project_memberships"};

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *message;
        if (json_array_size(json_object_get(entry, members[i])) == 0)
            continue;
        message = talloc_asprintf(req->arena, "'%s' is not yet implemented in this edition.", members[i]);
        (void)refuse_entry(req, 501, message ? message : members[i], "feature", members[i], key);
        return true;
    }
    return false;
}

/* A unique rule was broken: the address or the slug is taken. */
static enum err refuse_conflict(struct request *req, const struct account *account)
{
    bool slug = strcmp(db_constraint(req->db), "uq_organizations_slug") == 0;
    const char *message =
        slug ? talloc_asprintf(req->arena, "Organization with slug '%s' already exists.", account->slug)
             : talloc_asprintf(req->arena, "User with email '%s' already exists.", account->email);

    if (!slug && strcmp(db_constraint(req->db), "users_email_key") != 0)
        return ERR_DATABASE;
    return refuse_entry(req, 409, message, slug ? "slug" : "email", slug ? account->slug : account->email,
                        account->key);
}

static void write_account(struct buffer *out, const struct account *account, const struct result *row,
                          const struct api_key *key)
{
    static const char *const members[] = {"user",
                                          "organizations",
                                          "workspaces",
                                          "projects",
                                          "organization_memberships",
                                          "workspace_memberships",
                                          "project_memberships"};

    json_key(out, account->key);
    json_open(out, '{');
    for (int i = 0; i < 7; i++) {
        json_key(out, members[i]);
        json_raw_compact(out, result_text(row, 0, i));
    }
    if (account->create_key && account->return_key) {
        json_key(out, "api_keys");
        json_open(out, '{');
        json_key(out, "key");
        json_text(out, key->raw);
        json_close(out, '}');
    }
    json_close(out, '}');
}

static enum err create_account(struct request *req, const struct account *account, const char *flags,
                               struct buffer *out)
{
    struct api_key key = api_key_make();
    struct uuid uid = uuid_v4();
    char uid_text[UUID_TEXT_SIZE];
    struct uuid ids[8];
    struct result row;
    enum err code;

    for (size_t i = 0; i < 8; i++)
        ids[i] = uuid_v7();
    code = DB_RUN(req->db, account_create, &row, param_uuid(&ids[0]), param_uuid(&ids[1]), param_uuid(&ids[2]),
                  param_uuid(&ids[3]), param_uuid(&ids[4]), param_uuid(&ids[5]), param_uuid(&ids[6]),
                  param_uuid(&ids[7]), param_text(uuid_format(&uid, uid_text)), param_text(account->email),
                  param_text(account->username), param_text(account->organization), param_text(account->slug),
                  param_text(flags), param_text(account->workspace), param_text(account->project),
                  param_text(account->create_key ? key.prefix : NULL), param_text(key.hashed));
    if (code == OK)
        write_account(out, account, &row, &key);
    result_clear(&row);
    return code;
}

/* All entries of the request, in the open transaction. A refusal leaves its reply in the request. */
static enum err create_all(struct request *req, struct buffer *out)
{
    const char *flags = organization_flags(req->arena, req->config);
    const char *key;
    json_t *entry;

    json_object_foreach(json_object_get(req->json, "accounts"), key, entry) {
        struct account account;
        enum err code = read_account(req, key, entry, &account);
        if (code == OK && refuse_unsupported(req, key, entry))
            return OK;
        if (code == OK)
            code = create_account(req, &account, flags, out);
        if (code == ERR_CONFLICT)
            return refuse_conflict(req, &account);
        if (code != OK)
            return code;
    }
    return OK;
}

enum err accounts_create(struct request *req)
{
    bool dry_run = option(json_object_get(req->json, "options"), "dry_run", false);
    struct buffer out = buffer_make(req->arena, 64 << 20);
    enum err code = db_begin(req->db);

    json_open(&out, '{');
    json_key(&out, "accounts");
    json_open(&out, '{');
    if (code == OK)
        code = create_all(req, &out);
    if (code != OK || req->reply.status != 0) /* refused: the transaction is rolled back with the request */
        return code;
    json_close(&out, '}');
    json_close(&out, '}');
    if (!dry_run)
        code = db_commit(req->db);
    return code == OK ? reply_buffer(req, 200, &out) : code;
}
