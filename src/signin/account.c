/* Finds or creates the account of a login. */
#include "signin/account.h"

#include <string.h>
#include <talloc.h>

#include "auth/account_reset.h"
#include "auth/sessions.h"
#include "base/email.h"
#include "base/log.h"
#include "policy/signin_rules.h"
#include "signin/devices.h"
#include "signin/statements.h"
#include "tenancy/organizations.h"
#include "tenancy/statements.h"

/* The answer of the database and of the sign-in rules for an address. */
struct standing {
    bool found; /* an account exists */
    struct uuid user_id;
    bool broken; /* one of the user's organizations is incomplete */
    bool proven; /* the login has proven the address before */
    bool reset;  /* this sign-in has begun a new generation of the account */
    struct access_decision decision;
};

static enum err look(struct request *req, const char *email, const struct uuid *login_id, struct standing *standing)
{
    struct result row;

    TRY(DB_RUN(req->db, account_question, &row, param_text(email), param_uuid(login_id)));
    standing->found = result_uuid(&row, 0, ACCOUNT_QUESTION_ID, &standing->user_id);
    standing->broken = result_bool(&row, 0, ACCOUNT_QUESTION_BROKEN);
    standing->proven = result_bool(&row, 0, ACCOUNT_QUESTION_PROVEN);
    standing->decision = access_decide(
        req->arena, req->config,
        &(struct access_question){
            .email = email, .has_account = standing->found, .invited = result_bool(&row, 0, ACCOUNT_QUESTION_INVITED)});
    result_clear(&row);
    return OK;
}

enum err account_ask(struct request *req, const char *email, struct account_answer *answer)
{
    struct standing standing;

    TRY(look(req, email, NULL, &standing));
    *answer = (struct account_answer){.has_account = standing.found,
                                      .may_sign_in = standing.decision.may_sign_in,
                                      .lacks_invitation = standing.decision.rule == ACCESS_INVITATION_NEEDED};
    return OK;
}

/*
 * ERR_CONFLICT if another request has created the account meanwhile. A request that waited for the other sees its rows.
 */
static enum err create(struct request *req, const struct account_login *login, struct standing *standing)
{
    char uid[UUID_TEXT_SIZE];
    const char *name = talloc_strndup(req->arena, login->email, strcspn(login->email, "@"));
    struct uuid id = uuid_v7();

    if (!name)
        return ERR_MEMORY;
    TRY(RUN_QUERY(req, ERR_CONFLICT, account_add, param_uuid(&id), param_text(uuid_format(&login->login_id, uid)),
                  param_text(login->email), param_text(name)));
    standing->user_id = id;
    return standing->decision.may_own ? organization_add(req, &id, name, "Default Organization", NULL) : OK;
}

/*
 * Ends everything that only claimed the address, and everything made in the account meanwhile; mails the owner about
 * it.
 */
static enum err end_unproven(struct request *req, const struct uuid *login_id, const struct uuid *user_id,
                             const char *email, int *count)
{
    char text[UUID_TEXT_SIZE];
    struct result ended;
    int logins, keys = 0;

    TRY(DB_RUN(req->db, account_end_unproven, &ended, param_uuid(login_id), param_uuid(user_id), param_text(email)));
    logins = result_rows(&ended);
    result_clear(&ended);
    if (!user_id)
        return OK;
    TRY(account_reset(req, user_id));
    TRY(account_end_session_keys(req, user_id, &keys));
    *count = logins + keys;
    if (*count > 0)
        log_message(LOG_INFO,
                    "user %s proved their address for the first time: %d other logins and %d keys were deleted",
                    uuid_format(user_id, text), logins, keys);
    return OK;
}

enum err account_prove(struct request *req, const struct uuid *login_id, const struct uuid *user_id, const char *email,
                       struct account_proof_effect *effect)
{
    enum err err = user_id ? RUN_QUERY(req, ERR_AGAIN, account_unproven, param_uuid(user_id), param_text(email)) : OK;

    *effect = (struct account_proof_effect){.first = !err && user_id};
    if (err)
        return err == ERR_AGAIN ? OK : err;
    return end_unproven(req, login_id, user_id, email, &effect->ended);
}

/* Two concurrent sign-ins must not both repair the organization: lock the user row, then check again. */
static enum err repair(struct request *req, const struct uuid *user_id)
{
    TRY(DB_RUN(req->db, user_lock, NULL, param_uuid(user_id)));
    return DB_RUN(req->db, account_repair, NULL, param_uuid(user_id));
}

/*
 * Logins that the proof ends are deleted before the account is created: other requests lock their login first, then the
 * account. A login that has proven the address before may still be new to the account.
 */
static enum err prove(struct request *req, const struct account_login *login, struct standing *standing)
{
    struct account_proof_effect effect;

    if ((login->proof != PROOF_ADDRESS && !standing->proven) || !standing->decision.may_sign_in)
        return OK;
    TRY(account_prove(req, &login->login_id, standing->found ? &standing->user_id : NULL, login->email, &effect));
    standing->reset = effect.first;
    if (!effect.first)
        return OK;
    return account_notify(
        req, &standing->user_id, "Your address was confirmed",
        "Somebody signed in and proved for the first time that this address is theirs. Passwords, "
        "sessions, links and API keys that others may have made in the account before are invalid now.",
        effect.ended > 0 ? KEYS_LISTED : KEYS_REQUIRED);
}

static enum err look_and_prove(struct request *req, const struct account_login *login, struct standing *standing)
{
    TRY(look(req, login->email, &login->login_id, standing));
    return prove(req, login, standing);
}

static enum err find_or_create(struct request *req, const struct account_login *login, struct standing *standing,
                               bool *created)
{
    *created = false;
    TRY(look_and_prove(req, login, standing));
    if (!standing->found && standing->decision.may_sign_in) {
        enum err err = create(req, login, standing);

        *created = !err;
        if (err != ERR_CONFLICT)
            return err;
        TRY(look_and_prove(req, login, standing));
    }
    if (!standing->decision.may_sign_in)
        return ERR_ACCESS_DENIED;
    if (!standing->found) /* the other row is not visible yet: its transaction is of another kind */
        return ERR_BUSY;
    if (login->proof == PROOF_NAMED)
        return ERR_CONFLICT;
    return standing->broken ? repair(req, &standing->user_id) : OK;
}

/* A reset ends the proof as well: it waits for this sign-in, and then ends its session, or came first. */
static enum err check_generation(struct request *req, const struct account_login *login,
                                 const struct standing *standing)
{
    struct result row;
    bool same;

    if (!login->generation)
        return OK;
    TRY(DB_RUN(req->db, account_generation_lock, &row, param_uuid(&standing->user_id)));
    same = result_rows(&row) == 1 &&
           result_int(&row, 0, ACCOUNT_GENERATION_LOCK_GENERATION) == *login->generation + standing->reset;
    result_clear(&row);
    return same ? OK : ERR_AGAIN;
}

enum err account_sign_in(struct request *req, const struct account_login *login, bool *created)
{
    struct standing standing = {0};
    struct uuid identity_id = uuid_v7();

    TRY(find_or_create(req, login, &standing, created));
    TRY(DB_RUN(req->db, account_link, NULL, param_uuid(&login->login_id), param_uuid(&standing.user_id),
               param_uuid(&identity_id), param_text(login->identity), param_text(login->subject),
               param_text(email_domain(login->email)),
               param_text(login->proof == PROOF_ADDRESS ? login->email : NULL)));
    TRY(check_generation(req, login, &standing));
    TRY(session_begin(req, &(struct session_begin){.login_id = login->login_id,
                                                   .user_id = standing.user_id,
                                                   .identity = login->identity,
                                                   .is_new_user = *created}));
    return device_remember(req, &standing.user_id);
}

enum err account_finish(struct request *req, enum err err)
{
    if (!err)
        err = db_commit(req->db);
    else
        db_rollback(req->db);
    if (err)
        req->reply.header_count = 0;
    return err;
}
