/* The password reset endpoints. */
#include "signin/resets.h"

#include <string.h>
#include <talloc.h>

#include "auth/identity.h"
#include "auth/sessions.h"
#include "base/base64.h"
#include "base/email.h"
#include "base/json.h"
#include "base/log.h"
#include "base/platform.h"
#include "base/secret.h"
#include "mail/outbox.h"
#include "policy/limits.h"
#include "policy/password_policy.h"
#include "signin/account.h"
#include "signin/attempts.h"
#include "signin/forms.h"
#include "signin/frontend_api.h"
#include "signin/logins.h"
#include "statements.h"

enum { TOKEN_BYTES = 32, FIELDS = 1 };

/* Scheme, host and port of the console. */
static int origin_length(const char *url)
{
    const char *host = strstr(url, "://");

    return (int)(host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strlen(url));
}

/*
 * Adds a token to the open transaction, for the password login of an address, which is added when there is none.
 * `proves`: whoever uses it has shown that the address is theirs.
 */
static enum err add_token(struct request *req, const char *email, bool proves, const char **link)
{
    struct login_key key = {.method = "emailpassword", .email = email};
    struct buffer token = buffer_make(req->arena, 100);
    unsigned char secret[TOKEN_BYTES];
    struct login login;
    char hash[65];
    bool added;
    enum err code = login_ensure(req, &key, &login, &added);

    platform.random_bytes(secret, sizeof secret);
    base64_write(&token, BASE64_URL, secret, sizeof secret);
    if (code == OK && token.failed)
        code = ERR_MEMORY;
    if (code != OK)
        return code;
    digest_sha256_hex(token.data, token.len, hash);
    *link = talloc_asprintf(req->arena, "%.*s/auth/reset-password?token=%s&tenantId=public",
                            origin_length(req->config->web_url), req->config->web_url, token.data);
    if (!*link)
        return ERR_MEMORY;
    return DB_RUN(req->db, reset_add, NULL, param_text(hash), param_uuid(&login.id), param_int(RESET_VALID_S),
                  param_bool(proves));
}

/* ---- asking for a link ---- */

static enum err send_link(struct request *req, const char *email)
{
    const char *link = NULL;
    enum err code = db_begin(req->db);

    if (code == OK)
        code = add_token(req, email, true, &link);
    if (code == OK)
        code = outbox_add(req->config, req->db, email, "password-reset",
                          (const struct mail_field[]){{"link", link}, {"minutes", "60"}}, 2, RESET_VALID_S);
    return code == OK ? db_commit(req->db) : code;
}

enum err resets_request(struct request *req)
{
    struct form_problems problems = {0};
    struct form form;
    const char *email;
    const char *bad = form_read(fdi_body(req), FIELDS, &form);
    struct result row;
    bool known;
    enum err code;

    if (bad)
        return fdi_refuse(req, bad);
    form_problem(&problems, "email", form_email_error(req, form.email, false, &email));
    if (problems.count > 0)
        return form_refuse(req, &problems);
    code = attempt_reset_link(req, email);
    if (code != OK)
        return fdi_pass(req, code);
    if (!mail_enabled(req->config)) {
        log_message(LOG_INFO, "a password reset was asked for, but no mail is configured to send the link");
        return fdi_status(req, "OK");
    }
    code = DB_RUN(req->db, reset_candidate, &row, param_text(email));
    if (code != OK)
        return code;
    known = result_bool(&row, 0, 0);
    result_clear(&row);
    if (known)
        code = send_link(req, email);
    return code == OK ? fdi_status(req, "OK") : code;
}

/* ---- using it ---- */

/* All of it or nothing: the token is used up, the password set, every session over. ERR_AGAIN: the token is no good. */
static enum err reset(struct request *req, const char *token_hash, const char *password_hash)
{
    struct uuid login_id, user_id;
    struct result row;
    bool has_account, proves;
    const char *email;
    enum err code = db_begin(req->db);

    if (code == OK)
        code = RUN_QUERY(req, ERR_AGAIN, reset_hold, param_text(token_hash));
    if (code == OK)
        code = DB_RUN(req->db, reset_take, &row, param_text(token_hash));
    if (code != OK)
        return code;
    code = result_rows(&row) > 0 && result_uuid(&row, 0, 0, &login_id) ? OK : ERR_AGAIN;
    proves = result_bool(&row, 0, 1);
    result_clear(&row);
    if (code == OK)
        code = DB_RUN(req->db, reset_password, &row, param_uuid(&login_id), param_text(password_hash));
    if (code != OK)
        return code;
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    has_account = result_uuid(&row, 0, 0, &user_id);
    email = result_text(&row, 0, 1);
    if (proves && email)
        code = account_prove(req, &login_id, has_account ? &user_id : NULL, email);
    if (code == OK && proves)
        code = DB_RUN(req->db, reset_proves, NULL, param_uuid(&login_id));
    if (code == OK && has_account)
        code = sessions_end_all(req, &user_id);
    return code;
}

/* A token that is no good is not worth a hash. */
static enum err check_token(struct request *req, const char *token_hash)
{
    struct result row;
    enum err code = DB_RUN(req->db, reset_valid, &row, param_text(token_hash));

    if (code != OK)
        return code;
    code = result_bool(&row, 0, 0) ? OK : ERR_AGAIN;
    result_clear(&row);
    return code;
}

static enum err use_token(struct request *req, const char *token, const char *password)
{
    char token_hash[65], hash[PASSWORD_HASH_SIZE];
    enum err code;

    digest_sha256_hex(token, strlen(token), token_hash);
    code = check_token(req, token_hash);
    if (code == OK)
        code = password_hash(password, hash);
    if (code == OK)
        code = account_finish(req, reset(req, token_hash, hash));
    return code;
}

enum err resets_submit(struct request *req)
{
    const json_t *body = fdi_body(req);
    const json_t *token = json_object_get(body, "token");
    struct form_problems problems = {0};
    struct form form;
    const char *bad;
    enum err code;

    if (!token)
        return fdi_refuse(req, "Please provide the password reset token");
    if (!json_is_string(token))
        return fdi_refuse(req, "The password reset token must be a string");
    bad = form_read(body, FIELDS, &form);
    if (bad)
        return fdi_refuse(req, bad);
    form_problem(&problems, "password",
                 form.password ? password_problem(req->arena, req->config, form.password) : form_missing);
    if (problems.count > 0)
        return form_refuse(req, &problems);
    code = use_token(req, json_string_value(token), form.password);
    if (code == ERR_AGAIN) { /* only what is wrong counts, so that nobody can keep a right one out */
        code = limit_take_client(req, LIMIT_RESET_TRY_CLIENT);
        if (code != OK)
            return fdi_pass(req, code);
        return fdi_status(req, "RESET_PASSWORD_INVALID_TOKEN_ERROR");
    }
    return code == OK ? fdi_status(req, "OK") : fdi_pass(req, code);
}

/* ---- making one ---- */

static void note_link(const struct uuid *person, const struct uuid *caller)
{
    char whom[UUID_TEXT_SIZE], who[UUID_TEXT_SIZE];

    log_message(LOG_INFO, "user %s made a password-reset link for user %s", uuid_format(caller, who),
                uuid_format(person, whom));
}

enum err resets_link(struct request *req)
{
    const struct identity *identity = identity_of(req);
    const struct uuid *caller = &identity->user_id;
    struct buffer body = buffer_make(req->arena, 16 << 10);
    const char *link = NULL, *email;
    struct uuid person;
    struct result row;
    enum err code;

    if (!uuid_parse(query_value(req, "user_id"), &person))
        return ERR_BAD_UUID;
    code = DB_RUN(req->db, reset_person, &row, param_uuid(&person), param_uuid(caller),
                  param_bool(req->config->owners_reset && !mail_enabled(req->config)),
                  param_bool(identity->scheme == IDENTITY_SESSION));
    if (code != OK)
        return code;
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) == 0 || !result_text(&row, 0, 0))
        return ERR_RESET_NOT_ALLOWED;
    email = email_fold(req->arena, result_text(&row, 0, 0));
    code = email ? db_begin(req->db) : ERR_MEMORY;
    if (code == OK)
        code = add_token(req, email, uuid_equal(&person, caller) && identity->address_proven, &link);
    if (code == OK)
        code = db_commit(req->db);
    if (code != OK)
        return code;
    note_link(&person, caller);
    json_text(&body, link);
    return reply_buffer(req, 200, &body);
}
