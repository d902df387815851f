/* The endpoint that confirms the user of a session by the password. */
#include "signin/reauthenticate.h"

#include "audit/events.h"
#include "auth/sessions.h"
#include "base/email.h"
#include "signin/attempts.h"
#include "signin/logins.h"
#include "statements.h"

static const struct field fields[] = {{.name = "password", .type = FIELD_STRING, .required = true, .max = 1024}};
const struct model reauthenticate_body = {"Reauthenticate", fields, 1, NULL};

/* Ends the transaction that login_check began. */
static enum err note(struct request *req, const struct session *session, const struct login *login)
{
    enum err code = RUN_QUERY(req, ERR_REAUTHENTICATION_FAILED, session_authenticated, param_uuid(&session->id),
                              param_uuid(&login->id));

    if (code == OK)
        return db_commit(req->db);
    db_rollback(req->db);
    return code;
}

static enum err check(struct request *req, const struct session *session, const char *email)
{
    struct attempt_counters counters;
    struct password_login login;
    bool right = false;
    enum err code = login_by_password(req, email, &login);

    if (code == OK)
        code = attempt_password(req, email, &counters);
    if (code == OK)
        code = login_check(req, &login, body_text(req, "password"), &right);
    if (code == OK && !right)
        audit_sign_in_failed(req, "wrong password", email, login.found ? &login.login.id : NULL);
    if (code == OK)
        code = right ? note(req, session, &login.login) : ERR_REAUTHENTICATION_FAILED;
    if (code == OK)
        attempt_give(req, &counters);
    return code;
}

enum err session_reauthenticate(struct request *req)
{
    struct access_token token;
    struct session session;
    const char *email;
    enum err code = session_of(req, &token, &session);

    if (code == ERR_SESSION_NONE || code == ERR_SESSION_EXPIRED)
        return ERR_NOT_IN_SCOPE;
    if (code != OK)
        return code;
    email = email_fold(req->arena, session.email);
    code = email ? check(req, &session, email) : ERR_MEMORY;
    return code == OK ? reply_json(req, 200, "{\"status\":\"OK\"}") : code;
}
