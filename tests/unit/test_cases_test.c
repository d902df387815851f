/* Tests of the ids of test cases, which the data plane derives from their content. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "tenancy/default_rows.h"

static const char set_text[] = "01970000-0000-7000-8000-000000000001";

static json_t *capital(const char *country, const char *answer)
{
    return json_pack("{s:s, s:s}", "country", country, "correct_answer", answer);
}

static void ids_follow_from_the_content(void **state)
{
    void *arena = talloc_new(NULL);
    json_t *data = capital("Iceland", "Reykjav\u00edk");
    char text[UUID_TEXT_SIZE];
    struct uuid set, id;

    (void)state;
    assert_true(uuid_parse(set_text, &set));
    assert_true(test_case_id(arena, data, NULL, &id));
    assert_string_equal(uuid_format(&id, text), "f89cbffa-0321-5076-ac99-3fd91733f98c");
    assert_true(test_case_number(arena, data, 0));
    assert_string_equal(json_string_value(json_object_get(data, "testcase_dedup_id")), "84913356e551");
    assert_true(test_case_id(arena, data, &set, &id));
    assert_string_equal(uuid_format(&id, text), "e680a9c7-fa99-573f-a7e9-0054544b63bd");
    json_decref(data);
    talloc_free(arena);
}

static void a_backslash_before_a_letter_u_is_no_escape(void **state)
{
    void *arena = talloc_new(NULL);
    json_t *backslash = capital("\\uABCD", "x"), *lower = capital("\\uabcd", "x");
    struct uuid one, other;

    (void)state;
    assert_true(test_case_id(arena, backslash, NULL, &one) && test_case_id(arena, lower, NULL, &other));
    assert_false(uuid_equal(&one, &other));
    json_decref(backslash);
    json_decref(lower);
    talloc_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_follow_from_the_content),
        cmocka_unit_test(a_backslash_before_a_letter_u_is_no_escape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
