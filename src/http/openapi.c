/* Writes the OpenAPI document from the route tables. */
#include "http/openapi.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "base/json.h"
#include "base/secret.h"
#include "http/compress.h"
#include "http/router.h"

enum { MODELS_MAX = 256, DOCUMENT_MAX = 1 << 20, HASH_DIGITS = 32 };

/* The models referenced so far, each once. */
struct document {
    struct buffer *out;
    const struct model *models[MODELS_MAX];
    size_t count;
};

static void remember(struct document *document, const struct model *model)
{
    for (size_t i = 0; i < document->count; i++)
        if (strcmp(document->models[i]->name, model->name) == 0)
            return;
    if (document->count < MODELS_MAX)
        document->models[document->count++] = model;
}

static void member(struct buffer *out, const char *key, const char *text)
{
    json_key(out, key);
    json_text(out, text);
}

static void write_reference(struct document *document, const struct model *model)
{
    remember(document, model);
    json_open(document->out, '{');
    json_key(document->out, "$ref");
    buffer_format(document->out, "\"#/components/schemas/%s\"", model->name);
    json_close(document->out, '}');
}

/* {"type":"array","items":<model>} or {"type":"object","additionalProperties":<model>} */
static void write_collection(struct document *document, const char *type, const char *of, const struct model *model)
{
    json_open(document->out, '{');
    member(document->out, "type", type);
    json_key(document->out, of);
    write_reference(document, model);
    json_close(document->out, '}');
}

static void write_type(struct document *document, const struct field *field)
{
    static const char *const simple[] = {
        [FIELD_STRING] = "{\"type\":\"string\"}",
        [FIELD_BOOL] = "{\"type\":\"boolean\"}",
        [FIELD_UUID] = "{\"type\":\"string\",\"format\":\"uuid\"}",
        [FIELD_EMAIL] = "{\"type\":\"string\",\"format\":\"email\"}",
        [FIELD_ALL_OR_LIST] = "{\"anyOf\":[{\"type\":\"string\",\"const\":\"all\"},{\"type\":\"array\","
                              "\"items\":{\"type\":\"string\"}}]}",
        [FIELD_STRING_LIST] = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
        [FIELD_ANY_OBJECT] = "{\"type\":\"object\",\"additionalProperties\":true}",
        [FIELD_ANY_LIST] = "{\"type\":\"array\",\"items\":{}}",
        [FIELD_STRING_MAP] = "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}",
    };

    if (field->type == FIELD_OBJECT)
        write_reference(document, field->model);
    else if (field->type == FIELD_LIST)
        write_collection(document, "array", "items", field->model);
    else if (field->type == FIELD_MAP)
        write_collection(document, "object", "additionalProperties", field->model);
    else
        json_raw(document->out, simple[field->type]);
}

/* Writes the schema of a member or parameter: its type, "or null" where null is accepted, and its default. */
static void write_field(struct document *document, const struct field *field)
{
    struct buffer *out = document->out;
    bool limited = field->type == FIELD_STRING && field->max && field->max != TEXT_UNLIMITED;

    if (field->nullable) {
        json_open(out, '{');
        json_key(out, "anyOf");
        json_open(out, '[');
    }
    write_type(document, field);
    if (field->nullable) {
        json_raw(out, "{\"type\":\"null\"}");
        json_close(out, ']');
        json_close(out, '}');
    }
    if (!field->initial && !limited)
        return;
    out->len--; /* reopen the object just closed to add members */
    if (field->initial) {
        json_key(out, "default");
        json_raw(out, field->initial);
    }
    if (limited) { /* the type does not include null */
        json_key(out, "maxLength");
        json_int(out, (int64_t)field->max);
    }
    json_close(out, '}');
}

static void write_model(struct document *document, const struct model *model)
{
    struct buffer *out = document->out;

    json_key(out, model->name);
    json_open(out, '{');
    member(out, "type", "object");
    member(out, "title", model->name);
    json_key(out, "properties");
    json_open(out, '{');
    for (size_t i = 0; i < model->count; i++) {
        json_key(out, model->fields[i].name);
        write_field(document, &model->fields[i]);
    }
    json_close(out, '}');
    json_key(out, "required");
    json_open(out, '[');
    for (size_t i = 0; i < model->count; i++)
        if (model->fields[i].required)
            json_text(out, model->fields[i].name);
    json_close(out, ']');
    json_close(out, '}');
}

static void write_parameter(struct document *document, const struct field *field, bool in_path)
{
    struct buffer *out = document->out;

    json_open(out, '{');
    member(out, "name", field->name);
    member(out, "in", in_path ? "path" : "query");
    json_key(out, "required");
    json_bool(out, field->required);
    json_key(out, "schema");
    write_field(document, field);
    json_close(out, '}');
}

/* The declaration of the path parameter `name` of `len` bytes; NULL: a plain string. */
static const struct field *declared(const struct route *route, const char *name, size_t len)
{
    for (const struct field *field = route->parameters; field && field->name; field++)
        if (strncmp(field->name, name, len) == 0 && field->name[len] == '\0')
            return field;
    return NULL;
}

static void write_parameters(struct document *document, const struct route *route)
{
    json_key(document->out, "parameters");
    json_open(document->out, '[');
    for (const char *at = strchr(route->path, '{'); at; at = strchr(at, '{')) {
        size_t len = strcspn(++at, "}");
        const struct field *field = declared(route, at, len);
        char name[PARAMETER_NAME_SIZE];

        (void)snprintf(name, sizeof name, "%.*s", (int)len, at);
        write_parameter(document, field ? field : &(struct field){.name = name, .required = true}, true);
    }
    for (const struct field *field = route->parameters; field && field->name; field++)
        if (!route_has_path_parameter(route->path, field->name))
            write_parameter(document, field, false);
    json_close(document->out, ']');
}

static void write_content(struct document *document, const struct route *route)
{
    static const char *const simple[] = {
        [ANSWER_STRING] = "{\"type\":\"string\"}",
        [ANSWER_ANY_OBJECT] = "{\"type\":\"object\",\"additionalProperties\":true}",
        [ANSWER_STRING_MAPS] =
            "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}",
    };

    if (route->answer_kind == ANSWER_LIST)
        write_collection(document, "array", "items", route->answer);
    else if (route->answer_kind != ANSWER_MODEL)
        json_raw(document->out, simple[route->answer_kind]);
    else if (route->answer)
        write_reference(document, route->answer);
    else
        json_raw(document->out, "{}");
}

enum { SUCCESS = 200, NO_CONTENT = 204 };

static bool has_parameters(const struct route *route)
{
    return strchr(route->path, '{') || (route->parameters && route->parameters->name);
}

static void write_responses(struct document *document, const struct route *route)
{
    struct buffer *out = document->out;

    json_key(out, "responses");
    json_open(out, '{');
    if (route->status == NO_CONTENT)
        json_raw(out, "\"204\":{\"description\":\"Success\"}");
    if (route->status != NO_CONTENT || route->answer) {
        if (route->status == NO_CONTENT)
            buffer_char(out, ',');
        buffer_format(out, "\"%d\":", route->status == NO_CONTENT || route->status == 0 ? SUCCESS : route->status);
        json_open(out, '{');
        member(out, "description", "Success");
        json_key(out, "content");
        buffer_text(out, "{\"application/json\":{\"schema\":");
        write_content(document, route);
        buffer_text(out, "}}");
        json_close(out, '}');
    }
    if (has_parameters(route) || route->body)
        json_raw(out, "\"422\":{\"description\":\"Validation error\",\"content\":{\"application/json\":{\"schema\":"
                      "{\"$ref\":\"#/components/schemas/HTTPValidationError\"}}}}");
    json_close(out, '}');
}

static void write_operation(struct document *document, const struct route_group *group, const struct route *route)
{
    static const char *const security[] = {
        [CALLER_NONE] = "[]", [CALLER_ADMIN] = "[{\"administration\":[]}]", [CALLER_USER] = "[{\"credentials\":[]}]"};
    struct buffer *out = document->out;

    for (const char *at = method_name(route->method); *at; at++)
        buffer_format(out, "%s%c%s", at == method_name(route->method) ? "\"" : "", tolower(*at), at[1] ? "" : "\":");
    json_open(out, '{');
    json_key(out, "tags");
    json_open(out, '[');
    json_text(out, group->tag);
    json_close(out, ']');
    member(out, "summary", route->summary);
    member(out, "operationId", route->operation_id);
    json_key(out, "security");
    json_raw(out, security[group->caller]);
    if (has_parameters(route))
        write_parameters(document, route);
    if (route->body) {
        json_key(out, "requestBody");
        buffer_format(out, "{\"required\":%s,\"content\":{\"application/json\":{\"schema\":",
                      route->body_kind == BODY_OPTIONAL ? "false" : "true");
        if (route->body_kind == BODY_LIST)
            write_collection(document, "array", "items", route->body);
        else
            write_reference(document, route->body);
        buffer_text(out, "}}}");
    }
    write_responses(document, route);
    json_close(out, '}');
}

/* Writes all operations of a path, at the place of its first one in the tables. */
static void write_path(struct document *document, const struct application *app, const struct route *first)
{
    struct route_cursor at = {0};
    const struct route *route;
    bool found = false;

    while ((route = route_next(app, &at))) {
        if (strcmp(route->path, first->path) != 0 || (route->flags & ROUTE_HIDDEN))
            continue;
        if (!found && route != first)
            return; /* already written with an earlier operation */
        if (!found) {
            json_key(document->out, first->path);
            json_open(document->out, '{');
        } else {
            buffer_char(document->out, ',');
        }
        found = true;
        write_operation(document, at.group, route);
    }
    json_close(document->out, '}');
}

static void write_components(struct document *document)
{
    struct buffer *out = document->out;

    json_key(out, "components");
    json_open(out, '{');
    json_key(out, "securitySchemes");
    json_raw(out, "{\"credentials\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"Authorization\","
                  "\"description\":\"`ApiKey <key>` or `Secret <token>`\"},"
                  "\"administration\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"Authorization\","
                  "\"description\":\"`Access <administration key>`\"}}");
    json_key(out, "schemas");
    json_open(out, '{');
    for (size_t i = 0; i < document->count; i++) /* writing a model may reference further models */
        write_model(document, document->models[i]);
    json_raw(out,
             "\"ValidationError\":{\"type\":\"object\",\"title\":\"ValidationError\",\"properties\":{"
             "\"loc\":{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}},"
             "\"msg\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},\"input\":{},\"ctx\":{\"type\":\"object\"}},"
             "\"required\":[\"loc\",\"msg\",\"type\"]},"
             "\"HTTPValidationError\":{\"type\":\"object\",\"title\":\"HTTPValidationError\",\"properties\":{"
             "\"detail\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/ValidationError\"}}}}");
    json_close(out, '}');
    json_close(out, '}');
}

enum err openapi_write(const struct application *app, struct buffer *out)
{
    struct document document = {.out = out};
    struct route_cursor at = {0};
    const struct route *route;

    json_open(out, '{');
    member(out, "openapi", "3.1.0");
    json_key(out, "info");
    json_raw(out, "{\"title\":\"orgd\",\"version\":\"" ORGD_VERSION "\"}");
    json_key(out, "paths");
    json_open(out, '{');
    while ((route = route_next(app, &at)))
        if (!(route->flags & ROUTE_HIDDEN))
            write_path(&document, app, route);
    json_close(out, '}');
    write_components(&document);
    json_close(out, '}');
    return out->failed ? ERR_MEMORY : OK;
}

/* ---- replies ---- */

/* Written once under the lock, then read by all threads. NULL until it could be written. */
static struct {
    const char *text, *packed; /* `packed` is compressed with gzip; NULL when that failed */
    size_t len, packed_len;
    char tag[HASH_DIGITS + 3], packed_tag[HASH_DIGITS + 8];
} kept;

static void keep_document(const struct application *app)
{
    void *arena = talloc_new(NULL); /* lives as long as the process */
    struct buffer out = buffer_make(arena, DOCUMENT_MAX);
    struct compressor *compressor = compressor_create(arena);
    char hash[65];

    if (openapi_write(app, &out)) {
        talloc_free(arena);
        return;
    }
    digest_sha256_hex(out.data, out.len, hash);
    (void)snprintf(kept.tag, sizeof kept.tag, "\"%.*s\"", HASH_DIGITS, hash);
    (void)snprintf(kept.packed_tag, sizeof kept.packed_tag, "\"%.*s-gzip\"", HASH_DIGITS, hash);
    if (compressor)
        kept.packed = compress_gzip(compressor, arena, out.data, out.len, &kept.packed_len);
    talloc_free(compressor);
    kept.text = out.data;
    kept.len = out.len;
}

enum err openapi_reply(const struct application *app, struct request *req)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    bool packed;
    enum err err;

    (void)pthread_mutex_lock(&lock);
    if (!kept.text)
        keep_document(app);
    (void)pthread_mutex_unlock(&lock);
    if (!kept.text)
        return ERR_MEMORY;
    packed = kept.packed && app->gzip && req->accepts_gzip;
    req->reply.no_gzip = true; /* already compressed */
    err = reply_header(req, "Cache-Control", "no-cache");
    if (!err)
        err = reply_header(req, "ETag", packed ? kept.packed_tag : kept.tag);
    if (err)
        return err;
    if (request_has_tag(req, packed ? kept.packed_tag : kept.tag)) {
        req->reply.status = 304;
        return OK;
    }
    req->reply.status = 200;
    req->reply.body = packed ? kept.packed : kept.text;
    req->reply.len = packed ? kept.packed_len : kept.len;
    return packed ? reply_header(req, "Content-Encoding", "gzip") : OK;
}
