/* Tests of base/text: UTF-8, trimming, percent-encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "base/text.h"
#include "base/utf8.h"

static void malformed_utf8_is_refused(void **state)
{
    static const char *const good[] = {
        "", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",         "\xc3",     "\xc0\xaf",         "\xe0\x80\xaf",
                                      "\xed\xa0\x80", "\xff",     "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
                                      "a\xe2\x82",    "\xc3\x28", "\xf0\x82\x82\xac"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(text_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_valid(bad[i], strlen(bad[i])));
    assert_false(text_valid("a\0b", 3));
    assert_int_equal(text_count("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 4);
}

static void invisible_characters_are_recognized(void **state)
{
    static const uint32_t hidden[] = {0,      0x1f,   0x7f,   0x9f,   0xad,   0x34f,  0x61c,   0x115f, 0x180e,
                                      0x200b, 0x200d, 0x200f, 0x2028, 0x202a, 0x202e, 0x2060,  0x2066, 0x2069,
                                      0x206f, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfffb, 0xe0001, 0xe01ef};
    static const uint32_t shown[] = {' ',    'a',    0xa0,   0xac,   0xae,   0x600,  0x2007, 0x2010,  0x2027,
                                     0x202f, 0x205f, 0x2070, 0x3000, 0xfe10, 0xfffc, 0xfffd, 0x1f600, 0xf0000};

    (void)state;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_true(utf8_invisible(hidden[i]));
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        assert_false(utf8_invisible(shown[i]));
}

static void only_white_space_at_the_ends_is_trimmed(void **state)
{
    void *arena = talloc_new(NULL);

    (void)state;
    assert_null(text_trim(arena, NULL));
    assert_string_equal(text_trim(arena, ""), "");
    assert_string_equal(text_trim(arena, " \t\r\n"), "");
    assert_string_equal(text_trim(arena, "\xc2\xa0 a b\xe3\x80\x80"), "a b");
    assert_string_equal(text_trim(arena, "\xe2\x82\xac"), "\xe2\x82\xac");
    assert_string_equal(text_fold_email(arena, "  Ann@Acme.IO "), "ann@acme.io");
    talloc_free(arena);
}

static void percent_escapes_are_decoded_or_refused(void **state)
{
    static const struct {
        const char *text;
        bool plus;
        const char *decoded; /* NULL: refused */
    } cases[] = {
        {"a%20b", false, "a b"}, {"a+b", true, "a b"},    {"a+b", false, "a+b"}, {"%C3%a9", false, "\xc3\xa9"},
        {"%41", false, "A"},     {"%", false, NULL},      {"%4", false, NULL},   {"%4g", false, NULL},
        {"%00", false, NULL},    {"%C3%28", false, NULL}, {"", false, ""},       {"%25", false, "%"},
    };
    void *arena = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = text_percent_decode(arena, cases[i].text, strlen(cases[i].text), cases[i].plus);
        if (cases[i].decoded)
            assert_string_equal(got, cases[i].decoded);
        else
            assert_null(got);
    }
    talloc_free(arena);
}

static void all_but_the_plainest_characters_are_escaped(void **state)
{
    static const char *const cases[][2] = {{"ann+a@acme.io", "ann%2Ba%40acme.io"},
                                           {"a b/c?d=e&f", "a%20b%2Fc%3Fd%3De%26f"},
                                           {"-._~", "-._~"},
                                           {"\xc3\xa9%", "%C3%A9%25"},
                                           {"", ""}};
    void *arena = talloc_new(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out = buffer_make(arena, 100);
        text_percent_encode(&out, cases[i][0]);
        assert_string_equal(buffer_string(&out), cases[i][1]);
    }
    talloc_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_utf8_is_refused),
        cmocka_unit_test(invisible_characters_are_recognized),
        cmocka_unit_test(only_white_space_at_the_ends_is_trimmed),
        cmocka_unit_test(percent_escapes_are_decoded_or_refused),
        cmocka_unit_test(all_but_the_plainest_characters_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
