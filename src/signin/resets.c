/* The password reset endpoints. */
#include "signin/resets.h"

#include <string.h>
#include <talloc.h>

#include "audit/events.h"
#include "auth/account_reset.h"
#include "auth/identity.h"
#include "auth/reauthentication.h"
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
#include "signin/devices.h"
#include "signin/forms.h"
#include "signin/frontend_api.h"
#include "signin/logins.h"
#include "signin/statements.h"

enum { TOKEN_BYTES = 32, FIELDS = 1 };

/* Scheme, host and port of the console. */
static int origin_length(const char *url)
{
    const char *host = strstr(url, "://");

    return (int)(host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strlen(url));
}

/* The purpose of a link and its origin. */
struct link {
    const char *email;          /* id of the password login, which is added if it does not exist */
    const struct uuid *user_id; /* the login's account; NULL: any user who reads mail to the address */
    bool proves;                /* using it proves the address */
    const int64_t *generation;  /* generation of the account; NULL: the current one */
    const struct uuid *session; /* the session in which it is made, and with which it ends; NULL: none */
};

/* Locks the password login of a link, in the open transaction. ERR_RESET_NOT_ALLOWED: it belongs to another account. */
static enum err lock_login(struct request *req, const struct link *link, struct login *login)
{
    bool added;

    TRY(login_ensure(req, &(struct login_key){.method = "emailpassword", .email = link->email}, login, &added));
    return RUN_QUERY(req, ERR_RESET_NOT_ALLOWED, reset_lock_login, param_uuid(&login->id), param_uuid(link->user_id));
}

/* Adds a token for a locked login to the open transaction. */
static enum err add_token(struct request *req, const struct link *link, const struct login *login, const char **url)
{
    struct buffer token = buffer_make(req->arena, 100);
    unsigned char secret[TOKEN_BYTES];
    char hash[65];

    platform.random_bytes(secret, sizeof secret);
    base64_write(&token, BASE64_URL, secret, sizeof secret);
    if (token.failed)
        return ERR_MEMORY;
    digest_sha256_hex(token.data, token.len, hash);
    *url = talloc_asprintf(req->arena, "%.*s/auth/reset-password?token=%s&tenantId=public",
                           origin_length(req->config->web_url), req->config->web_url, token.data);
    if (!*url)
        return ERR_MEMORY;
    return DB_RUN(req->db, reset_add, NULL, param_text(hash), param_uuid(&login->id), param_int(RESET_VALID_S),
                  param_bool(link->proves), link->generation ? param_int(*link->generation) : param_null(),
                  param_uuid(link->session));
}

/* ---- requesting a link ---- */

static enum err mail_link(struct request *req, const char *email, const char *url)
{
    return outbox_add(req->config, req->db, email, "password-reset",
                      (const struct mail_field[]){{"link", url}, {"minutes", "60"}}, 2, RESET_VALID_S);
}

static enum err send_link(struct request *req, const char *email)
{
    struct link link = {.email = email, .proves = true};
    const char *url = NULL;
    struct login login;
    enum err err = db_begin(req->db);

    if (!err)
        err = lock_login(req, &link, &login);
    if (err == ERR_RESET_NOT_ALLOWED) { /* the answer is the same for every address */
        db_rollback(req->db);
        return OK;
    }
    if (err)
        return err;
    TRY(add_token(req, &link, &login, &url));
    TRY(mail_link(req, email, url));
    return db_commit(req->db);
}

enum err resets_request(struct request *req)
{
    struct form_problems problems = {0};
    struct form form;
    const char *email;
    const char *bad = form_read(fdi_body(req), FIELDS, &form);
    struct result row;
    bool known;
    enum err err;

    if (bad)
        return fdi_refuse(req, bad);
    form_problem(&problems, "email", form_email_error(req, form.email, false, &email));
    if (problems.count > 0)
        return form_refuse(req, &problems);
    err = attempt_reset_link(req, email);
    if (err)
        return fdi_pass(req, err);
    if (!mail_enabled(req->config)) {
        log_message(LOG_INFO, "a password reset was asked for, but no mail is configured to send the link");
        return fdi_status(req, "OK");
    }
    TRY(DB_RUN(req->db, reset_candidate, &row, param_text(email)));
    known = result_bool(&row, 0, RESET_CANDIDATE_KNOWN);
    result_clear(&row);
    if (known)
        TRY(send_link(req, email));
    return fdi_status(req, "OK");
}

/* ---- using a link ---- */

/*
 * Ends everything that was made for the account before, unless the first proof has done that already, and mails its
 * owner. `keep` is the login of the user who made the link.
 */
static enum err end_all(struct request *req, const struct uuid *user_id, const struct uuid *keep, bool done)
{
    const char *said = "", *what;

    if (!done) {
        TRY(account_reset(req, user_id));
        TRY(account_end_planted(req, user_id, keep, &said));
    }
    what = talloc_asprintf(req->arena,
                           "The password of your account was reset. All sessions, and all codes and links that were "
                           "sent before, are invalid now.%s",
                           said);
    return what ? account_notify(req, user_id, "Your password was reset", what, KEYS_LISTED) : ERR_MEMORY;
}

/* All of it or nothing: uses up the token, sets the password, ends every session. ERR_AGAIN: the token is invalid. */
static enum err reset(struct request *req, const char *token_hash, const char *password_hash)
{
    struct uuid login_id, user_id, maker;
    struct result row;
    struct account_proof_effect effect = {0};
    bool has_account, proves, has_maker;
    const char *email;
    bool found;

    TRY(db_begin(req->db));
    TRY(RUN_QUERY(req, ERR_AGAIN, reset_lock, param_text(token_hash)));
    TRY(DB_RUN(req->db, reset_take, &row, param_text(token_hash)));
    found = result_rows(&row) > 0 && result_uuid(&row, 0, RESET_TAKE_LOGIN_ID, &login_id);
    proves = result_bool(&row, 0, RESET_TAKE_PROVES);
    has_maker = result_uuid(&row, 0, RESET_TAKE_MAKER, &maker);
    result_clear(&row);
    if (!found)
        return ERR_AGAIN;
    TRY(DB_RUN(req->db, reset_password, &row, param_uuid(&login_id), param_text(password_hash)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    has_account = result_uuid(&row, 0, RESET_PASSWORD_USER_ID, &user_id);
    email = result_text(&row, 0, RESET_PASSWORD_EMAIL);
    if (identity_admit(req, email) || identity_admit(req, result_text(&row, 0, RESET_PASSWORD_ADDRESS)))
        return ERR_AGAIN; /* blocked, as everything of the account is; the token stays unused */
    if (proves && email)
        TRY(account_prove(req, &login_id, has_account ? &user_id : NULL, email, &effect));
    if (proves)
        TRY(DB_RUN(req->db, reset_proves, NULL, param_uuid(&login_id), param_uuid(has_account ? &user_id : NULL)));
    if (has_account)
        TRY(end_all(req, &user_id, has_maker ? &maker : NULL, effect.first));
    /* a user who reads the owner's mail is let in, whatever attempts others make */
    return has_account && proves ? device_remember(req, &user_id) : OK;
}

/* An invalid token must not cost the computation of a hash. */
static enum err check_token(struct request *req, const char *token_hash)
{
    struct result row;
    bool valid;

    TRY(DB_RUN(req->db, reset_valid, &row, param_text(token_hash)));
    valid = result_bool(&row, 0, RESET_VALID_VALID);
    result_clear(&row);
    return valid ? OK : ERR_AGAIN;
}

static enum err use_token(struct request *req, const char *token, const char *password)
{
    char token_hash[65], hash[PASSWORD_HASH_SIZE];

    digest_sha256_hex(token, strlen(token), token_hash);
    TRY(check_token(req, token_hash));
    TRY(password_hash(password, hash));
    return account_finish(req, reset(req, token_hash, hash));
}

enum err resets_submit(struct request *req)
{
    const json_t *body = fdi_body(req);
    const json_t *token = json_object_get(body, "token");
    struct form_problems problems = {0};
    struct form form;
    const char *bad;
    enum err err;

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
    err = use_token(req, json_string_value(token), form.password);
    if (err == ERR_AGAIN) { /* only invalid tokens count as attempts, so that nobody can block a valid one */
        audit_sign_in_failed(req, "invalid reset link", NULL, NULL);
        err = limit_take_client(req, LIMIT_RESET_ATTEMPT_CLIENT);
        if (err)
            return fdi_pass(req, err);
        return fdi_status(req, "RESET_PASSWORD_INVALID_TOKEN_ERROR");
    }
    return err ? fdi_pass(req, err) : fdi_status(req, "OK");
}

/* ---- making a link ---- */

/* A link opens the account, and this log line is the only record of who got one. */
static void note_link(const struct request *req, const struct uuid *user_id)
{
    char whom[UUID_TEXT_SIZE], who[UUID_TEXT_SIZE];

    log_message(LOG_INFO, "user %s made a password-reset link for user %s",
                uuid_format(&identity_of(req)->user_id, who), uuid_format(user_id, whom));
    audit_count(req, &(struct audit_event){.action = "request",
                                           .object = "users",
                                           .reason = "password-reset link",
                                           .object_id = user_id,
                                           .single = true});
}

/* Whether the caller may make a link for a user, for which address, and in which generation of the account. */
static enum err decide(struct request *req, const struct uuid *user_id, const char **email, int64_t *generation)
{
    const struct identity *caller = identity_of(req);
    struct result row;

    TRY(DB_RUN(req->db, reset_user, &row, param_uuid(user_id), param_uuid(&caller->user_id),
               param_bool(req->config->owners_reset && !mail_enabled(req->config)),
               param_uuid(caller->has_session ? &caller->session : NULL)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) == 0 || !result_text(&row, 0, RESET_USER_EMAIL))
        return ERR_RESET_NOT_ALLOWED;
    *generation = result_int(&row, 0, RESET_USER_GENERATION);
    *email = email_fold(req->arena, result_text(&row, 0, RESET_USER_EMAIL));
    return *email ? OK : ERR_MEMORY;
}

/*
 * In a transaction that has locked the login: everything decided before the lock is decided again, as a reset may have
 * come first.
 */
static enum err make_link(struct request *req, const struct uuid *user_id, const char *email, const char **url)
{
    const struct identity *caller = identity_of(req);
    int64_t generation;
    struct link link = {.email = email,
                        .user_id = user_id,
                        .proves = uuid_equal(user_id, &caller->user_id) && caller->address_proven,
                        .generation = &generation,
                        .session = caller->has_session ? &caller->session : NULL};
    struct login login;
    const char *again;

    TRY(lock_login(req, &link, &login));
    TRY(decide(req, user_id, &again, &generation));
    if (strcmp(again, email) != 0)
        return ERR_RESET_NOT_ALLOWED;
    return add_token(req, &link, &login, url);
}

/* If mail is configured, the link goes to the address by mail, and to nobody else. */
static enum err answer_mail(struct request *req, const char *email)
{
    struct buffer body = buffer_make(req->arena, 16 << 10);
    const char *text = talloc_asprintf(req->arena, "A link to set a new password was sent to %s.", email);

    if (!text)
        return ERR_MEMORY;
    TRY(attempt_reset_link(req, email));
    TRY(send_link(req, email));
    json_text(&body, text);
    return reply_buffer(req, 200, &body);
}

static enum err answer_link(struct request *req, const struct uuid *user_id, const char *email)
{
    struct buffer body = buffer_make(req->arena, 16 << 10);
    const char *url = NULL;

    TRY(reauthentication_check(req));
    TRY(db_begin(req->db));
    TRY(make_link(req, user_id, email, &url));
    TRY(db_commit(req->db));
    note_link(req, user_id);
    json_text(&body, url);
    return reply_buffer(req, 200, &body);
}

enum err resets_link(struct request *req)
{
    const char *email;
    struct uuid user_id;
    int64_t generation;

    if (!uuid_parse(query_value(req, "user_id"), &user_id))
        return ERR_BAD_UUID;
    TRY(decide(req, &user_id, &email, &generation));
    return mail_enabled(req->config) ? answer_mail(req, email) : answer_link(req, &user_id, email);
}
