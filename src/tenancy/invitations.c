/* The endpoints for users who invite others. */
#include "tenancy/invitations.h"

#include <string.h>
#include <talloc.h>

#include "auth/identity.h"
#include "auth/reach.h"
#include "base/base64.h"
#include "base/email.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/text.h"
#include "mail/outbox.h"
#include "policy/signin_rules.h"
#include "tenancy/invitation_limits.h"
#include "tenancy/roles.h"
#include "tenancy/statements.h"
#include "tenancy/workspaces.h"

enum { TOKEN_BYTES = 16, LINK_MAX = 8 << 10, VALID_S = 7 * 24 * 60 * 60, AT_ONCE_MAX = 100, ANSWER_MAX = 1 << 20 };

/* ---- request ---- */

/* The address of an object in its stored form, in `arena`. */
static const char *address_of(void *arena, const json_t *object)
{
    return email_fold(arena, json_member_text(object, "email"));
}

static const char *check_address(const json_t *object)
{
    void *arena = talloc_new(NULL);
    const char *email = address_of(arena, object);
    bool valid = email && email_valid(email);

    (void)talloc_free(arena);
    return valid ? NULL : "Value error, The address is not an e-mail address that can sign in.";
}

static const char *check_invitation(const json_t *object)
{
    const char *role = json_member_text(object, "role");

    if (role && !role_assignable(role))
        return "Value error, This role cannot be given to a member.";
    return check_address(object);
}

static const char *check_number(const json_t *object)
{
    size_t count = json_array_size(json_object_get(object, "invitations"));

    return count >= 1 && count <= AT_ONCE_MAX ? NULL : "Value error, Invite from 1 to 100 addresses at once.";
}

static const struct field invite_fields[] = {
    {.name = "email", .type = FIELD_STRING, .required = true, .max = EMAIL_MAX},
    {.name = "roles", .type = FIELD_STRING_LIST, .nullable = true},
};
const struct model invite_body = MODEL("InviteRequest", invite_fields, check_address);

static const struct field resend_fields[] = {{.name = "email", .type = FIELD_STRING, .required = true}};
const struct model invite_resend_body = MODEL("ResendInviteRequest", resend_fields, NULL);

static const struct field invitation_fields[] = {
    {.name = "email", .type = FIELD_STRING, .required = true, .max = EMAIL_MAX},
    {.name = "role", .type = FIELD_STRING, .nullable = true},
};
static const struct model invitation_one = MODEL("InvitationCreate", invitation_fields, check_invitation);
static const struct field create_fields[] = {
    {.name = "invitations", .type = FIELD_LIST, .required = true, .model = &invitation_one},
    {.name = "workspace_id", .type = FIELD_UUID, .nullable = true},
};
const struct model invitations_create_body = MODEL("InvitationsCreate", create_fields, check_number);

/* ---- answer ---- */

static const struct field made_fields[] = {
    {.name = "id", .type = FIELD_UUID, .required = true},
    {.name = "email", .type = FIELD_STRING, .required = true},
    {.name = "role", .type = FIELD_STRING, .required = true},
    {.name = "expires_at", .type = FIELD_STRING, .required = true},
    {.name = "url", .type = FIELD_STRING, .nullable = true, .required = true},
};
const struct model invitation_made_answer = MODEL("InvitationMade", made_fields, NULL);

static const struct field waiting_fields[] = {
    {.name = "id", .type = FIELD_UUID, .required = true},
    {.name = "email", .type = FIELD_STRING, .required = true},
    {.name = "role", .type = FIELD_STRING, .required = true},
    {.name = "status", .type = FIELD_STRING, .required = true},
    {.name = "created_at", .type = FIELD_STRING, .required = true},
    {.name = "expires_at", .type = FIELD_STRING, .nullable = true, .required = true},
    {.name = "workspace_id", .type = FIELD_UUID, .required = true},
    {.name = "project_id", .type = FIELD_UUID, .required = true},
    {.name = "invited_by_id", .type = FIELD_UUID, .nullable = true, .required = true},
};
const struct model invitation_waiting_answer = MODEL("InvitationWaiting", waiting_fields, NULL);

/* ---- shared by both kinds of invitation ---- */

/* The target of an invitation and the text of its mail; the texts live as long as the request. */
struct place {
    struct uuid organization, workspace, project;
    const char *organization_name, *inviter, *inviter_email;
    bool proven; /* the inviter's address is proven, so the mail may contain the names */
};

struct invitation {
    struct uuid id;
    const char *token, *email, *role;
    const char *expires; /* in the form that clients read */
    const char *url;
};

static enum err load_place(struct request *req, struct place *place)
{
    struct result row;

    TRY(DB_RUN(req->db, invitation_place, &row, param_uuid(&place->workspace), param_uuid(&identity_of(req)->user_id)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) == 0)
        return ERR_INVITATION_NOT_ALLOWED;
    if (!result_uuid(&row, 0, INVITATION_PLACE_ID, &place->project))
        return ERR_INVITATION_NO_PROJECT;
    place->organization_name = result_text(&row, 0, INVITATION_PLACE_ORGANIZATION_NAME);
    place->inviter = result_text(&row, 0, INVITATION_PLACE_USERNAME);
    place->inviter_email = result_text(&row, 0, INVITATION_PLACE_EMAIL);
    return OK;
}

/*
 * Begins a transaction and locks a workspace of an organization, the oldest if `named` is NULL, for a caller who
 * manages it. Until the commit nobody joins, leaves or is invited.
 */
static enum err begin(struct request *req, const struct uuid *organization, const struct uuid *named,
                      struct place *place)
{
    TRY(db_begin(req->db));
    TRY(workspace_find(req, organization, named, &place->workspace, ERR_INVITATION_NOT_ALLOWED));
    TRY(workspace_lock_contents(req, &place->workspace, &place->organization, ERR_INVITATION_NOT_ALLOWED));
    TRY(workspace_check_manager(req, &place->workspace, ERR_INVITATION_NOT_ALLOWED));
    return load_place(req, place);
}

/* Takes the attempts and begins the transaction. */
static enum err take_and_begin(struct request *req, const struct uuid *organization, const struct uuid *named,
                               const char *const *emails, size_t count, struct invitation_attempts *attempts,
                               struct place *place)
{
    TRY(invitation_take(req, organization, named, emails, count, attempts));
    TRY(begin(req, organization, named, place));
    place->proven = attempts->proven;
    return OK;
}

/* Begins with the organization and workspace of the path. */
static enum err begin_at_path(struct request *req, const char *email, struct invitation_attempts *attempts,
                              struct place *place)
{
    struct uuid organization, workspace;

    *attempts = (struct invitation_attempts){.count = 0};
    if (!uuid_parse(path_value(req, "organization_id"), &organization) ||
        !uuid_parse(path_value(req, "workspace_id"), &workspace))
        return ERR_BAD_UUID;
    return take_and_begin(req, &organization, &workspace, &email, 1, attempts, place);
}

static bool is_denied(struct request *req, const char *email, bool has_account)
{
    const struct access_question question = {.email = email, .has_account = has_account, .invited = true};

    return !access_decide(req->arena, req->config, &question).may_sign_in;
}

/* Whether an address can be invited: OK, or the refusal in `why`. */
static enum err look_for_obstacle(struct request *req, const struct place *place, const char *email, enum err *why)
{
    const char *own = email_fold(req->arena, place->inviter_email);
    struct result row;

    if (!own)
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, invitation_obstacles, &row, param_uuid(&place->organization), param_uuid(&place->workspace),
               param_text(email)));
    *why = OK;
    if (strcmp(own, email) == 0)
        *why = ERR_INVITATION_SELF;
    else if (result_bool(&row, 0, INVITATION_OBSTACLES_MEMBER))
        *why = ERR_INVITATION_MEMBER;
    else if (result_bool(&row, 0, INVITATION_OBSTACLES_INVITED))
        *why = ERR_INVITATION_WAITS;
    else if (is_denied(req, email, result_bool(&row, 0, INVITATION_OBSTACLES_ACCOUNT)))
        *why = ERR_INVITATION_DENIED;
    result_clear(&row);
    return OK;
}

static const char *make_token(struct request *req)
{
    struct buffer token = buffer_make(req->arena, 64);
    unsigned char random[TOKEN_BYTES];

    platform.random_bytes(random, sizeof random);
    base64_write(&token, BASE64_URL, random, sizeof random);
    return buffer_string(&token);
}

static void add_id(struct buffer *link, const char *name, const struct uuid *id)
{
    char text[UUID_TEXT_SIZE];

    buffer_format(link, "&%s=%s", name, uuid_format(id, text));
}

/* The console's page that the invited person opens. NULL without memory. */
static const char *make_link(struct request *req, const struct place *place, const char *token, const char *email)
{
    struct buffer link = buffer_make(req->arena, LINK_MAX);

    buffer_format(&link, "%s/auth?token=", req->config->web_url);
    text_percent_encode(&link, token);
    buffer_text(&link, "&email=");
    text_percent_encode(&link, email);
    add_id(&link, "organization_id", &place->organization);
    add_id(&link, "workspace_id", &place->workspace);
    add_id(&link, "project_id", &place->project);
    return buffer_string(&link);
}

/*
 * Puts the mail into the outbox; without mail the caller gets the link. A user without a proven address cannot send
 * their own text to others.
 */
static enum err hand_over(struct request *req, const struct place *place, struct invitation *made)
{
    const char *link = make_link(req, place, made->token, made->email);
    const struct mail_field fields[] = {{"role", made->role},
                                        {"link", link},
                                        {"expires", made->expires},
                                        {"inviter", place->inviter},
                                        {"organization", place->organization_name}};
    const char *template = place->proven ? "invitation" : "invitation-unproven";
    size_t count = sizeof fields / sizeof *fields - (place->proven ? 0 : 2);

    if (!link)
        return ERR_MEMORY;
    made->url = mail_enabled(req->config) ? NULL : link;
    return made->url ? OK : outbox_add(req->config, req->db, made->email, template, fields, count, VALID_S);
}

/* Stores an invitation that passed all checks, replaces an expired one, and delivers it. */
static enum err store(struct request *req, const struct place *place, struct invitation *made)
{
    struct result row;
    enum err err;

    made->id = uuid_v7();
    made->token = make_token(req);
    if (!made->token)
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, invitation_forget_expired, NULL, param_uuid(&place->organization), param_text(made->email)));
    err = DB_RUN(req->db, invitation_create, &row, param_uuid(&made->id), param_text(made->token),
                 param_text(made->email), param_text(made->role), param_uuid(&place->project),
                 param_uuid(&identity_of(req)->user_id));
    if (err == ERR_CONFLICT) /* invited to another workspace of the organization at the same moment */
        return ERR_INVITATION_MEMBER;
    if (err)
        return err;
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    made->expires = result_text(&row, 0, INVITATION_CREATE_EXPIRES);
    return hand_over(req, place, made);
}

/* `true`, or the link if mail is not configured. */
static enum err reply_handed_over(struct request *req, const struct invitation *made)
{
    struct buffer body = buffer_make(req->arena, LINK_MAX + 64);

    if (!made->url)
        return reply_json(req, 200, "true");
    JSON_OBJECT(&body, member_text("url", made->url));
    return reply_buffer(req, 200, &body);
}

/* ---- one invitation ---- */

/* The first of the roles, if it can be given; words that older consoles send give the default role. */
static const char *role_of(const json_t *element)
{
    const char *role = json_string_value(json_array_get(json_object_get(element, "roles"), 0));

    return role_assignable(role) ? role : ROLE_DEFAULT;
}

static enum err invite(struct request *req, const struct place *place, struct invitation *made)
{
    enum err why;

    TRY(look_for_obstacle(req, place, made->email, &why));
    if (why) /* here both have the same text */
        return why == ERR_INVITATION_WAITS ? ERR_INVITATION_MEMBER : why;
    TRY(store(req, place, made));
    return db_commit(req->db);
}

enum err invitations_invite(struct request *req)
{
    const json_t *element = json_array_get(req->json, 0);
    struct invitation made = {.email = address_of(req->arena, element), .role = role_of(element)};
    struct invitation_attempts attempts;
    struct place place;
    enum err err;

    if (json_array_size(req->json) != 1)
        return ERR_INVITATION_ONE;
    if (!made.email)
        return ERR_MEMORY;
    err = begin_at_path(req, made.email, &attempts, &place);
    if (!err)
        err = invite(req, &place, &made);
    TRY(invitation_settle(req, &attempts, err));
    return reply_handed_over(req, &made);
}

/* The invitation to send again, from the row of invitation_last; `expired` if it has to be made anew. */
static enum err load_last(struct request *req, struct place *place, const char *email, struct invitation *last,
                          bool *expired)
{
    struct result row;

    TRY(DB_RUN(req->db, invitation_last, &row, param_uuid(&place->workspace), param_text(email)));
    if (!result_keep(&row, req->arena))
        return ERR_MEMORY;
    if (result_rows(&row) == 0 || result_bool(&row, 0, INVITATION_LAST_USED))
        return ERR_INVITATION_NONE;
    if (!result_uuid(&row, 0, INVITATION_LAST_ID, &last->id))
        return ERR_INTERNAL;
    *expired = result_bool(&row, 0, INVITATION_LAST_EXPIRED);
    last->token = result_text(&row, 0, INVITATION_LAST_TOKEN);
    last->email = *expired ? email : result_text(&row, 0, INVITATION_LAST_EMAIL);
    last->role = result_text(&row, 0, INVITATION_LAST_ROLE);
    last->expires = result_text(&row, 0, INVITATION_LAST_EXPIRES);
    if (!*expired)
        (void)result_uuid(&row, 0, INVITATION_LAST_PROJECT_ID, &place->project);
    return OK;
}

/* Delivers the same link again. */
static enum err send_again(struct request *req, const struct place *place, struct invitation *last)
{
    TRY(DB_RUN(req->db, invitation_adopt, NULL, param_uuid(&last->id), param_uuid(&identity_of(req)->user_id)));
    return hand_over(req, place, last);
}

static enum err resend(struct request *req, struct place *place, const char *email, struct invitation *last)
{
    bool expired = false;

    TRY(load_last(req, place, email, last, &expired));
    TRY(expired ? store(req, place, last) : send_again(req, place, last));
    return db_commit(req->db);
}

enum err invitations_resend(struct request *req)
{
    const char *email = address_of(req->arena, req->json);
    struct invitation last = {.email = NULL};
    struct invitation_attempts attempts;
    struct place place;
    enum err err;

    if (!email)
        return ERR_MEMORY;
    err = begin_at_path(req, email, &attempts, &place);
    if (!err)
        err = resend(req, &place, email, &last);
    TRY(invitation_settle(req, &attempts, err));
    return reply_handed_over(req, &last);
}

/* ---- many invitations ---- */

/* Whether the same address is earlier in the list. */
static bool is_repeated(const struct invitation *all, size_t index)
{
    for (size_t earlier = 0; earlier < index; earlier++)
        if (strcmp(all[earlier].email, all[index].email) == 0)
            return true;
    return false;
}

static void write_refused(struct buffer *out, size_t index, const char *email, enum err why)
{
    JSON_OBJECT(out, member_int("index", (int64_t)index), member_text("email", email),
                member_text("error", error_row(why)->name), member_text("message", error_row(why)->text));
}

static void write_made(struct buffer *out, const struct invitation *made)
{
    JSON_OBJECT(out, member_uuid("id", &made->id), member_text("email", made->email), member_text("role", made->role),
                member_text("expires_at", made->expires), member_text("url", made->url));
}

/* Reads each element. NULL without memory. */
static struct invitation *read_list(struct request *req, const json_t *list)
{
    struct invitation *all = talloc_zero_array(req->arena, struct invitation, (unsigned)json_array_size(list));

    for (size_t index = 0; all && index < json_array_size(list); index++) {
        const json_t *element = json_array_get(list, index);
        const char *role = json_member_text(element, "role");
        all[index].email = address_of(req->arena, element);
        all[index].role = role ? role : ROLE_DEFAULT;
        if (!all[index].email)
            return NULL;
    }
    return all;
}

/* Writes every address that cannot be invited, with the reason. */
static enum err check_all(struct request *req, const struct place *place, const struct invitation *all, size_t count,
                          struct buffer *refused)
{
    json_open(refused, '[');
    for (size_t index = 0; index < count; index++) {
        enum err why = is_repeated(all, index) ? ERR_INVITATION_REPEATED : OK;
        if (!why)
            TRY(look_for_obstacle(req, place, all[index].email, &why));
        if (why)
            write_refused(refused, index, all[index].email, why);
    }
    json_close(refused, ']');
    return refused->failed ? ERR_MEMORY : OK;
}

static enum err store_all(struct request *req, const struct place *place, struct invitation *all, size_t count,
                          struct buffer *made)
{
    json_open(made, '[');
    for (size_t index = 0; index < count; index++) {
        TRY(store(req, place, &all[index]));
        write_made(made, &all[index]);
    }
    json_close(made, ']');
    return OK;
}

/* Answers 400 with every address that cannot be invited; the transaction is rolled back with the request. */
static enum err reply_refused(struct request *req, const struct buffer *refused)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);

    json_open(&body, '{');
    json_key(&body, "detail");
    JSON_OBJECT(&body, member_text("error", "INVITATIONS_REFUSED"),
                member_text("message", "Nobody was invited, because these addresses cannot be invited."),
                member_raw("invitations", buffer_string(refused)));
    json_close(&body, '}');
    return reply_buffer(req, 400, &body);
}

/* The addresses in the form that limits count. NULL without memory. */
static const char *const *emails_of(struct request *req, const struct invitation *all, size_t count)
{
    const char **emails = talloc_array(req->arena, const char *, (unsigned)count);

    for (size_t i = 0; emails && i < count; i++)
        emails[i] = all[i].email;
    return emails;
}

/* Invites all of them or nobody; ERR_INVALID if the reply lists who cannot be invited. */
static enum err create_all(struct request *req, const struct place *place, struct invitation *all, size_t count)
{
    struct buffer made = buffer_make(req->arena, ANSWER_MAX);
    struct buffer refused = buffer_make(req->arena, ANSWER_MAX);

    TRY(check_all(req, place, all, count, &refused));
    if (strcmp(buffer_string(&refused), "[]") != 0) {
        TRY(reply_refused(req, &refused));
        return ERR_INVALID; /* the answer is the list */
    }
    TRY(store_all(req, place, all, count, &made));
    TRY(db_commit(req->db));
    return reply_buffer(req, 201, &made);
}

enum err invitations_create(struct request *req)
{
    const json_t *list = json_object_get(req->json, "invitations");
    size_t count = json_array_size(list);
    struct invitation *all = read_list(req, list);
    const char *const *emails = all ? emails_of(req, all, count) : NULL;
    const char *named = body_text(req, "workspace_id");
    struct uuid organization, workspace;
    struct invitation_attempts attempts;
    struct place place;
    enum err err;

    if (!emails)
        return ERR_MEMORY;
    if (!uuid_parse(path_value(req, "organization_id"), &organization) || (named && !uuid_parse(named, &workspace)))
        return ERR_BAD_UUID;
    err =
        take_and_begin(req, &organization, named ? &workspace : reach_workspace(req), emails, count, &attempts, &place);
    if (!err)
        err = create_all(req, &place, all, count);
    return invitation_settle(req, &attempts, err);
}

/* ---- pending invitations ---- */

enum err invitations_list(struct request *req)
{
    const char *managing = roles_managing(req->arena);
    struct uuid organization;

    if (!managing)
        return ERR_MEMORY;
    if (!uuid_parse(path_value(req, "organization_id"), &organization))
        return ERR_BAD_UUID;
    return REPLY_QUERY(req, 200, ERR_INVITATION_NOT_ALLOWED, invitation_list, param_uuid(&organization),
                       param_uuid(&identity_of(req)->user_id), param_text(managing), param_uuid(reach_workspace(req)));
}

static enum err find_workspace(struct request *req, const struct uuid *id, struct uuid *workspace)
{
    struct uuid organization;
    struct result row;
    enum err err = OK;

    if (!uuid_parse(path_value(req, "organization_id"), &organization))
        return ERR_BAD_UUID;
    TRY(DB_RUN(req->db, invitation_workspace, &row, param_uuid(id), param_uuid(&organization),
               param_uuid(reach_workspace(req))));
    if (result_rows(&row) == 0 || !result_uuid(&row, 0, INVITATION_WORKSPACE_WORKSPACE_ID, workspace))
        err = ERR_INVITATION_UNKNOWN;
    result_clear(&row);
    return err;
}

enum err invitations_revoke(struct request *req)
{
    struct uuid id, workspace, organization;

    if (!uuid_parse(path_value(req, "invitation_id"), &id))
        return ERR_BAD_UUID;
    TRY(db_begin(req->db));
    TRY(find_workspace(req, &id, &workspace));
    TRY(workspace_lock_contents(req, &workspace, &organization, ERR_INVITATION_UNKNOWN));
    TRY(workspace_check_manager(req, &workspace, ERR_INVITATION_NOT_ALLOWED));
    /* accepted or deleted meanwhile: there is nothing to revoke */
    TRY(RUN_QUERY(req, ERR_INVITATION_UNKNOWN, invitation_revoke, param_uuid(&id)));
    TRY(db_commit(req->db));
    return reply_detail(req, 200, "Invitation revoked");
}
