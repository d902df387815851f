/* Reads the requests and writes the answers of the browser interface. */
#include "signin/frontend_api.h"

#include <talloc.h>

#include "audit/events.h"
#include "base/json.h"

enum { ANSWER_MAX = 64 << 10 };

json_t *fdi_body(struct request *req)
{
    json_t *body = req->body_len ? json_loadb(req->body, req->body_len, JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (!json_is_object(body)) {
        json_decref(body);
        body = json_object();
    }
    return json_keep(req->arena, body);
}

enum err fdi_answer(struct request *req, int status, const struct buffer *body)
{
    enum err err = reply_buffer(req, status, body);

    req->reply.content_type = "application/json; charset=utf-8";
    req->reply.no_gzip = true;
    return err;
}

static enum err answer_texts(struct request *req, int status, const char *const *members, size_t count)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);

    json_open(&body, '{');
    for (size_t i = 0; i + 1 < count; i += 2) {
        json_key(&body, members[i]);
        json_text(&body, members[i + 1]);
    }
    json_close(&body, '}');
    return fdi_answer(req, status, &body);
}

enum err fdi_refuse(struct request *req, const char *message)
{
    return answer_texts(req, 400, (const char *const[]){"message", message}, 2);
}

enum err fdi_session_failure(struct request *req, enum err failure)
{
    const struct error_row *row = error_row(failure);

    return answer_texts(req, row->status, (const char *const[]){"message", row->text}, 2);
}

enum err fdi_nothing(struct request *req)
{
    return answer_texts(req, 200, NULL, 0);
}

enum err fdi_status(struct request *req, const char *status)
{
    return answer_texts(req, 200, (const char *const[]){"status", status}, 2);
}

enum err fdi_status_text(struct request *req, const char *status, const char *name, const char *text)
{
    return answer_texts(req, 200, (const char *const[]){"status", status, name, text}, 4);
}

enum err fdi_pass(struct request *req, enum err err)
{
    if (err != ERR_TOO_MANY_REQUESTS)
        return err;
    audit_count(req, &(struct audit_event){.action = "refused", .object = "requests", .reason = "limit"});
    return fdi_status_text(req, "GENERAL_ERROR", "message", "Too many attempts. Please wait before you try again.");
}

static void write_third_party(struct buffer *out, const struct fdi_user *user)
{
    JSON_OBJECT(out, member_text("userId", user->subject), member_text("id", user->provider));
}

static void write_public(struct buffer *out)
{
    json_key(out, "tenantIds");
    json_open(out, '[');
    json_text(out, "public");
    json_close(out, ']');
}

static void write_login_method(struct buffer *out, const struct fdi_user *user)
{
    json_open(out, '{');
    JSON_MEMBERS(out, member_text("recipeId", user->method), member_uuid("recipeUserId", &user->id));
    write_public(out);
    JSON_MEMBERS(out, member_int("timeJoined", user->joined_ms), member_bool("verified", user->verified),
                 member_text("email", user->email));
    if (user->provider) {
        json_key(out, "thirdParty");
        write_third_party(out, user);
    }
    json_close(out, '}');
}

static void write_list(struct buffer *out, const char *name)
{
    json_key(out, name);
    json_open(out, '[');
}

static void write_user(struct buffer *out, const struct fdi_user *user)
{
    json_open(out, '{');
    JSON_MEMBERS(out, member_uuid("id", &user->id), member_bool("isPrimaryUser", false));
    write_public(out);
    write_list(out, "emails");
    json_text(out, user->email);
    json_close(out, ']');
    write_list(out, "phoneNumbers");
    json_close(out, ']');
    write_list(out, "thirdParty");
    if (user->provider)
        write_third_party(out, user);
    json_close(out, ']');
    json_key(out, "webauthn");
    json_open(out, '{');
    write_list(out, "credentialIds");
    json_close(out, ']');
    json_close(out, '}');
    write_list(out, "loginMethods");
    write_login_method(out, user);
    json_close(out, ']');
    json_key(out, "timeJoined");
    json_int(out, user->joined_ms);
    json_close(out, '}');
}

enum err fdi_user(struct request *req, const struct fdi_user *user, const bool *created)
{
    struct buffer body = buffer_make(req->arena, ANSWER_MAX);

    json_open(&body, '{');
    json_key(&body, "status");
    json_text(&body, "OK");
    json_key(&body, "user");
    write_user(&body, user);
    if (created) {
        json_key(&body, "createdNewRecipeUser");
        json_bool(&body, *created);
    }
    json_close(&body, '}');
    return fdi_answer(req, 200, &body);
}
