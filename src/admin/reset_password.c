/* Sets passwords that an administrator chose. */
#include "admin/reset_password.h"

#include <string.h>
#include <talloc.h>

#include "admin/account_graph_logins.h"
#include "admin/operation.h"
#include "admin/statements.h"
#include "auth/account_reset.h"
#include "auth/password_hash.h"
#include "base/email.h"
#include "base/json.h"
#include "policy/password_policy.h"
#include "policy/signin_methods.h"

/* One password to set. */
struct entry {
    const char *written, *email, *hash;
};
struct entries {
    struct entry *items;
    size_t count;
};

static enum err refuse(struct request *req, const char *message)
{
    return operation_refuse(req, &(struct refusal){.status = 400, .code = "validation_error", .message = message});
}

/* A refusal is left in the reply. */
static enum err read_entry(struct request *req, const json_t *given, struct entry *entry)
{
    const char *method = json_member_filled(given, "method"), *password = json_member_filled(given, "password"),
               *broken;
    char *hash = talloc_size(req->arena, PASSWORD_HASH_SIZE);

    if (!method || strcmp(method, "email:password") != 0)
        return refuse(req,
                      talloc_asprintf(req->arena, "reset_password only supports method 'email:password'; got '%s'.",
                                      method ? method : ""));
    entry->written =
        json_member_filled(given, "email") ? json_member_filled(given, "email") : json_member_filled(given, "subject");
    if (!entry->written || !password)
        return refuse(req,
                      "reset_password requires 'email' (or 'subject') and 'password' on every user_identity entry.");
    entry->email = email_fold(req->arena, entry->written);
    broken = password_problem(req->arena, req->config, password);
    if (broken)
        return refuse(req, broken);
    if (!entry->email || !hash)
        return ERR_MEMORY;
    entry->hash = hash;
    return password_hash(password, hash);
}

/* ERR_NOT_FOUND: the login has no password to set. */
static enum err set_password(struct request *req, const struct uuid *login, const char *hash)
{
    const char *said, *what;
    struct uuid user_id;
    struct result row;
    bool known, found;

    TRY(DB_RUN(req->db, password_set, &row, param_uuid(login), param_text(hash)));
    found = result_rows(&row) == 1;
    known = result_uuid(&row, 0, PASSWORD_SET_USER_ID, &user_id);
    result_clear(&row);
    if (!found || !known)
        return found ? OK : ERR_NOT_FOUND;
    TRY(account_reset(req, &user_id));
    TRY(account_end_planted(req, &user_id, NULL, &said));
    what = talloc_asprintf(req->arena,
                           "An administrator set a new password for your account. All sessions, codes and links that "
                           "were made before have ended.%s",
                           said);
    return what ? account_notify(req, &user_id, "Your password was reset", what, KEYS_LISTED) : ERR_MEMORY;
}

static enum err reset_one(struct request *req, const struct entry *entry)
{
    struct result row;
    struct uuid id;
    bool known;
    enum err err = OK;

    TRY(DB_RUN(req->db, password_login_of, &row, param_text(entry->email)));
    known = result_rows(&row) == 1 && result_uuid(&row, 0, PASSWORD_LOGIN_OF_ID, &id);
    result_clear(&row);
    if (known)
        err = set_password(req, &id, entry->hash);
    if (!known || (err == ERR_NOT_FOUND && methods_password(req->config)))
        return operation_refuse_unknown(req, "User", "user_not_found", entry->written, NULL);
    return err == ERR_NOT_FOUND ? OK : err; /* nobody signs in by password here: there is none to set */
}

static enum err reset_all(struct request *req, void *context)
{
    const struct entries *entries = context;

    for (size_t i = 0; i < entries->count; i++)
        TRY(reset_one(req, &entries->items[i]));
    return reply_json(req, 204, "");
}

enum err passwords_reset(struct request *req)
{
    const json_t *given = json_object_get(req->json, "user_identities");
    struct entries entries = {talloc_zero_size(req->arena, (json_array_size(given) + 1) * sizeof *entries.items), 0};

    if (!entries.items)
        return ERR_MEMORY;
    if (json_array_size(given) > PASSWORDS_MAX)
        return refuse(req, talloc_asprintf(req->arena, "One request may set %d passwords at most; this one has %zu.",
                                           PASSWORDS_MAX, json_array_size(given)));
    for (size_t i = 0; i < json_array_size(given); i++)
        TRY(read_entry(req, json_array_get(given, i), &entries.items[entries.count++]));
    return operation_run(req, &(struct operation){.dry_run = false}, reset_all, &entries);
}
