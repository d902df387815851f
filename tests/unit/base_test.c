/* Tests of base: buffers, the JSON writer, UUIDs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/secret.h"
#include "base/uuid.h"

static void buffer_keeps_its_maximum(void **state)
{
    void *arena = talloc_new(NULL);
    struct buffer buffer = buffer_make(arena, 4);

    (void)state;
    assert_string_equal(buffer_string(&buffer), "");
    buffer_text(&buffer, "abcd");
    assert_string_equal(buffer_string(&buffer), "abcd");
    buffer_char(&buffer, 'e');
    assert_null(buffer_string(&buffer));
    buffer_clear(&buffer);
    buffer_format(&buffer, "%d", 12);
    assert_string_equal(buffer_string(&buffer), "12");
    talloc_free(arena);
}

static void json_puts_commas_where_due(void **state)
{
    void *arena = talloc_new(NULL);
    struct buffer out = buffer_make(arena, 1000);

    (void)state;
    json_open(&out, '{');
    json_key(&out, "a");
    json_int(&out, -1);
    json_key(&out, "b");
    json_open(&out, '[');
    json_text(&out, "x\"\\\n\x01\xc3\xa9,");
    json_nil(&out);
    json_open(&out, '{');
    json_close(&out, '}');
    json_bool(&out, true);
    json_close(&out, ']');
    json_key(&out, "c");
    json_raw(&out, "{\"d\":1}");
    json_close(&out, '}');
    assert_string_equal(buffer_string(&out),
                        "{\"a\":-1,\"b\":[\"x\\\"\\\\\\n\\u0001\xc3\xa9,\",null,{},true],\"c\":{\"d\":1}}");
    talloc_free(arena);
}

static void objects_are_written_member_by_member(void **state)
{
    void *arena = talloc_new(NULL);
    struct buffer out = buffer_make(arena, 1000);
    struct uuid id = {{0}};

    (void)state;
    json_open(&out, '[');
    JSON_OBJECT(&out, member_text("a", "\""), member_text("b", NULL), member_int("c", INT64_MIN));
    json_open(&out, '{');
    JSON_MEMBERS(&out, member_bool("d", false), member_uuid("e", &id));
    JSON_MEMBERS(&out, member_raw("f", "[1]"), member_raw("g", NULL));
    json_close(&out, '}');
    json_close(&out, ']');
    assert_string_equal(buffer_string(&out),
                        "[{\"a\":\"\\\"\",\"b\":null,\"c\":-9223372036854775808},"
                        "{\"d\":false,\"e\":\"00000000-0000-0000-0000-000000000000\",\"f\":[1],\"g\":null}]");
    talloc_free(arena);
}

static void members_are_read_as_text(void **state)
{
    void *arena = talloc_new(NULL);
    const json_t *object = json_keep(arena, json_pack("{s:s,s:s,s:i}", "a", "x", "empty", "", "number", 1));

    (void)state;
    assert_string_equal(json_member_text(object, "a"), "x");
    assert_string_equal(json_member_text(object, "empty"), "");
    assert_string_equal(json_member_filled(object, "a"), "x");
    assert_null(json_member_filled(object, "empty"));
    assert_null(json_member_text(object, "number"));
    assert_null(json_member_text(object, "absent"));
    assert_null(json_member_text(NULL, "a"));
    assert_null(json_keep(arena, NULL));
    talloc_free(arena);
}

static void json_compact_removes_only_white_space_between_tokens(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"null", "null"},
        {" [1, 2]\n ", "[1,2]"},
        {"\t[1,\r\n\t\"\t\"]\r", "[1,\"\t\"]"},
        {"{\"a b\" : \"c, d : e\", \"f\" : [ ]}", "{\"a b\":\"c, d : e\",\"f\":[]}"},
        {"[\"\\\" : \", \"\\\\\", \" \"]", "[\"\\\" : \",\"\\\\\",\" \"]"},
        {"\"never ends : ", "\"never ends : "},
        {"\"ends in \\", "\"ends in \\"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[100];
        size_t len = strlen(cases[i][0]);
        memcpy(text, cases[i][0], len + 1);
        assert_int_equal(json_compact(text, len), strlen(cases[i][1]));
        assert_string_equal(text, cases[i][1]);
    }
}

static void base64_has_one_spelling_per_content(void **state)
{
    static const struct {
        enum base64 alphabet;
        const char *bytes, *text;
    } same[] = {
        {BASE64, "", ""},
        {BASE64, "f", "Zg=="},
        {BASE64, "fo", "Zm8="},
        {BASE64, "foo", "Zm9v"},
        {BASE64, "foobar", "Zm9vYmFy"},
        {BASE64, "\xfb\xff", "+/8="},
        {BASE64_URL, "\xfb\xff", "-_8"},
        {BASE64_URL, "f", "Zg"},
    };
    static const struct {
        enum base64 alphabet;
        const char *text;
    } wrong[] = {
        {BASE64, "Zg"},       {BASE64, "Zg="},    {BASE64, "Zh=="},       {BASE64, "Z==="},      {BASE64, "===="},
        {BASE64, "Zg==Zg=="}, {BASE64, "Zm 9"},   {BASE64, "-_8="},       {BASE64_URL, "+/8"},   {BASE64_URL, "Zg=="},
        {BASE64_URL, "Z"},    {BASE64_URL, "Zh"}, {BASE64_URL, "Zm9v\n"}, {BASE64_URL, "\x80g"}, {BASE64, "Zm9\xff"},
    };
    unsigned char bytes[16];
    size_t len;

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct buffer out = buffer_make(*state, 100);

        base64_write(&out, same[i].alphabet, same[i].bytes, strlen(same[i].bytes));
        assert_string_equal(buffer_string(&out), same[i].text);
        assert_true(base64_read(same[i].alphabet, same[i].text, strlen(same[i].text), bytes, sizeof bytes, &len));
        assert_int_equal(len, strlen(same[i].bytes));
        assert_memory_equal(bytes, same[i].bytes, len);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(base64_read(wrong[i].alphabet, wrong[i].text, strlen(wrong[i].text), bytes, sizeof bytes, &len));
    assert_false(base64_read(BASE64, "Zm9vYmFy", 8, bytes, 5, &len));
}

static void uuid_accepts_the_forms_of_clients(void **state)
{
    static const char canonical[] = "01a203fc-4c3c-7000-9454-6f9f6468f870";
    static const char *const good[] = {canonical, "01A203FC4C3C700094546F9F6468F870",
                                       "{01a203fc-4c3c-7000-9454-6f9f6468f870}",
                                       "urn:uuid:01a203fc-4c3c-7000-9454-6f9f6468f870"};
    static const char *const bad[] = {"",
                                      "nope",
                                      "01a203fc-4c3c-7000-9454-6f9f6468f87",
                                      "01a203fc-4c3c-7000-9454-6f9f6468f8700",
                                      "01a203fc-4c3c-7000-9454-6f9f6468f87g",
                                      "{}",
                                      " 01a203fc-4c3c-7000-9454-6f9f6468f870"};
    struct uuid id;
    char text[UUID_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(uuid_parse(good[i], &id));
        assert_string_equal(uuid_format(&id, text), canonical);
        assert_int_equal(uuid_parse_canonical(good[i], &id), i == 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(uuid_parse(bad[i], &id));
}

static int64_t fixed_time(void)
{
    return 0x0123456789abLL * 1000 + 500;
}

static void uuid_v7_begins_with_the_time(void **state)
{
    struct platform real = platform;
    struct uuid id;
    char text[UUID_TEXT_SIZE];

    (void)state;
    platform.realtime_us = fixed_time;
    id = uuid_v7();
    platform = real;
    uuid_format(&id, text);
    assert_memory_equal(text, "01234567-89ab-7800-", 19);
    assert_non_null(strchr("89ab", text[19]));
}

static void digests_match_published_vectors(void **state)
{
    unsigned char digest[32];
    char hex[65];

    (void)state;
    digest_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_hmac_sha256(secret_of("Jefe"), "what do ya want for nothing?", 28, digest); /* RFC 4231, case 2 */
    assert_memory_equal(digest, "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e", 8);
    assert_true(secret_equal(secret_of("a"), secret_of("a")));
    assert_false(secret_equal(secret_of("a"), secret_of("ab")));
}

static int make_arena(void **state)
{
    *state = talloc_new(NULL);
    return *state ? 0 : -1;
}

static int free_arena(void **state)
{
    return talloc_free(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_keeps_its_maximum),
        cmocka_unit_test(json_puts_commas_where_due),
        cmocka_unit_test(objects_are_written_member_by_member),
        cmocka_unit_test(members_are_read_as_text),
        cmocka_unit_test(json_compact_removes_only_white_space_between_tokens),
        cmocka_unit_test(base64_has_one_spelling_per_content),
        cmocka_unit_test(uuid_accepts_the_forms_of_clients),
        cmocka_unit_test(uuid_v7_begins_with_the_time),
        cmocka_unit_test(digests_match_published_vectors),
    };

    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
