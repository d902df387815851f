/* Answers pages of the audit log. */
#include "admin/audit_endpoint.h"

#include <errno.h>
#include <stdlib.h>

#include "admin/operation.h"
#include "admin/statements.h"

const struct field audit_parameters[] = {
    {.name = "cursor", .type = FIELD_STRING},
    {.name = "limit", .type = FIELD_STRING},
    {.name = "object", .type = FIELD_STRING},
    {.name = "object_id", .type = FIELD_UUID},
    {.name = "actor", .type = FIELD_STRING},
    {.name = "operation", .type = FIELD_STRING},
    {.name = "request_id", .type = FIELD_STRING},
    {.name = "action", .type = FIELD_STRING},
    {0},
};

static const struct field change_fields[] = {
    {.name = "id", .type = FIELD_STRING, .required = true},
    {.name = "at", .type = FIELD_STRING, .required = true},
    {.name = "actor", .type = FIELD_STRING, .required = true},
    {.name = "actor_id", .type = FIELD_STRING},
    {.name = "operation", .type = FIELD_STRING},
    {.name = "reason", .type = FIELD_STRING},
    {.name = "request_id", .type = FIELD_STRING},
    {.name = "address", .type = FIELD_STRING},
    {.name = "action", .type = FIELD_STRING, .required = true},
    {.name = "object", .type = FIELD_STRING, .required = true},
    {.name = "object_id", .type = FIELD_UUID},
    {.name = "times", .type = FIELD_STRING},
    {.name = "before", .type = FIELD_ANY_OBJECT},
    {.name = "after", .type = FIELD_ANY_OBJECT},
};
static const struct model change_answer = MODEL("Change", change_fields, NULL);
static const struct field audit_fields[] = {
    {.name = "changes", .type = FIELD_LIST, .required = true, .model = &change_answer},
    {.name = "cursor", .type = FIELD_STRING, .nullable = true},
};
const struct model audit_answer = MODEL("Changes", audit_fields, NULL);

/* Reads an integer from `least` to `most`; `absent` when the parameter is missing. */
static bool read_number(const char *text, int64_t least, int64_t most, int64_t absent, int64_t *number)
{
    char *end;

    *number = absent;
    if (!text)
        return true;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *number >= least && *number <= most;
}

enum err audit_list(struct request *req)
{
    const char *cursor = query_value(req, "cursor"), *object_id = query_value(req, "object_id");
    int64_t before, limit;
    struct uuid id;

    if (!read_number(cursor, 1, INT64_MAX, 0, &before))
        return operation_refuse_reference(req, "cursor", "it is not from an answer", NULL);
    if (!read_number(query_value(req, "limit"), 1, AUDIT_PAGE_MAX, AUDIT_PAGE, &limit))
        return operation_refuse_reference(req, "limit", "it is not a number from 1 to 1000", NULL);
    if (object_id && !uuid_parse(object_id, &id))
        return operation_refuse_reference(req, "object_id", "it is not a valid UUID", NULL);
    return REPLY_QUERY(req, 200, ERR_INTERNAL, audit_page, cursor ? param_int(before) : param_null(), param_int(limit),
                       param_text(query_value(req, "object")), param_uuid(object_id ? &id : NULL),
                       param_text(query_value(req, "actor")), param_text(query_value(req, "operation")),
                       param_text(query_value(req, "request_id")), param_text(query_value(req, "action")));
}
