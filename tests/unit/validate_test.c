/* Tests of validation: what is accepted, and the list of problems of a 422. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "http/validate.h"

#define ID "01a203fc-4c18-7000-8fbf-6932d8bc8d1e"

static const char *odd_color(const json_t *object)
{
    const char *color = json_string_value(json_object_get(object, "color"));

    return color && strcmp(color, "odd") == 0 ? "Value error, odd color" : NULL;
}

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
};
static const struct model thing = {"Thing", thing_fields, 9, NULL};
static const struct field parameters[] = {{.name = "thing_id", .type = FIELD_UUID, .required = true},
                                          {.name = "owner", .type = FIELD_STRING, .required = true},
                                          {.name = "scope", .type = FIELD_UUID, .nullable = true},
                                          {0}};
static const struct route plain = {METHOD_POST, "/things", "create", .body = &thing};
static const struct route full = {METHOD_PUT, "/things/{thing_id}", "change", .body = &thing, .parameters = parameters};

static const struct body_limits wide = {SIZE_MAX, {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}};

/* Decodes; "" when it is accepted, else the problems between the brackets. Valid until the arena is freed. */
static const char *problems(struct request *req, const char *body, size_t len)
{
    char *detail;

    req->body = body;
    req->body_len = len;
    req->reply = (struct reply){0};
    if (!req->query)
        req->query = "";
    if (validate_request(req) == OK) {
        assert_int_equal(req->reply.status, 0);
        return "";
    }
    assert_int_equal(req->reply.status, 422);
    assert_true(text_valid(req->reply.body, req->reply.len));
    assert_memory_equal(req->reply.body, "{\"detail\":[", 11);
    detail = talloc_strndup(req->arena, req->reply.body + 11, req->reply.len - 13);
    assert_non_null(detail);
    return detail;
}

/* The same for a JSON text sent to the plain route. */
static const char *of_json(void *arena, const char *body)
{
    struct request req = {.arena = arena, .route = &plain, .content_type = "application/json"};

    return problems(&req, body, strlen(body));
}

static void good_bodies_are_accepted(void **state)
{
    static const char *const bodies[] = {
        "{\"name\":\"\"}",
        "{\"name\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\",\"unknown\":[{}]}", /* five characters, ten bytes */
        "{\"name\":\"a\",\"note\":null,\"id\":null,\"parts\":null}",
        "{\"name\":\"a\",\"on\":\"YES\"}",
        "{\"name\":\"a\",\"on\":0}",
        "{\"name\":\"a\",\"id\":\"urn:uuid:01A203FC4C1870008FBF6932D8BC8D1E\"}",
        "{\"name\":\"a\",\"id\":\"{" ID "}\"}",
        "{\"name\":\"a\",\"part\":{\"color\":\"red\"},\"parts\":[],\"named\":{\"x\":{\"color\":\"red\"}},\"words\":[\"w\"]}",
        "{\"name\":1,\"name\":\"last wins\",\"name\":\"a\"}",
        " \t\r\n{ \"name\" : \"a\" } ",
    };
    void *arena = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_string_equal(of_json(arena, bodies[i]), "");
    talloc_free(arena);
}

#define MISSING(loc) "{\"type\":\"missing\",\"loc\":[" loc "],\"msg\":\"Field required\",\"input\":"
#define NOT_TEXT(loc, input)                                                                                           \
    "{\"type\":\"string_type\",\"loc\":[" loc "],\"msg\":\"Input should be a valid string\",\"input\":" input "}"
#define NOT_OBJECT(loc, input)                                                                                         \
    "{\"type\":\"model_attributes_type\",\"loc\":[" loc "],\"msg\":\"Input should be a valid dictionary or object to " \
    "extract fields from\",\"input\":" input "}"

static void each_kind_of_problem_is_reported(void **state)
{
    static const char *const cases[][2] = {
        {"{}", MISSING("\"body\",\"name\"") "{}}"},
        {"{\"name\":null}", NOT_TEXT("\"body\",\"name\"", "null")},
        {"{\"name\":1.0}", NOT_TEXT("\"body\",\"name\"", "1.0")},
        {"{\"name\":\"abcdef\"}",
         "{\"type\":\"string_too_long\",\"loc\":[\"body\",\"name\"],\"msg\":\"String should have at most 5 "
         "characters\",\"input\":\"abcdef\",\"ctx\":{\"max_length\":5}}"},
        {"{\"name\":\"a\",\"on\":\"maybe\"}",
         "{\"type\":\"bool_parsing\",\"loc\":[\"body\",\"on\"],\"msg\":\"Input should be a valid boolean, unable to "
         "interpret input\",\"input\":\"maybe\"}"},
        {"{\"name\":\"a\",\"on\":null}",
         "{\"type\":\"bool_type\",\"loc\":[\"body\",\"on\"],\"msg\":\"Input should be a "
         "valid boolean\",\"input\":null}"},
        {"{\"name\":\"a\",\"id\":1}",
         "{\"type\":\"uuid_type\",\"loc\":[\"body\",\"id\"],\"msg\":\"UUID input should be "
         "a string, bytes or UUID object\",\"input\":1}"},
        {"{\"name\":\"a\",\"part\":[]}", NOT_OBJECT("\"body\",\"part\"", "[]")},
        {"{\"name\":\"a\",\"part\":{\"color\":\"odd\"}}",
         "{\"type\":\"value_error\",\"loc\":[\"body\",\"part\"],\"msg\":\"Value error, odd color\",\"input\":{\"color\":"
         "\"odd\"},\"ctx\":{\"error\":{}}}"},
        {"{\"name\":\"a\",\"parts\":{}}",
         "{\"type\":\"list_type\",\"loc\":[\"body\",\"parts\"],\"msg\":\"Input should be "
         "a valid list\",\"input\":{}}"},
        {"{\"name\":\"a\",\"parts\":[{\"color\":\"red\"},{}]}", MISSING("\"body\",\"parts\",1,\"color\"") "{}}"},
        {"{\"name\":\"a\",\"named\":[]}",
         "{\"type\":\"dict_type\",\"loc\":[\"body\",\"named\"],\"msg\":\"Input should be "
         "a valid dictionary\",\"input\":[]}"},
        {"{\"name\":\"a\",\"named\":{\"x y\":{}}}", MISSING("\"body\",\"named\",\"x y\",\"color\"") "{}}"},
        {"{\"name\":\"a\",\"words\":[\"w\",1]}", NOT_TEXT("\"body\",\"words\",1", "1")},
        {"{\"name\":\"a\",\"any\":1}", "{\"type\":\"dict_type\",\"loc\":[\"body\",\"any\"],\"msg\":\"Input should be a "
                                       "valid dictionary\",\"input\":1}"},
        {"[]", NOT_OBJECT("\"body\"", "[]")},
        {"\"text\"", NOT_OBJECT("\"body\"", "\"text\"")},
        {"null", NOT_OBJECT("\"body\"", "null")},
        {"", MISSING("\"body\"") "null}"},
    };
    void *arena = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(of_json(arena, cases[i][0]), cases[i][1]);
    talloc_free(arena);
}

static void all_problems_are_reported_at_once(void **state)
{
    void *arena = talloc_new(NULL);
    struct request req = {
        .arena = arena, .route = &full, .content_type = "application/json", .query = "scope=nope", .path_values = {ID}};
    const char *body = "{\"note\":1,\"parts\":[1]}";

    (void)state;
    assert_string_equal(
        problems(&req, body, strlen(body)),
        MISSING(
            "\"query\",\"owner\"") "null},"
                                   "{\"type\":\"uuid_parsing\",\"loc\":[\"query\",\"scope\"],\"msg\":\"Input should be a valid UUID, invalid "
                                   "character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `n` at 1\",\"input\":"
                                   "\"nope\",\"ctx\":{\"error\":\"invalid character: expected an optional prefix of `urn:uuid:` followed by "
                                   "[0-9a-fA-F-], found `n` at 1\"}}," MISSING("\"body\",\"name\"") "{\"note\":1,\"parts\":[1]}}," NOT_TEXT(
                                       "\"body\",\"note\"", "1") "," NOT_OBJECT("\"body\",\"parts\",0", "1"));
    talloc_free(arena);
}

static void other_content_types_are_one_string(void **state)
{
    static const char *const json[] = {"application/json", "Application/JSON; charset=utf-8",
                                       "application/problem+json"};
    static const char *const others[] = {NULL, "", "text/plain", "application/jsonp", "application/+json", "text/json"};
    void *arena = talloc_new(NULL);
    struct request req = {.arena = arena, .route = &plain};

    (void)state;
    for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
        req.content_type = json[i];
        assert_string_equal(problems(&req, "{\"name\":\"a\"}", 12), "");
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        req.content_type = others[i];
        assert_string_equal(problems(&req, "{\"name\":\"a\"}", 12),
                            NOT_OBJECT("\"body\"", "\"{\\\"name\\\":\\\"a\\\"}\""));
    }
    assert_string_equal(problems(&req, "\xff\xfe", 2), NOT_OBJECT("\"body\"", "null"));
    talloc_free(arena);
}

static void a_body_may_be_a_list(void **state)
{
    static const struct route list = {METHOD_POST, "/things", "create_all", .body = &part, .body_kind = BODY_LIST};
    static const char *const cases[][2] = {
        {"[]", ""},
        {"[{\"color\":\"red\"}]", ""},
        {"[{\"color\":\"red\"},{}]", MISSING("\"body\",1,\"color\"") "{}}"},
        {"[1]", NOT_OBJECT("\"body\",0", "1")},
        {"{\"color\":\"red\"}", "{\"type\":\"list_type\",\"loc\":[\"body\"],\"msg\":\"Input should be a valid "
                                "list\",\"input\":{\"color\":\"red\"}}"},
        {"", MISSING("\"body\"") "null}"},
    };
    void *arena = talloc_new(NULL);
    struct request req = {.arena = arena, .route = &list, .content_type = "application/json"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(problems(&req, cases[i][0], strlen(cases[i][0])), cases[i][1]);
    req.content_type = NULL;
    assert_string_equal(
        problems(&req, "[]", 2),
        "{\"type\":\"list_type\",\"loc\":[\"body\"],\"msg\":\"Input should be a valid list\",\"input\":\"[]\"}");
    talloc_free(arena);
}

static void a_body_may_be_left_out(void **state)
{
    static const struct route optional = {METHOD_POST, "/things", "touch", .body = &thing, .body_kind = BODY_OPTIONAL};
    struct request req = {.arena = talloc_new(NULL), .route = &optional};

    (void)state;
    assert_string_equal(problems(&req, "", 0), "");
    assert_false(body_has(&req, "name"));
    assert_string_equal(problems(&req, "{}", 2), NOT_OBJECT("\"body\"", "\"{}\""));
    req.content_type = "application/json";
    assert_string_equal(problems(&req, "{}", 2), MISSING("\"body\",\"name\"") "{}}");
    talloc_free(req.arena);
}

static void unreadable_json_is_reported_with_its_position(void **state)
{
    static const char invalid[] = "{\"type\":\"json_invalid\",\"loc\":[\"body\",";
    static const char *const bodies[] = {
        "{",
        "{x}",
        "{\"name\":}",
        "{\"name\":\"a\"}x",
        "{\"name\":\"a\",}",
        "{'name':1}",
        "{\"name\":01}",
        "{\"name\":\"\xff\"}",
        "{\"name\":NaN}",
        "{\"name\":\"\\u0000\"}",
        "nul",
        "{\"name\":\"a",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":\"\n\"}",
        "{\"name\":\"\\\xc3\xa9\"}", /* what the reason quotes ends within a character */
        "\xef\xbb\xbf{}",
        "{\"name\":1e400}",
        "{\"name\":99999999999999999999}",
        "{\"a\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9}",
    };
    void *arena = talloc_new(NULL);
    struct request req = {.arena = arena, .route = &plain, .content_type = "application/json"};
    static char deep[100000];

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (strncmp(of_json(arena, bodies[i]), invalid, strlen(invalid)) != 0)
            fail_msg("%s: %s", bodies[i], of_json(arena, bodies[i]));
    assert_non_null(strstr(of_json(arena, "{\"name\":}"), "\"loc\":[\"body\",8]"));
    assert_memory_equal(problems(&req, "{\"name\":\"a\0b\"}", 14), invalid, strlen(invalid));
    memset(deep, '[', 100000);
    req.limits = &wide;
    assert_memory_equal(problems(&req, deep, 100000), invalid, strlen(invalid));
    talloc_free(arena);
}

static void bodies_beyond_the_limits_are_not_parsed(void **state)
{
    static char deep[100000];
    struct request req = {.arena = talloc_new(NULL), .route = &plain, .content_type = "application/json"};

    (void)state;
    memset(deep, '[', sizeof deep);
    req.query = "";
    req.body = deep;
    req.body_len = body_limits_usual.json.depth + 1;
    assert_int_equal(validate_request(&req), ERR_BODY_TOO_COMPLEX);
    assert_null(req.json);
    req.body_len--;
    assert_int_equal(validate_request(&req), ERR_INVALID);
    talloc_free(req.arena);
}

/* Answers repeat the input only up to a limit. */
static void answers_stay_small(void **state)
{
    static char body[6000100];
    void *arena = talloc_new(NULL);
    struct request req = {.arena = arena, .route = &plain, .content_type = "application/json", .limits = &wide};
    size_t len = 0;

    (void)state;
    memcpy(body, "{\"name\":\"", 9);
    memset(body + 9, 'x', 6000000);
    memcpy(body + 6000009, "\"}", 2);
    assert_non_null(strstr(problems(&req, body, 6000011), "\"input\":null,"));

    memcpy(body, "{\"name\":\"a\",\"named\":{\"", 22); /* one long key, named by two problems */
    memset(body + 22, 'x', 5000000);
    memcpy(body + 5000022, "\":{},\"y\":{}}}", 13);
    (void)problems(&req, body, 5000035);
    assert_true(req.reply.len < 10000);

    memcpy(body, "{\"words\":[1", 11);
    for (len = 11; len < 1000000; len += 2)
        memcpy(body + len, ",1", 2);
    memcpy(body + len, "]}", 2);
    (void)problems(&req, body, len + 2);
    assert_true(req.reply.len < 1000000);
    talloc_free(arena);
}

static const struct model chain;
static const struct field links[] = {{.name = "next", .type = FIELD_LIST, .model = &chain}};
static const struct model chain = {"Chain", links, 1, NULL};
static const struct route deep = {METHOD_POST, "/chain", "chain", .body = &chain};

/* A recursive model, as deep as the client sends: problems are reported with their path, up to a maximum depth. */
static void models_within_themselves_have_an_end(void **state)
{
    struct request req = {.arena = talloc_new(NULL), .route = &deep, .content_type = "application/json"};
    char body[400] = "";

    (void)state;
    for (size_t length = 0; length < 20; length++) {
        size_t len = 0;
        for (size_t i = 0; i < length; i++)
            len += (size_t)snprintf(body + len, sizeof body - len, "{\"next\":[");
        body[len++] = '1';
        for (size_t i = 0; i < length; i++)
            len += (size_t)snprintf(body + len, sizeof body - len, "]}");
        assert_int_equal(*problems(&req, body, len) != '\0', length <= 8);
    }
    talloc_free(req.arena);
}

static void query_values_are_the_last_given(void **state)
{
    struct request req = {.arena = talloc_new(NULL), .query = "a=1&b&a=2%20+%C3%A9&c=&ab=3"};

    (void)state;
    assert_string_equal(query_value(&req, "a"), "2  \xc3\xa9");
    assert_string_equal(query_value(&req, "b"), "");
    assert_string_equal(query_value(&req, "c"), "");
    assert_null(query_value(&req, "d"));
    assert_true(validate_query_is_clean(&req));
    for (const char *const *bad = (const char *const[]){"a=%00", "a=%ff", "a=%", "a=%4", "a=%zz", "%ed%a0%80", NULL};
         *bad; bad++) {
        req.query = *bad;
        if (validate_query_is_clean(&req))
            fail_msg("clean: %s", *bad);
    }
    talloc_free(req.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_bodies_are_accepted),
        cmocka_unit_test(each_kind_of_problem_is_reported),
        cmocka_unit_test(all_problems_are_reported_at_once),
        cmocka_unit_test(other_content_types_are_one_string),
        cmocka_unit_test(unreadable_json_is_reported_with_its_position),
        cmocka_unit_test(bodies_beyond_the_limits_are_not_parsed),
        cmocka_unit_test(answers_stay_small),
        cmocka_unit_test(query_values_are_the_last_given),
        cmocka_unit_test(models_within_themselves_have_an_end),
        cmocka_unit_test(a_body_may_be_a_list),
        cmocka_unit_test(a_body_may_be_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
