/*
 * Fuzzes the check of parameters and bodies: a line of content type, one of path value, one of query, then the body.
 * The same goes through one of the program's own routes, which the length of the path value chooses.
 */
#include <jansson.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/router.h"
#include "http/validate.h"
#include "routes.h"

#define ID "01a203fc-4c18-7000-8fbf-6932d8bc8d1e"
#define JSON "application/json\n" ID "\nowner=a&scope=" ID "\n"

#define DEEPER(inside) "{\"deeper\":[" inside "]}"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED(JSON "{\"name\":\"a\",\"note\":null,\"on\":\"yes\",\"id\":\"{" ID "}\",\"part\":{\"color\":\"red\"},"
                   "\"parts\":[{\"color\":\"red\"}],\"named\":{\"x\":{\"color\":\"red\"}},\"words\":[\"w\"],"
                   "\"any\":{\"a\":1},\"list\":[1,null],\"texts\":{\"a\":\"b\"},\"deep\":{\"deep\":{\"deep\":{}}}}"),
    FUZZ_SEED(JSON "{\"name\":\"abcdef\",\"note\":1,\"on\":\"maybe\",\"id\":\"x\",\"part\":{\"color\":\"odd\"},"
                   "\"parts\":[{},1],\"named\":{\"\\u00e9\":{}},\"words\":[1],\"any\":[],\"list\":{},\"texts\":1}"),
    FUZZ_SEED(JSON
              "{\"name\":\"\xc3\xa9\\ud83d\\ude00\\\"\\u0001\",\"id\":\"\xf0\x9f\x98\x80\",\"on\":1.0,\"note\":1e3}"),
    FUZZ_SEED(JSON
              "{\"name\":\"a\",\"deep\":{\"deep\":" DEEPER(DEEPER(DEEPER(DEEPER(DEEPER(DEEPER(DEEPER("1"))))))) "}}"),
    FUZZ_SEED(JSON
              "{\"accounts\":{\"a\":{\"user\":{\"email\":\"a@b.c\"},\"api_keys\":[{\"project_ref\":{\"ref\":\"p\"}}],"
              "\"organization\":{\"name\":\"o\"},\"options\":{\"dry_run\":true}}}}"),
    FUZZ_SEED(JSON "{\"name\":\"a\"}x"),
    FUZZ_SEED(JSON "{\"name\":\"\xff\"}"),
    FUZZ_SEED(JSON "[[[[1]]]]"),
    FUZZ_SEED(JSON "null"),
    FUZZ_SEED("text/plain\nx\nscope=%41&scope=%c3%a9+\n{\"name\":\"a\"}"),
    FUZZ_SEED("application/problem+json; charset=utf-8\n\n\n{}"),
    {0},
};

static const char *odd_color(const json_t *object)
{
    const char *color = json_string_value(json_object_get(object, "color"));

    return color && strcmp(color, "odd") == 0 ? "Value error, odd color" : NULL;
}

static const struct model deep;
static const struct field deep_fields[] = {{.name = "deep", .type = FIELD_OBJECT, .model = &deep},
                                           {.name = "deeper", .type = FIELD_LIST, .model = &deep},
                                           {.name = "deepest", .type = FIELD_MAP, .model = &deep}};
static const struct model deep = {"Deep", deep_fields, 3, NULL};
static const struct field part_fields[] = {{.name = "color", .type = FIELD_STRING, .required = true}};
static const struct model part = {"Part", part_fields, 1, odd_color};
static const struct field thing_fields[] = {
    {.name = "name", .type = FIELD_STRING, .required = true, .max = 5},
    {.name = "note", .type = FIELD_STRING, .nullable = true},
    {.name = "on", .type = FIELD_BOOL},
    {.name = "id", .type = FIELD_UUID, .nullable = true},
    {.name = "part", .type = FIELD_OBJECT, .model = &part},
    {.name = "parts", .type = FIELD_LIST, .nullable = true, .model = &part},
    {.name = "named", .type = FIELD_MAP, .model = &part},
    {.name = "words", .type = FIELD_STRING_LIST},
    {.name = "any", .type = FIELD_ANY_OBJECT},
    {.name = "list", .type = FIELD_ANY_LIST},
    {.name = "texts", .type = FIELD_STRING_MAP},
    {.name = "deep", .type = FIELD_OBJECT, .model = &deep},
};
static const struct model thing = {"Thing", thing_fields, sizeof thing_fields / sizeof *thing_fields, NULL};
static const struct field parameters[] = {{.name = "thing_id", .type = FIELD_UUID, .required = true},
                                          {.name = "owner", .type = FIELD_STRING, .required = true, .max = 20},
                                          {.name = "on", .type = FIELD_BOOL},
                                          {.name = "scope", .type = FIELD_UUID, .nullable = true},
                                          {0}};
static const struct route route = {
    .method = METHOD_PUT, .path = "/things/{thing_id}", .body = &thing, .parameters = parameters};

/* The next line as a text, which is what the server passes on: valid, or none. */
static const char *take_line(void *arena, const char **at, const char *end)
{
    const char *line = *at;
    const char *found = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    size_t len = found ? (size_t)(found - line) : (size_t)(end - line);

    *at = found ? found + 1 : end;
    return text_valid(line, len) ? talloc_strndup(arena, line, len) : NULL;
}

static void check_problem(const json_t *problem)
{
    const json_t *loc = json_object_get(problem, "loc");
    const json_t *step;
    size_t i;

    require(json_is_string(json_object_get(problem, "type")) && json_is_string(json_object_get(problem, "msg")));
    require(json_object_get(problem, "input") && json_array_size(loc) > 0 && json_array_size(loc) <= 16);
    json_array_foreach(loc, i, step)
        require(json_is_string(step) || (json_is_integer(step) && json_integer_value(step) >= 0));
}

/* The answer to a request that was refused. */
static void check_refusal(const struct reply *reply)
{
    json_t *json = json_loadb(reply->body, reply->len, 0, NULL);
    const json_t *detail = json_object_get(json, "detail");
    const json_t *problem;
    size_t i;

    require(reply->status == 422 && json_array_size(detail) > 0 && json_array_size(detail) <= 1000);
    require(strlen(reply->body) == reply->len);
    json_array_foreach(detail, i, problem)
        check_problem(problem);
    json_decref(json);
}

/* Whether a member is there and not null. */
static json_t *present(const json_t *json, const char *name)
{
    json_t *value = json_object_get(json, name);

    return json_is_null(value) ? NULL : value;
}

/* What a handler may rely on. */
static void check_accepted(struct request *req)
{
    const json_t *json = req->json;
    const json_t *value;
    struct uuid id;
    size_t i;

    require(req->reply.status == 0 && uuid_parse(path_value(req, "thing_id"), &id) && query_value(req, "owner"));
    require(body_text(req, "name") && text_count(body_text(req, "name")) <= 5);
    require(!present(json, "note") || body_text(req, "note"));
    require(!present(json, "id") || uuid_parse(body_text(req, "id"), &id));
    require(!body_has(req, "on") || body_bool(req, "on", false) == body_bool(req, "on", true));
    require(!body_has(req, "part") || json_is_string(json_object_get(json_object_get(json, "part"), "color")));
    json_array_foreach(present(json, "parts"), i, value)
        require(json_is_string(json_object_get(value, "color")) && !odd_color(value));
    json_array_foreach(json_object_get(json, "words"), i, value)
        require(json_is_string(value));
    require(!body_has(req, "any") || json_is_object(json_object_get(json, "any")));
    require(!body_has(req, "list") || json_is_array(json_object_get(json, "list")));
    require(!body_has(req, "texts") || json_is_object(json_object_get(json, "texts")));
}

/* The nth route of the program that has a body, counted round and round. */
static const struct route *own_route(size_t n)
{
    static const struct config config;
    struct application app = application_make(&config);

    for (;;) {
        struct route_cursor at = {0};
        const struct route *own;

        while ((own = route_next(&app, &at)))
            if (own->body && n-- == 0)
                return own;
    }
}

static void check(struct request *req, const struct route *with)
{
    enum err code;

    req->route = with;
    req->reply = (struct reply){0};
    code = validate_request(req);
    require(code == OK || code == ERR_INVALID || code == ERR_BODY_TOO_COMPLEX);
    if (code == ERR_INVALID)
        check_refusal(&req->reply);
    else if (code == OK && with == &route)
        check_accepted(req);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request req = {.arena = talloc_new(NULL)};
    const char *at = (const char *)data;
    const char *end = at + size;
    const char *value, *query;

    req.content_type = take_line(req.arena, &at, end);
    value = take_line(req.arena, &at, end);
    query = take_line(req.arena, &at, end);
    req.query = query ? query : "";
    req.body = at;
    req.body_len = (size_t)(end - at);
    for (size_t i = 0; i < PATH_PARAMETERS_MAX; i++)
        req.path_values[i] = value;
    if (value && validate_query_is_clean(&req)) {
        check(&req, &route);
        check(&req, own_route(strlen(value)));
    }
    (void)talloc_free(req.arena);
    return 0;
}
