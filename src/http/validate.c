/* Validates parameters and JSON bodies against their declarations, and lists the problems in a 422. */
#include "http/validate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/email.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "http/router.h"

/* A thousand problems with the longest echoes still fit into an answer. */
enum { PROBLEMS_MAX = 1000, DEPTH_MAX = 16, ECHO_MAX = 4096, KEY_ECHO_MAX = 256 };

/* The location of the current value: a member name, or an index when `name` is NULL. */
struct step {
    const char *name;
    size_t index;
};

struct problems {
    struct request *req;
    struct buffer out;
    size_t count;
    struct step steps[DEPTH_MAX];
    size_t depth;
};

/* Problems nested deeper than DEPTH_MAX are reported at the deepest tracked location. */
static void push(struct problems *problems, const char *name, size_t index)
{
    if (problems->depth < DEPTH_MAX)
        problems->steps[problems->depth] = (struct step){name, index};
    problems->depth++;
}

/* Writes the value as sent, or null when it is too long to be echoed. */
static void write_input(struct problems *problems, const json_t *value)
{
    struct buffer text = buffer_make(problems->req->arena, ECHO_MAX);
    bool whole = json_dump_to(&text, value, 0);

    json_key(&problems->out, "input");
    json_raw(&problems->out, whole ? buffer_string(&text) : NULL);
}

/* Begins a problem: type, loc, msg. The caller adds input and closes it. False when there are too many problems
 * already. */
static bool open_problem(struct problems *problems, const char *type, const char *message)
{
    if (problems->count++ >= PROBLEMS_MAX)
        return false;
    json_open(&problems->out, '{');
    json_key(&problems->out, "type");
    json_text(&problems->out, type);
    json_key(&problems->out, "loc");
    json_open(&problems->out, '[');
    for (size_t i = 0; i < problems->depth && i < DEPTH_MAX; i++) {
        const char *name = problems->steps[i].name;
        if (name)
            json_text(&problems->out, strlen(name) <= KEY_ECHO_MAX ? name : "(a long key)");
        else
            json_int(&problems->out, (int64_t)problems->steps[i].index);
    }
    json_close(&problems->out, ']');
    json_key(&problems->out, "msg");
    json_text(&problems->out, message);
    return true;
}

static void problem(struct problems *problems, const char *type, const char *message, const json_t *input)
{
    if (!open_problem(problems, type, message))
        return;
    write_input(problems, input);
    json_close(&problems->out, '}');
}

static void problem_with_context(struct problems *problems, const char *type, const char *message, const json_t *input,
                                 const char *context)
{
    if (!open_problem(problems, type, message))
        return;
    write_input(problems, input);
    json_key(&problems->out, "ctx");
    json_raw(&problems->out, context);
    json_close(&problems->out, '}');
}

/* Returns 1 or 0 for a spelling of true or false, -1 otherwise. */
static int bool_spelled(const char *text)
{
    static const char *const yes[] = {"true", "1", "yes", "on", "t", "y"};
    static const char *const no[] = {"false", "0", "no", "off", "f", "n"};

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(text, yes[i]) == 0)
            return 1;
        if (strcasecmp(text, no[i]) == 0)
            return 0;
    }
    return -1;
}

static int bool_value(const json_t *value)
{
    if (json_is_boolean(value))
        return json_is_true(value);
    if (json_is_string(value))
        return bool_spelled(json_string_value(value));
    if (json_is_number(value))
        return json_number_value(value) == 1 ? 1 : json_number_value(value) == 0 ? 0 : -1;
    return -1;
}

static void check_string(struct problems *problems, size_t max, const json_t *value)
{
    struct buffer text = buffer_make(problems->req->arena, 200);

    if (max == 0)
        max = TEXT_MAX_CHARACTERS;
    if (!json_is_string(value)) {
        problem(problems, "string_type", "Input should be a valid string", value);
        return;
    }
    if (text_count(json_string_value(value)) <= max)
        return;
    buffer_format(&text, "String should have at most %zu characters", max);
    if (!open_problem(problems, "string_too_long", buffer_string(&text)))
        return;
    write_input(problems, value);
    json_key(&problems->out, "ctx");
    JSON_OBJECT(&problems->out, member_int("max_length", (int64_t)max));
    json_close(&problems->out, '}');
}

static void check_bool(struct problems *problems, const json_t *value)
{
    if (bool_value(value) >= 0)
        return;
    if (json_is_string(value) || json_is_number(value))
        problem(problems, "bool_parsing", "Input should be a valid boolean, unable to interpret input", value);
    else
        problem(problems, "bool_type", "Input should be a valid boolean", value);
}

static void check_uuid(struct problems *problems, const json_t *value)
{
    const char *text = json_string_value(value);
    struct buffer reason = buffer_make(problems->req->arena, ECHO_MAX);
    struct buffer message = buffer_make(problems->req->arena, ECHO_MAX);
    struct buffer context = buffer_make(problems->req->arena, 2 * ECHO_MAX);
    struct uuid id;
    size_t good;

    if (!text) {
        problem(problems, "uuid_type", "UUID input should be a string, bytes or UUID object", value);
        return;
    }
    if (uuid_parse(text, &id))
        return;
    good = strspn(text, "0123456789abcdefABCDEF-");
    if (text[good]) {
        size_t width = 1;
        while ((text[good + width] & 0xc0) == 0x80)
            width++;
        buffer_format(
            &reason,
            "invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `%.*s` at %zu",
            (int)width, text + good, good + 1);
    } else {
        buffer_format(&reason, "invalid length: expected 32 hexadecimal digits, found %zu characters", strlen(text));
    }
    buffer_format(&message, "Input should be a valid UUID, %s", buffer_string(&reason));
    JSON_OBJECT(&context, member_text("error", buffer_string(&reason)));
    problem_with_context(problems, "uuid_parsing", buffer_string(&message), value, buffer_string(&context));
}

static void check_email(struct problems *problems, const json_t *value)
{
    struct buffer message = buffer_make(problems->req->arena, ECHO_MAX);
    struct buffer context = buffer_make(problems->req->arena, ECHO_MAX);
    const char *reason, *address;

    if (!json_is_string(value)) {
        problem(problems, "string_type", "Input should be a valid string", value);
        return;
    }
    reason = email_problem(problems->req->arena, json_string_value(value), &address);
    if (!reason)
        return;
    buffer_format(&message, "value is not a valid email address: %s", reason);
    JSON_OBJECT(&context, member_text("reason", reason));
    problem_with_context(problems, "value_error", buffer_string(&message), value, buffer_string(&context));
}

static void check_object(struct problems *problems, const struct model *model, json_t *value);

static void check_list(struct problems *problems, const struct field *field, json_t *value)
{
    json_t *element;
    size_t index;

    if (!json_is_array(value)) {
        problem(problems, "list_type", "Input should be a valid list", value);
        return;
    }
    json_array_foreach(value, index, element) {
        push(problems, NULL, index);
        if (field->type == FIELD_LIST)
            check_object(problems, field->model, element);
        else if (field->type != FIELD_ANY_LIST)
            check_string(problems, 0, element);
        problems->depth--;
    }
}

static bool is_list_of_strings(const json_t *value)
{
    bool strings = json_is_array(value);

    for (size_t i = 0; strings && i < json_array_size(value); i++)
        strings = json_is_string(json_array_get(value, i));
    return strings;
}

/* Reports both alternatives when neither matches. */
static void check_all_or_list(struct problems *problems, const struct field *field, json_t *value)
{
    const char *text = json_string_value(value);

    if ((text && strcmp(text, "all") == 0) || is_list_of_strings(value))
        return;
    push(problems, "literal['all']", 0);
    problem_with_context(problems, "literal_error", "Input should be 'all'", value, "{\"expected\":\"'all'\"}");
    problems->depth--;
    push(problems, "list[str]", 0);
    check_list(problems, field, value);
    problems->depth--;
}

static void check_map(struct problems *problems, const struct field *field, json_t *value)
{
    const char *key;
    json_t *element;

    if (!json_is_object(value)) {
        problem(problems, "dict_type", "Input should be a valid dictionary", value);
        return;
    }
    if (field->type != FIELD_MAP)
        return;
    json_object_foreach(value, key, element) {
        push(problems, key, 0);
        check_object(problems, field->model, element);
        problems->depth--;
    }
}

static int count_piece(const char *piece, size_t len, void *left)
{
    size_t *bytes = left;

    (void)piece;
    if (len > *bytes)
        return -1;
    *bytes -= len;
    return 0;
}

/* Checks a value that is stored as sent. */
static void check_any(struct problems *problems, const json_t *value)
{
    size_t left = ANY_MAX_BYTES;

    if (json_dump_callback(value, count_piece, &left, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        problem_with_context(problems, "value_error", "Value error, The value takes more than 65536 bytes as JSON.",
                             NULL, "{\"error\":{}}");
}

static void check_field(struct problems *problems, const struct field *field, json_t *value)
{
    switch (field->type) {
    case FIELD_STRING:
        check_string(problems, field->max, value);
        break;
    case FIELD_BOOL:
        check_bool(problems, value);
        break;
    case FIELD_UUID:
        check_uuid(problems, value);
        break;
    case FIELD_EMAIL:
        check_email(problems, value);
        break;
    case FIELD_OBJECT:
        check_object(problems, field->model, value);
        break;
    case FIELD_LIST:
    case FIELD_STRING_LIST:
        check_list(problems, field, value);
        break;
    case FIELD_ANY_LIST:
        check_list(problems, field, value);
        check_any(problems, value);
        break;
    case FIELD_ALL_OR_LIST:
        check_all_or_list(problems, field, value);
        break;
    case FIELD_MAP:
        check_map(problems, field, value);
        break;
    case FIELD_ANY_OBJECT:
    case FIELD_STRING_MAP:
        check_map(problems, field, value);
        check_any(problems, value);
        break;
    }
}

static void check_object(struct problems *problems, const struct model *model, json_t *value)
{
    const char *message;
    size_t before = problems->count;

    if (!json_is_object(value)) {
        problem(problems, "model_attributes_type",
                "Input should be a valid dictionary or object to extract fields from", value);
        return;
    }
    for (size_t i = 0; i < model->count && problems->depth < DEPTH_MAX; i++) {
        const struct field *field = &model->fields[i];
        json_t *member = json_object_get(value, field->name);
        push(problems, field->name, 0);
        if (!member) {
            if (field->required)
                problem(problems, "missing", "Field required", value);
        } else if (!json_is_null(member) || !field->nullable) {
            check_field(problems, field, member);
        }
        problems->depth--;
    }
    if (model->check && problems->count == before && (message = model->check(value)))
        problem_with_context(problems, "value_error", message, value, "{\"error\":{}}");
}

static void check_parameter(struct problems *problems, const struct field *field)
{
    bool in_path = route_has_path_parameter(problems->req->route->path, field->name);
    const char *text = in_path ? path_value(problems->req, field->name) : query_value(problems->req, field->name);
    json_t *value = json_null();

    push(problems, in_path ? "path" : "query", 0);
    push(problems, field->name, 0);
    if (text)
        value = json_string(text);
    if (!text && field->required)
        problem(problems, "missing", "Field required", NULL);
    else if (text && value)
        check_field(problems, field, value);
    json_decref(value);
    problems->depth = 0;
}

static bool is_json(const char *content_type)
{
    size_t len = content_type ? strcspn(content_type, "; \t") : 0;

    if (len == strlen("application/json") && strncasecmp(content_type, "application/json", len) == 0)
        return true;
    return len > 17 && strncasecmp(content_type, "application/", 12) == 0 &&
           strncasecmp(content_type + len - 5, "+json", 5) == 0;
}

/* Checks the whole body: an object, or a list of objects, as the route declares. */
static void check_whole(struct problems *problems, json_t *value)
{
    const struct route *route = problems->req->route;
    const struct field list = {.name = "body", .type = FIELD_LIST, .model = route->body};

    if (route->body_kind == BODY_LIST)
        check_list(problems, &list, value);
    else
        check_object(problems, route->body, value);
}

/* Checks a body with another content type, which counts as one string. */
static void check_raw_body(struct problems *problems)
{
    const struct request *req = problems->req;
    bool echo = req->body_len <= ECHO_MAX && text_valid(req->body, req->body_len);
    json_t *input = echo ? json_stringn(req->body, req->body_len) : json_null();

    check_whole(problems, input);
    json_decref(input);
}

/* The parser's message quotes the body, and may be cut within a character. */
static void invalid_json(struct problems *problems, const json_error_t *failure)
{
    struct buffer context = buffer_make(problems->req->arena, ECHO_MAX);
    struct buffer reason = buffer_make(problems->req->arena, ECHO_MAX);
    json_t *empty = json_object();

    utf8_show(&reason, failure->text, sizeof failure->text);
    JSON_OBJECT(&context, member_text("error", buffer_string(&reason)));
    push(problems, NULL, failure->position > 0 ? (size_t)failure->position - 1 : 0);
    problem_with_context(problems, "json_invalid", "JSON decode error", empty, buffer_string(&context));
    json_decref(empty);
}

/* Stores the parsed body in the request. */
static enum err keep_json(struct request *req, json_t *json)
{
    req->json = json_keep(req->arena, json);
    return req->json ? OK : ERR_MEMORY;
}

/* Whether the body is within the limits of its route, even when another parser reads it later. */
static bool body_within_limits(const struct request *req)
{
    const struct body_limits *limits = req->limits;
    struct json_size size;

    if (!limits) /* the request did not come through a connection */
        limits = req->route->limits ? req->route->limits : &body_limits_usual;
    return json_measure(req->body, req->body_len, &limits->json, &size);
}

static enum err check_body(struct problems *problems)
{
    struct request *req = problems->req;
    json_error_t failure;
    json_t *json;

    push(problems, "body", 0);
    if (req->body_len == 0 && req->route->body_kind == BODY_OPTIONAL)
        return keep_json(req, json_object());
    if (req->body_len == 0) {
        problem(problems, "missing", "Field required", NULL);
        return OK;
    }
    if (!is_json(req->content_type)) {
        check_raw_body(problems);
        return OK;
    }
    json = json_loadb(req->body, req->body_len, JSON_DECODE_ANY, &failure);
    if (!json) {
        invalid_json(problems, &failure);
        return OK;
    }
    TRY(keep_json(req, json));
    check_whole(problems, json);
    return OK;
}

enum err validate_request(struct request *req)
{
    struct problems problems = {.req = req, .out = buffer_make(req->arena, HTTP_BODY_MAX)};
    enum err err = OK;

    if (!body_within_limits(req))
        return ERR_BODY_TOO_COMPLEX;
    json_open(&problems.out, '{');
    json_key(&problems.out, "detail");
    json_open(&problems.out, '[');
    for (const struct field *field = req->route->parameters; field && field->name; field++)
        check_parameter(&problems, field);
    if (req->route->body)
        err = check_body(&problems);
    if (err || problems.count == 0)
        return err;
    json_close(&problems.out, ']');
    json_close(&problems.out, '}');
    TRY(reply_buffer(req, error_row(ERR_INVALID)->status, &problems.out));
    return ERR_INVALID;
}

const char *body_text(const struct request *req, const char *name)
{
    return json_string_value(json_object_get(req->json, name));
}

bool body_has(const struct request *req, const char *name)
{
    return json_object_get(req->json, name) != NULL;
}

bool body_bool(const struct request *req, const char *name, bool absent)
{
    return json_bool_read(json_object_get(req->json, name), absent);
}

bool json_bool_read(const json_t *json, bool absent)
{
    int value = bool_value(json);

    return value < 0 ? absent : value == 1;
}

/* Finds the next name=value pair of the query, undecoded. */
static const char *next_pair(const char *at, const char **name, size_t *name_len, const char **value, size_t *value_len)
{
    size_t len = strcspn(at, "&");
    const char *equals = memchr(at, '=', len);

    *name = at;
    *name_len = equals ? (size_t)(equals - at) : len;
    *value = equals ? equals + 1 : at + len;
    *value_len = len - *name_len - (equals ? 1 : 0);
    return at[len] ? at + len + 1 : NULL;
}

const char *query_value(struct request *req, const char *name)
{
    const char *found = NULL;
    const char *at = req->query;

    while (at && *at) {
        const char *key, *value;
        size_t key_len, value_len;
        at = next_pair(at, &key, &key_len, &value, &value_len);
        if (key_len == strlen(name) && memcmp(key, name, key_len) == 0)
            found = text_percent_decode(req->arena, value, value_len, true);
    }
    return found;
}

bool validate_query_is_clean(struct request *req)
{
    return strpbrk(req->query, "%") == NULL || text_percent_decode(req->arena, req->query, strlen(req->query), true);
}
