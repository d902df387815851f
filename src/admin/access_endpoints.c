/* Answers the access report and the explanation of one address. */
#include "admin/access_endpoints.h"

#include "policy/access_report.h"
#include "policy/explain.h"

enum { ANSWER_MAX = 1 << 20 };

const struct field access_explain_parameters[] = {
    {.name = "email", .type = FIELD_STRING, .required = true},
    {0},
};

static const struct field line_fields[] = {{.name = "code", .type = FIELD_STRING, .required = true},
                                           {.name = "text", .type = FIELD_STRING, .required = true}};
static const struct model line = MODEL("AccessLine", line_fields, NULL);

static const struct field report_fields[] = {
    {.name = "domains", .type = FIELD_STRING, .required = true},
    {.name = "invite_only", .type = FIELD_BOOL, .required = true},
    {.name = "owners", .type = FIELD_STRING, .required = true},
    {.name = "mail", .type = FIELD_BOOL, .required = true},
    {.name = "facts", .type = FIELD_LIST, .required = true, .model = &line},
    {.name = "warnings", .type = FIELD_LIST, .required = true, .model = &line},
};
const struct model access_report_answer = MODEL("AccessReport", report_fields, NULL);

static const struct field explain_fields[] = {
    {.name = "email", .type = FIELD_STRING, .required = true},
    {.name = "is_address", .type = FIELD_BOOL, .required = true},
    {.name = "may_sign_in", .type = FIELD_BOOL, .required = true},
    {.name = "may_own", .type = FIELD_BOOL, .required = true},
    {.name = "rule", .type = FIELD_STRING, .nullable = true},
    {.name = "entry", .type = FIELD_STRING, .nullable = true},
    {.name = "variable", .type = FIELD_STRING, .nullable = true},
    {.name = "has_account", .type = FIELD_BOOL, .nullable = true},
    {.name = "invited", .type = FIELD_BOOL, .nullable = true},
    {.name = "sentences", .type = FIELD_STRING_LIST, .required = true},
};
const struct model access_explain_answer = MODEL("AccessExplanation", explain_fields, NULL);

enum err access_report_show(struct request *req)
{
    struct buffer out = buffer_make(req->arena, ANSWER_MAX);
    struct access_report report;

    TRY(access_report_make(req->arena, req->config, false, &report));
    access_report_json(&report, &out);
    return reply_buffer(req, 200, &out);
}

enum err access_explain_show(struct request *req)
{
    struct buffer out = buffer_make(req->arena, ANSWER_MAX);
    struct access_explanation explanation;

    TRY(access_explain(req->arena, req->config, query_value(req, "email"), &explanation));
    TRY(access_explain_ask(&explanation, req->db));
    access_explain_json(&explanation, &out);
    return reply_buffer(req, 200, &out);
}
