/* Tests of a program that is built without the console. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "console/console.h"

static void root_reports_a_build_without_console(void **state)
{
    struct request req = {.arena = talloc_new(NULL), .method = METHOD_GET, .path = "/"};
    static const char sentence[] = "This orgd was built without its console; its API answers under /api.\n";

    (void)state;
    assert_int_equal(console_answer(&req), OK);
    assert_int_equal(req.reply.status, 404);
    assert_string_equal(req.reply.content_type, "text/plain; charset=utf-8");
    assert_int_equal(req.reply.len, strlen(sentence));
    assert_memory_equal(req.reply.body, sentence, req.reply.len);
    (void)talloc_free(req.arena);
}

static void all_else_is_left_to_the_api(void **state)
{
    static const char *const paths[] = {"/auth", "/w/1/p/2", "/assets/index.js", "/favicon.svg", "/index.html", "//"};
    struct request req = {.arena = talloc_new(NULL), .method = METHOD_GET, .accepts_html = true};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        req.path = paths[i];
        assert_int_equal(console_answer(&req), ERR_AGAIN);
        assert_int_equal(req.reply.status, 0);
    }
    (void)talloc_free(req.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_reports_a_build_without_console),
        cmocka_unit_test(all_else_is_left_to_the_api),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
