/* The endpoint that confirms the user of a session by the password. */
#include "signin/reauthenticate.h"

#include "audit/events.h"
#include "auth/sessions.h"
#include "auth/statements.h"
#include "base/email.h"
#include "signin/attempts.h"
#include "signin/logins.h"

static const struct field fields[] = {{.name = "password", .type = FIELD_STRING, .required = true, .max = 1024}};
const struct model reauthenticate_body = MODEL("Reauthenticate", fields, NULL);

/* Ends the transaction that login_check began. */
static enum err note(struct request *req, const struct session *session, const struct login *login)
{
    enum err err = RUN_QUERY(req, ERR_REAUTHENTICATION_FAILED, session_authenticated, param_uuid(&session->id),
                             param_uuid(&login->id));

    if (!err)
        return db_commit(req->db);
    db_rollback(req->db);
    return err;
}

static enum err check(struct request *req, const struct session *session, const char *email)
{
    struct attempt_counters counters;
    struct password_login login;
    bool right = false;

    TRY(login_by_password(req, email, &login));
    TRY(attempt_password(req, email, &counters));
    TRY(login_check(req, &login, body_text(req, "password"), &right));
    if (!right) {
        audit_sign_in_failed(req, "wrong password", email, login.found ? &login.login.id : NULL);
        return ERR_REAUTHENTICATION_FAILED;
    }
    TRY(note(req, session, &login.login));
    attempt_give(req, &counters);
    return OK;
}

enum err session_reauthenticate(struct request *req)
{
    struct access_token token;
    struct session session;
    const char *email;
    enum err err = session_of(req, &token, &session);

    if (err == ERR_SESSION_NONE || err == ERR_SESSION_EXPIRED)
        return ERR_NOT_IN_SCOPE;
    if (err)
        return err;
    email = email_fold(req->arena, session.email);
    if (!email)
        return ERR_MEMORY;
    TRY(check(req, &session, email));
    return reply_json(req, 200, "{\"status\":\"OK\"}");
}
