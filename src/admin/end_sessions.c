/* Ends the sessions of a user for the operator. */
#include "admin/end_sessions.h"

#include "admin/operation.h"
#include "admin/removal.h"
#include "admin/statements.h"
#include "base/json.h"

static const struct field body_fields[] = {{.name = "email", .type = FIELD_STRING, .required = true}};
const struct model sessions_end_body = MODEL("SessionsEnd", body_fields, NULL);

/* Whose sessions end: an id, or an address. */
struct whose {
    const char *written;
    const struct uuid *id;
    const char *email;
};

static enum err end_sessions(struct request *req, void *context)
{
    const struct whose *whose = context;
    struct buffer body = buffer_make(req->arena, 100);
    struct result row;
    enum err err;

    TRY(DB_RUN(req->db, sessions_end_of, &row, param_uuid(whose->id), param_text(whose->email)));
    JSON_OBJECT(&body, member_int("ended", result_int(&row, 0, SESSIONS_END_OF_ENDED)));
    if (result_int(&row, 0, SESSIONS_END_OF_USERS) == 0)
        err = operation_refuse_unknown(req, "User", "user_not_found", whose->written, NULL);
    else
        err = reply_buffer(req, 200, &body);
    result_clear(&row);
    return err;
}

enum err sessions_end_by_id(struct request *req)
{
    const char *written = path_value(req, "user_id");
    struct uuid id;

    if (!uuid_parse(written, &id))
        return removal_refuse_uuid(req, "user_id", written, NULL);
    return operation_run(req, &(struct operation){.dry_run = false}, end_sessions,
                         &(struct whose){.written = written, .id = &id});
}

enum err sessions_end_by_email(struct request *req)
{
    const char *email = body_text(req, "email");

    return operation_run(req, &(struct operation){.dry_run = false}, end_sessions,
                         &(struct whose){.written = email, .email = email});
}
