/* Tests of the router: paths, both spellings of the slash, methods, and kinds of caller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "http/router.h"
#include "routes.h"

static const struct route table[] = {
    {METHOD_GET, "/things", "list"},
    {METHOD_POST, "/things/", "create"},
    {METHOD_GET, "/things/special", "special"},
    {METHOD_GET, "/things/{thing_id}", "get"},
    {METHOD_DELETE, "/things/{thing_id}/parts/{part_id}", "remove"},
    {METHOD_ANY, "/below/*", "below"},
    {0},
};
static const struct route others[] = {{METHOD_PUT, "/things", "replace"}, {0}};
static const struct route_group things[] = {
    {.tag = "Things", .routes = table}, {.tag = "Others", .routes = others}, {0}};
static const struct route_group nothing[] = {{0}};
static const struct application app = {.groups = {things, nothing}, .alias = "/old/", .alias_of = "/"};

/* The operation of a request, or the name of the refusal. */
static const char *matched(struct request *req, enum method method, const char *path)
{
    *req = (struct request){.arena = req->arena, .method = method, .path = path};
    switch (route_match(&app, req)) {
    case OK:
        return req->route->operation_id;
    case ERR_NOT_FOUND:
        return "404";
    case ERR_METHOD_NOT_ALLOWED:
        return "405";
    default:
        return "?";
    }
}

static void paths_match_whole_segments(void **state)
{
    struct request req = {.arena = talloc_new(NULL)};

    (void)state;
    assert_string_equal(matched(&req, METHOD_GET, "/things"), "list");
    assert_string_equal(matched(&req, METHOD_GET, "/things/"), "list");
    assert_string_equal(matched(&req, METHOD_POST, "/things"), "create");
    assert_string_equal(matched(&req, METHOD_GET, "/things/special"), "special");
    assert_string_equal(matched(&req, METHOD_GET, "/things/special/"), "special");
    assert_string_equal(matched(&req, METHOD_GET, "/things/specials"), "get");
    assert_string_equal(matched(&req, METHOD_PUT, "/things"), "replace");
    assert_string_equal(matched(&req, METHOD_GET, "/"), "404");
    assert_string_equal(matched(&req, METHOD_GET, "//things"), "404");
    assert_string_equal(matched(&req, METHOD_GET, "/things//"), "404");
    assert_string_equal(matched(&req, METHOD_GET, "/thing"), "404");
    assert_string_equal(matched(&req, METHOD_GET, "/thingss"), "404");
    assert_string_equal(matched(&req, METHOD_GET, "/things/a/parts"), "404");
    assert_string_equal(matched(&req, METHOD_DELETE, "/things//parts/b"), "404");
    assert_string_equal(matched(&req, METHOD_DELETE, "/things/a/parts/b/c"), "404");
    talloc_free(req.arena);
}

static void a_star_matches_the_rest(void **state)
{
    struct request req = {.arena = talloc_new(NULL)};

    (void)state;
    assert_string_equal(matched(&req, METHOD_GET, "/below/a"), "below");
    assert_string_equal(matched(&req, METHOD_PATCH, "/below/a/b/"), "below");
    assert_string_equal(matched(&req, METHOD_GET, "/below"), "404");
    assert_string_equal(matched(&req, METHOD_GET, "/below/"), "404");
    talloc_free(req.arena);
}

static void private_paths_are_served_by_their_listener(void **state)
{
    static const struct path_prefix callers[] = {{"/core", CALLER_NONE, .whole_segment = true, .is_private = true},
                                                 {0}};
    static const struct {
        const char *path;
        bool prefixed, is_private, with_listener, served;
    } rows[] = {
        {"/things", false, false, false, true}, {"/things", true, false, true, true},
        {"/things", false, true, true, false},  {"/core/x", false, false, false, true},
        {"/core/x", true, false, false, false}, {"/core/x", false, false, true, false},
        {"/core/x", false, true, true, true},   {"/core/x", true, true, true, false},
        {"/corex", false, true, true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct application with = {.callers = callers, .private_listener = rows[i].with_listener};
        const struct request req = {
            .path = rows[i].path, .prefixed = rows[i].prefixed, .is_private = rows[i].is_private};

        assert_int_equal(route_is_served(&with, &req), rows[i].served);
    }
}

static void parameters_are_kept_in_order(void **state)
{
    struct request req = {.arena = talloc_new(NULL)};

    (void)state;
    assert_string_equal(matched(&req, METHOD_DELETE, "/things/a b/parts/\xc3\xa9/"), "remove");
    assert_string_equal(path_value(&req, "thing_id"), "a b");
    assert_string_equal(path_value(&req, "part_id"), "\xc3\xa9");
    assert_true(route_has_path_parameter("/things/{thing_id}/parts/{part_id}", "part_id"));
    assert_false(route_has_path_parameter("/things/{thing_id}", "thing"));
    assert_false(route_has_path_parameter("/things/{thing_id}", "thing_id}"));
    talloc_free(req.arena);
}

static void a_wrong_method_gets_the_allowed_ones(void **state)
{
    struct request req = {.arena = talloc_new(NULL)};

    (void)state;
    assert_string_equal(matched(&req, METHOD_DELETE, "/things"), "405");
    assert_int_equal(req.reply.header_count, 1);
    assert_string_equal(req.reply.headers[0].name, "Allow");
    assert_string_equal(req.reply.headers[0].value, "GET, POST, PUT");
    assert_string_equal(matched(&req, METHOD_HEAD, "/things"), "405");
    assert_string_equal(matched(&req, METHOD_POST, "/things/special"), "405");
    assert_string_equal(req.reply.headers[0].value, "GET");
    talloc_free(req.arena);
}

static void a_path_that_can_be_read_is_known(void **state)
{
    (void)state;
    assert_true(route_is_read(&app, "/things"));
    assert_true(route_is_read(&app, "/things/"));
    assert_true(route_is_read(&app, "/things/a b"));
    assert_true(route_is_read(&app, "/old/anything"));
    assert_false(route_is_read(&app, "/things/a/parts/b")); /* only DELETE */
    assert_false(route_is_read(&app, "/"));
    assert_false(route_is_read(&app, "/old"));
}

static void an_alias_is_matched_as_its_path(void **state)
{
    struct request req = {.arena = talloc_new(NULL)};

    (void)state;
    assert_string_equal(matched(&req, METHOD_GET, "/old/things"), "list");
    assert_string_equal(matched(&req, METHOD_PUT, "/old/things/"), "replace");
    assert_string_equal(req.group->tag, "Others");
    assert_string_equal(matched(&req, METHOD_GET, "/old/old/things"), "404");
    talloc_free(req.arena);
}

static void the_path_decides_which_callers_are_admitted(void **state)
{
    static const struct config config;
    struct application program = application_make(&config);

    (void)state;
    assert_int_equal(route_caller(&program, "/health"), CALLER_NONE);
    assert_int_equal(route_caller(&program, "/healthz"), CALLER_NONE);
    assert_int_equal(route_caller(&program, "/openapi.json"), CALLER_NONE);
    assert_int_equal(route_caller(&program, "/admin"), CALLER_ADMIN);
    assert_int_equal(route_caller(&program, "/admin/simple/accounts/"), CALLER_ADMIN);
    assert_int_equal(route_caller(&program, "/administrators"), CALLER_USER);
    assert_int_equal(route_caller(&program, "/keys/admin/"), CALLER_USER);
    assert_int_equal(route_caller(&program, "/organizations"), CALLER_USER);
    assert_int_equal(route_caller(&program, "/"), CALLER_USER);
}

/* A group documents its caller; the table of prefixes decides. Both must name the same one. */
static void the_prefix_of_each_route_has_the_caller_of_its_group(void **state)
{
    static const struct config config;
    struct application program = application_make(&config);
    struct route_cursor at = {0};
    const struct route *route;
    size_t count = 0;

    (void)state;
    while ((route = route_next(&program, &at))) {
        if (route_caller(&program, route->path) != at.group->caller)
            fail_msg("%s %s: the group %s has another caller", method_name(route->method), route->path, at.group->tag);
        count++;
    }
    assert_true(count > 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_match_whole_segments),
        cmocka_unit_test(a_star_matches_the_rest),
        cmocka_unit_test(private_paths_are_served_by_their_listener),
        cmocka_unit_test(parameters_are_kept_in_order),
        cmocka_unit_test(a_wrong_method_gets_the_allowed_ones),
        cmocka_unit_test(a_path_that_can_be_read_is_known),
        cmocka_unit_test(an_alias_is_matched_as_its_path),
        cmocka_unit_test(the_path_decides_which_callers_are_admitted),
        cmocka_unit_test(the_prefix_of_each_route_has_the_caller_of_its_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
