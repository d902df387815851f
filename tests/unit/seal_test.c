/* Tests of sealing: only the same pass phrase, purpose and label open sealed data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <talloc.h>

#include "base/seal.h"

static struct sealing how_of(const char *pass, const char *purpose, const char *label)
{
    return (struct sealing){.pass = secret_of(pass), .purpose = purpose, .label = label};
}

static void sealed_data_can_be_opened(void **state)
{
    static char data[4000];
    struct sealing how = how_of("pass", "purpose", "label");
    char opened[sizeof data];
    size_t size;

    (void)state;
    memset(data, 'x', sizeof data);
    for (size_t len = 0; len <= sizeof data; len += len < 40 ? 1 : 990) {
        struct buffer text = buffer_make(NULL, 8192);
        assert_true(seal(&how, data, len, &text));
        assert_true(unseal(&how, buffer_string(&text), opened, sizeof opened, &size));
        assert_int_equal(size, len);
        assert_memory_equal(opened, data, len);
        assert_false(len > 0 && unseal(&how, buffer_string(&text), opened, len - 1, &size));
        talloc_free(text.data);
    }
}

static void data_of_megabytes_can_be_opened(void **state)
{
    static char data[3 << 20], opened[3 << 20];
    struct sealing how = how_of("pass", "purpose", "label");
    struct buffer text = buffer_make(NULL, 8 << 20);
    size_t size;

    (void)state;
    memset(data, 'x', sizeof data);
    assert_true(seal(&how, data, sizeof data, &text));
    assert_true(unseal(&how, buffer_string(&text), opened, sizeof opened, &size));
    assert_int_equal(size, sizeof data);
    assert_memory_equal(opened, data, sizeof data);
    talloc_free(text.data);
}

static void two_of_the_same_are_not_alike(void **state)
{
    struct sealing how = how_of("pass", "purpose", "label");
    struct buffer one = buffer_make(NULL, 200), other = buffer_make(NULL, 200);

    (void)state;
    assert_true(seal(&how, "secret", 6, &one) && seal(&how, "secret", 6, &other));
    assert_string_not_equal(buffer_string(&one), buffer_string(&other));
    talloc_free(one.data);
    talloc_free(other.data);
}

static void the_other_pass_phrase_opens_too(void **state)
{
    struct sealing before = how_of("before", "purpose", "label"), now = how_of("now", "purpose", "label");
    struct buffer text = buffer_make(NULL, 200);
    char opened[100];
    size_t size;

    (void)state;
    assert_true(seal(&before, "secret", 6, &text));
    assert_false(unseal(&now, text.data, opened, sizeof opened, &size));
    now.other = before.pass;
    assert_true(unseal(&now, text.data, opened, sizeof opened, &size) && size == 6);
    now.label = "another";
    assert_false(unseal(&now, text.data, opened, sizeof opened, &size));
    talloc_free(text.data);
}

static void nothing_else_can_be_opened(void **state)
{
    struct sealing how = how_of("pass", "purpose", "label");
    const struct sealing others[] = {how_of("Pass", "purpose", "label"), how_of("pass", "purposes", "label"),
                                     how_of("pass", "purpose", "")};
    struct buffer text = buffer_make(NULL, 200), tight = buffer_make(NULL, 20);
    char opened[100];
    size_t size;

    (void)state;
    assert_true(seal(&how, "secret", 6, &text));
    for (size_t i = 0; i < 3; i++)
        assert_false(unseal(&others[i], text.data, opened, sizeof opened, &size));
    for (size_t i = 0; i < text.len; i++) { /* no character of it can be replaced by another */
        char kept = text.data[i];
        text.data[i] = kept == 'A' ? 'B' : 'A';
        assert_false(unseal(&how, text.data, opened, sizeof opened, &size));
        text.data[i] = kept;
    }
    text.data[text.len - 4] = '\0';
    assert_false(unseal(&how, text.data, opened, sizeof opened, &size));
    assert_false(unseal(&how, "", opened, sizeof opened, &size));
    assert_false(unseal(&how, "no base64", opened, sizeof opened, &size));
    assert_false(seal(&how, "secret", 6, &tight));
    talloc_free(text.data);
    talloc_free(tight.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_data_can_be_opened),     cmocka_unit_test(data_of_megabytes_can_be_opened),
        cmocka_unit_test(two_of_the_same_are_not_alike), cmocka_unit_test(the_other_pass_phrase_opens_too),
        cmocka_unit_test(nothing_else_can_be_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
