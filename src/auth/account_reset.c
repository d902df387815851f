/* Starts new generations of accounts and mails their owners. */
#include "auth/account_reset.h"

#include <inttypes.h>
#include <talloc.h>

#include "auth/identity.h"
#include "auth/statements.h"
#include "mail/outbox.h"
#include "policy/limits.h"

enum err account_reset(struct request *req, const struct uuid *user_id)
{
    return DB_RUN(req->db, account_next_generation, NULL, param_uuid(user_id));
}

enum err account_end_session_keys(struct request *req, const struct uuid *user_id, int *count)
{
    struct result ended;

    TRY(DB_RUN(req->db, account_session_keys_end, &ended, param_uuid(user_id)));
    *count = result_rows(&ended);
    result_clear(&ended);
    return OK;
}

enum err account_take_notice(struct request *req)
{
    char user[UUID_TEXT_SIZE];

    if (!mail_enabled(req->config))
        return OK;
    return limit_take(req, LIMIT_NOTICE, uuid_format(&identity_of(req)->user_id, user));
}

enum err account_end_planted(struct request *req, const struct uuid *user_id, const struct uuid *keep,
                             const char **said)
{
    struct result ended;

    TRY(DB_RUN(req->db, account_planted_end, &ended, param_uuid(user_id), param_uuid(keep)));
    *said =
        result_rows(&ended) > 0 ? " So has the sign-in at identity providers that do not confirm your address." : "";
    result_clear(&ended);
    return OK;
}

/* An attacker who controlled the account may have invited others, so the mail counts the people who remain. */
static const char *remaining_text(struct request *req, const struct result *row)
{
    int64_t keys = result_int(row, 0, ACCOUNT_CONTACT_KEYS), others = result_int(row, 0, ACCOUNT_CONTACT_OTHERS);
    const char *text = "You have no API keys.";

    if (keys > 0)
        text =
            talloc_asprintf(req->arena,
                            "API keys go on working. You have %" PRId64 ": %s. You can delete all of them at once in "
                            "the settings, under API keys.",
                            keys, result_text(row, 0, ACCOUNT_CONTACT_KEY_LIST));
    if (!text || others == 0)
        return text;
    return talloc_asprintf(req->arena,
                           "%s Members and invitations of your organizations stay: %" PRId64 " besides you. Please "
                           "check them in the settings, under Members.",
                           text, others);
}

/* No row: the account was deleted at this moment, so there is nobody to mail. */
static enum err find_contact(struct request *req, const struct uuid *user_id, struct result *row)
{
    TRY(DB_RUN(req->db, account_contact, row, param_uuid(user_id)));
    return result_keep(row, req->arena) ? OK : ERR_MEMORY;
}

static enum err add_notice(struct request *req, const char *email, const char *title, const char *what,
                           const char *keys)
{
    if (!what || !keys)
        return ERR_MEMORY;
    return outbox_add(
        req->config, req->db, email, "account-notice",
        (const struct mail_field[]){{"title", title}, {"what", what}, {"keys", keys}, {"link", req->config->web_url}},
        4, 0);
}

enum err account_notify(struct request *req, const struct uuid *user_id, const char *title, const char *what,
                        enum account_keys keys)
{
    const char *more = "";
    struct result row;

    if (!mail_enabled(req->config))
        return OK;
    TRY(find_contact(req, user_id, &row));
    if (result_rows(&row) != 1)
        return OK;
    if (keys == KEYS_REQUIRED && result_int(&row, 0, ACCOUNT_CONTACT_KEYS) == 0)
        return OK;
    if (keys != KEYS_UNSAID)
        more = remaining_text(req, &row);
    return add_notice(req, result_text(&row, 0, ACCOUNT_CONTACT_EMAIL), title, what, more);
}

enum err account_notify_change(struct request *req, const struct uuid *user_id, const char *title,
                               const struct account_change *change)
{
    struct result row;
    const char *name;

    if (!mail_enabled(req->config))
        return OK;
    TRY(find_contact(req, user_id, &row));
    if (result_rows(&row) != 1)
        return OK;
    name = result_bool(&row, 0, ACCOUNT_CONTACT_PROVEN) ? talloc_asprintf(req->arena, " \"%s\"", change->name) : "";
    if (!name)
        return ERR_MEMORY;
    return add_notice(
        req, result_text(&row, 0, ACCOUNT_CONTACT_EMAIL), title,
        talloc_asprintf(req->arena, "Your %s%s was %s, from %s.", change->kind, name, change->done, req->client), "");
}
