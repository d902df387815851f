/* Limits how often a user may invite. */
#include "tenancy/invitation_limits.h"

#include <string.h>
#include <talloc.h>

#include "auth/identity.h"
#include "mail/outbox.h"
#include "tenancy/statements.h"
#include "tenancy/workspaces.h"

static enum err check_manager(struct request *req, const struct uuid *organization, const struct uuid *named)
{
    struct uuid workspace;

    TRY(workspace_find(req, organization, named, &workspace, ERR_INVITATION_NOT_ALLOWED));
    return workspace_check_manager(req, &workspace, ERR_INVITATION_NOT_ALLOWED);
}

static enum err load_proof(struct request *req, bool *proven)
{
    struct result row;

    TRY(DB_RUN(req->db, inviter_proven, &row, param_uuid(&identity_of(req)->user_id)));
    *proven = result_bool(&row, 0, INVITER_PROVEN_PROVEN);
    result_clear(&row);
    return OK;
}

static const char *text_of(struct request *req, const struct uuid *id)
{
    char *text = talloc_array(req->arena, char, UUID_TEXT_SIZE);

    return text ? uuid_format(id, text) : NULL;
}

static void add(struct invitation_attempts *attempts, enum limit limit, const char *subject, size_t count)
{
    if (attempts->count < LIMIT_ATTEMPTS_MAX)
        attempts->all[attempts->count++] = (struct limit_attempt){limit, subject, count};
}

/*
 * Users without a proven address may send few mails, and few to one address. The first limit refuses more than five at
 * once.
 */
static void add_unproven(struct invitation_attempts *attempts, const char *user, const char *const *emails,
                         size_t count)
{
    add(attempts, LIMIT_INVITATION_UNPROVEN, user, count);
    for (size_t i = 0; i < count; i++)
        add(attempts, LIMIT_INVITATION_RECIPIENT, emails[i], 1);
}

/* The limits that need the database: the organization's, and that of users without a proven address. */
static enum err take_rest(struct request *req, const struct uuid *organization, const char *const *emails,
                          struct invitation_attempts *attempts)
{
    const char *user = attempts->all[0].subject;
    size_t count = attempts->all[0].count;
    struct limit_refusal refusal;
    enum err err;

    TRY(load_proof(req, &attempts->proven));
    add(attempts, LIMIT_INVITATION_ORGANIZATION, text_of(req, organization), count);
    if (!attempts->proven && mail_enabled(req->config))
        add_unproven(attempts, user, emails, count);
    err = limit_ask(req, attempts->all + 1, attempts->count - 1, &refusal);
    if (!err && refusal.wait_us > 0)
        err = limit_refuse(req, &refusal);
    if (err)
        attempts->count = 1;
    return err;
}

enum err invitation_take(struct request *req, const struct uuid *organization, const struct uuid *named,
                         const char *const *emails, size_t count, struct invitation_attempts *attempts)
{
    const char *user = text_of(req, &identity_of(req)->user_id);

    *attempts = (struct invitation_attempts){.count = 0};
    if (!user)
        return ERR_MEMORY;
    TRY(limit_take_many(req, LIMIT_INVITATION_ASKED, user, count));
    TRY(limit_take_many(req, LIMIT_INVITATION, user, count));
    add(attempts, LIMIT_INVITATION, user, count);
    TRY(check_manager(req, organization, named));
    return take_rest(req, organization, emails, attempts);
}

enum err invitation_settle(struct request *req, const struct invitation_attempts *attempts, enum err err)
{
    if (!err || err == ERR_UNCERTAIN)
        return err;
    db_rollback(req->db);
    if (attempts->count > 0)
        limit_give_all(req, attempts->all, attempts->count);
    return err;
}
