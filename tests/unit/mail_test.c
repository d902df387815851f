/* Tests of the content and format of mail: text from users can end neither a header, nor a line, nor an element. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "base/base64.h"
#include "mail/message.h"

#define HOSTILE "<b>\"x'&\r\nBcc: evil@evil.io\r\n\r\n</b>{{link}}"

/* Every field of any template, all with the same value. A template with a new field needs its name here. */
static json_t *all_fields(const char *value)
{
    static const char *const names[] = {"inviter", "organization", "role",  "link", "expires", "code",
                                        "minutes", "site",         "title", "what", "keys"};
    json_t *fields = json_object();

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_object_set_new(fields, names[i], json_string(value));
    return fields;
}

static void templates_escape_inserted_values(void **state)
{
    json_t *fields = all_fields(HOSTILE);

    for (const struct mail_template *template = mail_templates; template->name; template ++) {
        struct mail_content content;

        assert_int_equal(mail_render(*state, template->name, fields, &content), OK);
        assert_null(strpbrk(content.subject, "\r\n"));
        assert_null(strchr(content.text, '\r'));
        assert_null(strstr(content.html, "<b>"));
        assert_null(strstr(content.html, "\"x"));
        assert_null(strchr(content.html, '\r'));
        assert_non_null(strstr(content.html, "&lt;b&gt;&quot;x&#39;&amp;"));
    }
    json_decref(fields);
}

/* Direction marks, joiners, fillers, tags: a name is displayed as it is spelled. */
static void invisible_characters_are_removed(void **state)
{
    static const char hostile[] = "Ac\xe2\x80\xaeme\xe2\x81\xa6 \xe2\x80\x8b\xc2\xadInc\xef\xbb\xbf\xc2\x85\xe2\x80\xa8"
                                  "\xe3\x85\xa4\xf3\xa0\x81\x81\xef\xb8\x8f<\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
    json_t *fields = all_fields(hostile);

    for (const struct mail_template *template = mail_templates; template->name; template ++) {
        struct mail_content content;

        assert_int_equal(mail_render(*state, template->name, fields, &content), OK);
        assert_null(strstr(content.text, "\xe2\x80"));
        assert_null(strstr(content.subject, "\xe2\x80"));
        assert_non_null(strstr(content.text, "Acme Inc<\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
        assert_non_null(strstr(content.html, "Acme Inc&lt;\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    }
    json_decref(fields);
}

static void a_field_that_is_missing_is_no_mail(void **state)
{
    json_t *fields = json_pack("{s:s}", "site", "acme.io");
    struct mail_content content;

    assert_int_equal(mail_render(*state, "code", fields, &content), ERR_NOT_FOUND);
    assert_int_equal(mail_render(*state, "no such", fields, &content), ERR_NOT_FOUND);
    json_decref(fields);
}

static const char *write(void *arena, const char *subject, const char *text)
{
    struct buffer out = buffer_make(arena, 1 << 20);
    struct mail_message message = {.from = "orgd@acme.io",
                                   .to = "ann@acme.io",
                                   .date = 1800000000,
                                   .content = {.subject = subject, .text = text, .html = "<p>x</p>"}};

    mail_message_write(&out, &message);
    return buffer_string(&out);
}

/* All header lines, and all lines of the body, are short, ASCII, and end with CRLF. */
static void lines_are_as_mail_wants_them(void **state)
{
    char *long_text = talloc_zero_array(*state, char, 5001);
    const char *mail;

    memset(long_text, 'x', 5000);
    mail = write(*state,
                 "\xc3\x84nn \xf0\x9f\x98\x80 l\xc3\xa4"
                 "dt dich ein, und das in einer sehr langen Zeile, die kein Ende nimmt",
                 long_text);
    for (const char *line = mail; *line;) {
        const char *end = strstr(line, "\r\n");

        assert_non_null(end);
        assert_true(end - line <= 78);
        for (; line < end; line++)
            assert_true(*line >= ' ' && *line <= '~');
        line = end + 2;
    }
    assert_non_null(strstr(mail, "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"));
    assert_non_null(strstr(mail, "Message-ID: <00000000-0000-0000-0000-000000000000@acme.io>\r\n"));
    assert_non_null(strstr(write(*state, "plain", "x"), "Subject: plain\r\n"));
    assert_non_null(strstr(write(*state, "=?UTF-8?B?eA==?=", "x"), "Subject: =?UTF-8?B?PT9"));
}

/* The encoded words of a subject, joined again. */
static void subjects_survive(void **state)
{
    const char *subject =
        "\xc3\x84nn \xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
        "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80 end";
    const char *at = strstr(write(*state, subject, "x"), "Subject: ") + strlen("Subject: ");
    char decoded[200] = "";
    size_t total = 0;

    while (strncmp(at, "=?UTF-8?B?", 10) == 0) {
        size_t len = strcspn(at + 10, "?"), written;

        assert_true(base64_read(BASE64, at + 10, len, decoded + total, sizeof decoded - total, &written));
        total += written;
        at += 10 + len + 2;
        at += strspn(at, "\r\n ");
    }
    assert_int_equal(total, strlen(subject));
    assert_memory_equal(decoded, subject, total);
}

static void addresses_are_sound_or_refused(void **state)
{
    static const char *const wrong[] = {
        "",        "@",       "a@",       "@b.io",         "ab.io",      "a b@c.io",   "a@b.io\r\nBcc: c@d.io",
        "a@b.io>", "<a@b.io", "a,b@c.io", "a@b.io,c@d.io", "\"a\"@b.io", "a@b\x01.io", "a@-\xc3\xa4-..io"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(mail_address(*state, wrong[i]));
    assert_string_equal(mail_address(*state, "a+b@c.io"), "a+b@c.io");
    assert_string_equal(mail_address(*state, "a@m\xc3\xbcnchen.de"), "a@xn--mnchen-3ya.de");
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
        cmocka_unit_test(templates_escape_inserted_values),
        cmocka_unit_test(invisible_characters_are_removed),
        cmocka_unit_test(a_field_that_is_missing_is_no_mail),
        cmocka_unit_test(lines_are_as_mail_wants_them),
        cmocka_unit_test(subjects_survive),
        cmocka_unit_test(addresses_are_sound_or_refused),
    };

    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
