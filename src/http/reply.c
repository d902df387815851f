/* Fills replies. */
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "http/http.h"

enum err reply_json(struct request *req, int status, const char *json)
{
    if (!json)
        return ERR_MEMORY;
    req->reply.status = status;
    req->reply.body = json;
    req->reply.len = strlen(json);
    return OK;
}

enum err reply_buffer(struct request *req, int status, const struct buffer *body)
{
    if (body->failed)
        return ERR_MEMORY;
    req->reply.status = status;
    req->reply.body = buffer_string(body);
    req->reply.len = body->len;
    return OK;
}

enum err reply_result(struct request *req, int status, struct result *result)
{
    if (!result_keep(result, req->arena))
        return ERR_MEMORY;
    if (result_rows(result) != 1 || PQgetisnull(result->pg, 0, 0))
        return ERR_INTERNAL;
    req->reply.status = status;
    req->reply.body = PQgetvalue(result->pg, 0, 0);
    req->reply.len = json_compact(PQgetvalue(result->pg, 0, 0), result_length(result, 0, 0));
    return OK;
}

enum err reply_query(struct request *req, int status, enum err none, const struct statement *statement,
                     const struct param *params, size_t count)
{
    struct result result;

    TRY(db_run(req->db, statement, params, count, &result));
    if (result_rows(&result) > 0 && result_text(&result, 0, 0))
        return reply_result(req, status, &result);
    result_clear(&result);
    return none;
}

enum err run_query(struct request *req, enum err none, const struct statement *statement, const struct param *params,
                   size_t count)
{
    struct result result;
    enum err err = db_run(req->db, statement, params, count, &result);

    if (!err && result_rows(&result) == 0)
        err = none;
    result_clear(&result);
    return err;
}

enum err reply_detail(struct request *req, int status, const char *text)
{
    struct buffer body = buffer_make(req->arena, 64 << 10);

    JSON_OBJECT(&body, member_text("detail", text));
    return reply_buffer(req, status, &body);
}

static enum err add_header(struct request *req, const char *name, const char *value, bool of_success)
{
    if (!value)
        return ERR_MEMORY;
    if (req->reply.header_count == REPLY_HEADERS_MAX)
        return ERR_INTERNAL;
    req->reply.headers[req->reply.header_count++] = (struct header){name, value, of_success};
    return OK;
}

enum err reply_header(struct request *req, const char *name, const char *value)
{
    return add_header(req, name, value, false);
}

enum err reply_header_of_success(struct request *req, const char *name, const char *value)
{
    return add_header(req, name, value, true);
}

enum err reply_expose(struct request *req, const char *name)
{
    static const char field[] = "Access-Control-Expose-Headers";

    for (size_t i = 0; i < req->reply.header_count; i++) {
        struct header *header = &req->reply.headers[i];
        if (strcmp(header->name, field) != 0)
            continue;
        header->value = talloc_asprintf(req->arena, "%s,%s", header->value, name);
        return header->value ? OK : ERR_MEMORY;
    }
    return reply_header(req, field, name);
}

const char *path_value(const struct request *req, const char *name)
{
    size_t len = strlen(name);
    size_t index = 0;

    for (const char *at = strchr(req->route->path, '{'); at; at = strchr(at + 1, '{'), index++)
        if (strncmp(at + 1, name, len) == 0 && at[1 + len] == '}')
            return req->path_values[index];
    return NULL;
}

bool request_has_tag(const struct request *req, const char *tag)
{
    return req->if_none_match && (strcmp(req->if_none_match, "*") == 0 || strstr(req->if_none_match, tag));
}
