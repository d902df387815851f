/* The endpoints of sign-up and sign-in with a password. */
#include "signin/passwords.h"

#include <string.h>

#include "audit/events.h"
#include "mail/outbox.h"
#include "policy/limits.h"
#include "policy/password_policy.h"
#include "signin/account.h"
#include "signin/attempts.h"
#include "signin/forms.h"
#include "signin/frontend_api.h"
#include "signin/logins.h"

enum { SIGN_IN_FIELDS = 2, SIGN_UP_FIELDS = 3, SIGN_UP_ATTEMPTS = 3 };

/* A parsed request to sign up or in. */
struct attempt {
    const char *email; /* folded */
    const char *password;
    struct account_answer account;
};

static enum err deny(struct request *req, const char *email)
{
    audit_sign_in_failed(req, "access rule", email, NULL);
    return fdi_status_text(req, "GENERAL_ERROR", "message", "Access Denied.");
}

static enum err refuse_field(struct request *req, const char *id, const char *error)
{
    struct form_problems problems = {0};

    form_problem(&problems, id, error);
    return form_refuse(req, &problems);
}

static const char *password_error(struct request *req, const char *password, bool fresh)
{
    if (!password)
        return form_missing;
    if (!fresh && strlen(password) <= PASSWORD_MAX_BYTES)
        return NULL;
    return fresh ? password_problem(req->arena, req->config, password) : "Password is too long.";
}

static enum err actual_email_error(struct request *req, const char *value, const char **error)
{
    struct account_answer account;
    const char *email;

    *error = NULL;
    if (!value)
        return OK;
    if (form_email_error(req, value, true, &email)) {
        *error = "Email is invalid";
        return OK;
    }
    TRY(account_ask(req, email, &account));
    if (account.has_account)
        *error = "Email already in use. Please sign in, or use another email";
    return OK;
}

/* Reads and checks the form, and applies the sign-in rules. ERR_INVALID: the reply is filled with the refusal. */
static enum err read_attempt(struct request *req, bool sign_up, struct attempt *attempt)
{
    struct form_problems problems = {0};
    const char *actual = NULL;
    struct form form;
    const char *bad = form_read(fdi_body(req), sign_up ? SIGN_UP_FIELDS : SIGN_IN_FIELDS, &form);

    if (bad)
        return fdi_end(fdi_refuse(req, bad));
    form_problem(&problems, "email", form_email_error(req, form.email, sign_up, &attempt->email));
    form_problem(&problems, "password", password_error(req, form.password, sign_up));
    if (sign_up)
        TRY(actual_email_error(req, form.actual_email, &actual));
    form_problem(&problems, "actualEmail", actual);
    if (problems.count > 0)
        return fdi_end(form_refuse(req, &problems));
    attempt->password = form.password;
    TRY(account_ask(req, attempt->email, &attempt->account));
    /* if sign-up needs an invitation, a sign-in must not reveal that the address has no account */
    if (!attempt->account.may_sign_in && (sign_up || !attempt->account.lacks_invitation))
        return fdi_end(deny(req, attempt->email));
    return OK;
}

/* Within the transaction: creates or finds the account, begins the session, ends the transaction and answers. */
static enum err enter(struct request *req, const struct attempt *attempt, const struct login *login,
                      enum account_proof proof)
{
    struct account_login entering = {.email = attempt->email,
                                     .login_id = login->id,
                                     .identity = "email:password",
                                     .subject = attempt->email,
                                     .proof = proof};
    struct fdi_user user = {
        .id = login->id, .method = "emailpassword", .email = attempt->email, .joined_ms = login->joined_ms};
    bool created;
    enum err err = account_finish(req, account_sign_in(req, &entering, &created));

    return !err ? fdi_user(req, &user, NULL) : err == ERR_ACCESS_DENIED ? deny(req, attempt->email) : err;
}

/* Verifies the password, within the limits on attempts. */
static enum err check(struct request *req, const struct attempt *attempt, const struct password_login *login,
                      struct attempt_counters *counters, bool *right)
{
    enum err err = attempt_password(req, attempt->email, counters);

    *right = false;
    if (err)
        return err;
    TRY(login_check(req, login, attempt->password, right));
    if (!*right)
        audit_sign_in_failed(req, "wrong password", attempt->email, login->found ? &login->login.id : NULL);
    return OK;
}

/* After the correct password, which does not count as an attempt. */
static enum err enter_again(struct request *req, const struct attempt *attempt, const struct login *login,
                            const struct attempt_counters *counters)
{
    enum err err = enter(req, attempt, login, PROOF_LOGIN);

    attempt_give(req, counters); /* after the end of the transaction */
    return err;
}

enum err passwords_sign_in(struct request *req)
{
    struct attempt_counters counters;
    struct attempt attempt = {0};
    struct password_login login;
    bool right = false;
    enum err err;

    TRY(read_attempt(req, false, &attempt));
    err = login_by_password(req, attempt.email, &login);
    if (!err)
        err = check(req, &attempt, &login, &counters, &right);
    if (err)
        return fdi_pass(req, err);
    return right ? enter_again(req, &attempt, &login.login, &counters) : fdi_status(req, "WRONG_CREDENTIALS_ERROR");
}

/* An account without a password gets one only after its owner has proven the address. */
static enum err refuse_unproven(struct request *req)
{
    return fdi_status_text(req, "SIGN_UP_NOT_ALLOWED", "reason",
                           mail_enabled(req->config)
                               ? "This address has an account already. Reset its password to set a first one."
                               : "This address has an account already. Ask its administrator for a link to set a "
                                 "password.");
}

/* Adds the login and the account. ERR_CONFLICT if the login exists already. */
static enum err add(struct request *req, const struct attempt *attempt, const char *hash)
{
    struct login_key key = {.method = "emailpassword", .email = attempt->email};
    struct login login;
    enum err err = db_begin(req->db);

    if (!err)
        err = login_add(req, &key, hash, &login);
    if (err)
        return account_finish(req, err);
    err = enter(req, attempt, &login, PROOF_NAMED);
    return err == ERR_CONFLICT ? refuse_unproven(req) : err;
}

/* Reads the current state and acts on it. ERR_CONFLICT if the state has changed meanwhile: try again. */
static enum err sign_up_once(struct request *req, const struct attempt *attempt)
{
    char hash[PASSWORD_HASH_SIZE];
    struct attempt_counters counters;
    struct password_login login;
    bool right = false;

    TRY(login_by_password(req, attempt->email, &login));
    if (login.found) {
        TRY(check(req, attempt, &login, &counters, &right));
        return right ? enter_again(req, attempt, &login.login, &counters)
                     : refuse_field(req, "email", "This email already exists. Please sign in instead.");
    }
    if (attempt->account.has_account)
        return refuse_unproven(req);
    TRY(password_hash(attempt->password, hash));
    return add(req, attempt, hash);
}

enum err passwords_sign_up(struct request *req)
{
    struct attempt attempt = {0};
    enum err err = limit_take_client(req, LIMIT_SIGN_UP_CLIENT);

    if (!err)
        err = read_attempt(req, true, &attempt);
    if (err)
        return fdi_pass(req, err);
    err = ERR_CONFLICT;
    for (int attempts = 0; err == ERR_CONFLICT && attempts < SIGN_UP_ATTEMPTS; attempts++)
        err = sign_up_once(req, &attempt);
    return err == ERR_CONFLICT ? refuse_unproven(req) /* a login without a password */ : fdi_pass(req, err);
}
