/* Tests of the list of common passwords: every listed password is found, similar ones are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "config/config.h"
#include "policy/common_passwords.h"
#include "policy/password_policy.h"

static void every_word_is_found(void **state)
{
    const unsigned char *at = common_password_data;
    const unsigned char *end = at + common_password_blocks[common_password_block_count];
    size_t count = 0;
    char word[256] = "";

    (void)state;
    for (; at < end; at += 2 + at[1], count++) {
        memcpy(word + at[0], at + 2, at[1]);
        word[at[0] + at[1]] = '\0';
        if (!password_is_common(word))
            fail_msg("%s is not found", word);
    }
    assert_true(count > 49000);
}

static void common_passwords_are_recognized(void **state)
{
    static const char *const common[] = {"123456",      "password", "PASSWORD",     "PassWord",     "p@ssw0rd",
                                         "Password1!",  "Qwerty1!", "Princess2!!!", "Princess2!!!", "Letmein123!",
                                         "agenta2026!", "Orgd",     "zzzzzzz1"};
    static const char *const other[] = {"",
                                        "1",
                                        "!!!!!",
                                        "correct horse battery staple",
                                        "Str0ng!pass1",
                                        "password but longer",
                                        "Password7531902846!",
                                        "passwor\xcc\x88"
                                        "d",
                                        "princess\xe2\x82\xac",
                                        "\xff",
                                        "~",
                                        "zzzzzzzzzzzzzzzzzzz~a"};
    char longest[600];

    (void)state;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (!password_is_common(common[i]))
            fail_msg("%s is not common", common[i]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (password_is_common(other[i]))
            fail_msg("%s is common", other[i]);
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(password_is_common(longest));
}

/* The beginning of the message for a password under a policy, "" if it is accepted. */
static const char *answer(void *arena, const char *policy, const char *regex, const char *password)
{
    struct config config = {
        .password_policy = (char *)policy, .password_regex = (char *)regex, .password_min_length = 8};
    const char *problem = password_problem(arena, &config, password);

    return problem ? problem : "";
}

static void which_policies_ask_the_list(void **state)
{
    static const char common[] = "Password is one of the most common ones, which are tried first. Please choose "
                                 "another one.";
    void *arena = talloc_new(NULL);

    (void)state;
    assert_string_equal(answer(arena, "strong", NULL, "Password1!"), common);
    assert_string_equal(answer(arena, "strong", NULL, "password"),
                        "Password must contain at least one uppercase letter.");
    assert_string_equal(answer(arena, "basic", NULL, "password"), common);
    assert_string_equal(answer(arena, "basic", NULL, "short"), "Password must be at least 8 characters long.");
    assert_string_equal(answer(arena, "basic", NULL, "only small letters"), "");
    assert_string_equal(answer(arena, "basic", ".*", "123456"), common);
    assert_string_equal(answer(arena, "none", ".*", "123456"), "");
    assert_string_equal(answer(arena, "none", NULL, "1"), "");
    (void)talloc_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found),
        cmocka_unit_test(common_passwords_are_recognized),
        cmocka_unit_test(which_policies_ask_the_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
