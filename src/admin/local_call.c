/* Runs a handler with a request made from a command's arguments. */
#include "admin/local_call.h"

#include <string.h>
#include <talloc.h>

#include "audit/audit.h"
#include "base/json.h"
#include "http/validate.h"

#define VALUE_ERROR "Value error, " /* prefix of messages of a model's check */

/* Memory of request and answer outside of talloc. */
struct held {
    json_t *answer;
};

static int drop(struct held *held)
{
    json_decref(held->answer);
    return 0;
}

/* The message of a refusal, or of the first problem of a 422. */
static const char *message_of(const json_t *answer)
{
    const json_t *detail = json_object_get(answer, "detail");
    const char *message = json_member_text(detail, "message");

    if (!message)
        message = json_string_value(json_object_get(json_array_get(detail, 0), "msg"));
    if (message && strncmp(message, VALUE_ERROR, strlen(VALUE_ERROR)) == 0)
        message += strlen(VALUE_ERROR);
    return message ? message : "it was refused";
}

static enum err conclude(struct request *req, enum err err, struct held *held, struct error *error)
{
    if (err && req->reply.status == 0) {
        const char *cause = *req->error.cause ? req->error.cause : db_error(req->db)->cause;
        return error_set(error, err, "%.500s", *cause ? cause : error_row(err)->text);
    }
    held->answer = json_loadb(req->reply.body ? req->reply.body : "", req->reply.len, 0, NULL);
    if (req->reply.status < 400)
        return OK;
    return error_set(error, req->reply.status == 422 ? ERR_USAGE : ERR_REFUSED, "%.500s", message_of(held->answer));
}

enum err local_call(void *arena, const struct config *config, struct db *db, const struct route *route,
                    const json_t *body, json_t **answer, struct error *error)
{
    struct request *req = talloc_zero(arena, struct request);
    struct held *held = talloc_zero(arena, struct held);
    struct buffer text = buffer_make(arena, HTTP_BODY_MAX);
    enum err err;

    if (!req || !held || !json_dump_to(&text, body, 0))
        return error_set(error, ERR_MEMORY, "no memory");
    talloc_set_destructor(held, drop);
    *req = (struct request){.arena = req,
                            .config = config,
                            .method = route->method,
                            .target = route->path,
                            .path = route->path,
                            .query = "",
                            .content_type = "application/json",
                            .body = text.data,
                            .body_len = text.len,
                            .route = route,
                            .db = db};
    err = validate_request(req);
    if (!err)
        err = audit_announce_command(db, route->operation_id);
    if (!err)
        err = route->handle(req);
    db_rollback(db); /* a refusal may leave a transaction open */
    err = conclude(req, err, held, error);
    *answer = held->answer;
    return err;
}
