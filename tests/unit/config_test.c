/* Tests of the configuration: sources and their order, checks of values, the file, the printed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/platform.h"
#include "config/config.h"
#include "config/config_table.h"

static const char *const *set; /* "NAME=value", ends with NULL */
static void *arena;
static struct config config;
static struct error error;

static const char *fake_environment(const char *name)
{
    size_t len = strlen(name);

    for (const char *const *entry = set; *entry; entry++) {
        if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=')
            return *entry + len + 1;
    }
    return NULL;
}

static const char *const *fake_environment_all(void)
{
    return set;
}

static int begin(void **state)
{
    static const char *const none[] = {NULL};

    (void)state;
    platform.environment = fake_environment;
    platform.environment_all = fake_environment_all;
    set = none;
    error = (struct error){0};
    arena = talloc_new(NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return talloc_free(arena);
}

#define ENVIRONMENT(...) (set = (const char *const[]){__VA_ARGS__, NULL})

static enum err load(const char *file)
{
    return config_load(arena, file, &config, &error);
}

/* Loads with one variable set, which must be refused with exactly this sentence. */
static void assert_refused(const char *entry, const char *sentence)
{
    ENVIRONMENT(entry);
    assert_int_equal(load(NULL), ERR_USAGE);
    assert_string_equal(error.cause, sentence);
}

static void unset_gives_the_defaults(void **state)
{
    (void)state;
    assert_int_equal(load(NULL), OK);
    assert_string_equal(config.listen, "127.0.0.1:8000");
    assert_null(config.auth_key);
    assert_null(config.uri_core);
    assert_string_equal(config.postgres_password, "password");
    assert_true(config.caching);
    assert_false(config.development);
    assert_int_equal(config.workers, 4);
    assert_int_equal(config.allowed_domains.count, 0);
    assert_int_equal(config.stray_count, 0);
}

static void every_default_is_right_for_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_row_count; i++) {
        if (!config_rows[i].name)
            continue;
        assert_int_equal(config_row_set(arena, &config_rows[i], &config, "x", config_rows[i].initial, &error), OK);
        assert_ptr_equal(config_row_find(config_rows[i].name), &config_rows[i]);
    }
    for (size_t i = 0; i < config_unused_count; i++)
        assert_null(config_row_find(config_unused[i].name));
}

static void aliases_are_asked_in_order(void **state)
{
    (void)state;
    ENVIRONMENT("AGENTA_ORG_CREATION_ALLOWLIST=third@x.io", "AGENTA_ACCESS_ORG_CREATION_ALLOWLIST=second@x.io");
    assert_int_equal(load(NULL), OK);
    assert_string_equal(config.allowed_owners.items[0], "second@x.io");
    ENVIRONMENT("AGENTA_CACHE_ENABLED=yes", "AGENTA_CACHING_ENABLED=no", "AGENTA_API_CACHING_ENABLED=");
    assert_int_equal(load(NULL), OK);
    assert_false(config.caching);
}

static void empty_list_hides_its_aliases(void **state)
{
    (void)state;
    ENVIRONMENT("AGENTA_ACCESS_ALLOWED_DOMAINS=", "AGENTA_ALLOWED_DOMAINS=acme.io");
    assert_int_equal(load(NULL), OK);
    assert_int_equal(config.allowed_domains.count, 0);
    ENVIRONMENT("AGENTA_ALLOWED_DOMAINS=acme.io");
    assert_int_equal(load(NULL), OK);
    assert_int_equal(config.allowed_domains.count, 1);
}

static void lists_are_trimmed_and_lowered(void **state)
{
    (void)state;
    ENVIRONMENT("AGENTA_BLOCKED_EMAILS= Ann@Acme.IO ,,\tbob@x.io\xc2\xa0, ,C@D.E,");
    assert_int_equal(load(NULL), OK);
    assert_int_equal(config.blocked_emails.count, 3);
    assert_string_equal(config.blocked_emails.items[0], "ann@acme.io");
    assert_string_equal(config.blocked_emails.items[1], "bob@x.io");
    assert_string_equal(config.blocked_emails.items[2], "c@d.e");
}

static void flags_know_their_words(void **state)
{
    static const char *const yes[] = {"true", "1", "t", "Y", "YES", "on", "enable", " Enabled\n"};
    static const char *const no[] = {"false", "0", "F", "n", "no", "off", "disable", "disabled"};
    char entry[64];

    (void)state;
    ENVIRONMENT(entry);
    for (size_t i = 0; i < 8; i++) {
        (void)snprintf(entry, sizeof entry, "ORGD_DEVELOPMENT=%s", yes[i]);
        assert_int_equal(load(NULL), OK);
        assert_true(config.development);
        (void)snprintf(entry, sizeof entry, "AGENTA_CACHE_ENABLED=%s", no[i]);
        assert_int_equal(load(NULL), OK);
        assert_false(config.caching);
    }
    assert_refused("AGENTA_CACHE_ENABLED=tru",
                   "AGENTA_CACHE_ENABLED is \"tru\", which is not true (true 1 t y yes on enable "
                   "enabled) or false (false 0 f n no off disable disabled).");
}

static void numbers_stay_in_their_range(void **state)
{
    static const char *const bad[] = {
        "0", "65", "-1", "4x", "x", "1e1", "0x10", "+4", "4 4", "--4", "-", "99999999999999999999", "4.0"};
    char entry[64];
    char sentence[128];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        (void)snprintf(entry, sizeof entry, "ORGD_WORKERS=%s", bad[i]);
        (void)snprintf(sentence, sizeof sentence, "ORGD_WORKERS is \"%s\", which is not a whole number from 1 to 64.",
                       bad[i]);
        assert_refused(entry, sentence);
    }
    ENVIRONMENT("ORGD_WORKERS= 64 ", "ORGD_DRAIN_TIMEOUT=0");
    assert_int_equal(load(NULL), OK);
    assert_int_equal(config.workers, 64);
    assert_int_equal(config.drain_timeout, 0);
}

static void texts_follow_their_rules(void **state)
{
    static const char *const good[] = {"AGENTA_WEB_URL=https://a.example.com:8443/x",
                                       "AGENTA_WEB_URL=http://[::1]:80",
                                       "ORGD_LISTEN=[::]:8000",
                                       "ORGD_LISTEN=localhost:0",
                                       "ORGD_METRICS_LISTEN=off",
                                       "POSTGRES_URI_CORE=postgresql+asyncpg://u:p@h/d",
                                       "AGENTA_LICENSE=ee"};
    static const char *const bad[] = {"AGENTA_WEB_URL=ftp://a",
                                      "AGENTA_WEB_URL=example.com",
                                      "AGENTA_WEB_URL=http://",
                                      "AGENTA_WEB_URL=http:///x",
                                      "AGENTA_WEB_URL=http://a b",
                                      "AGENTA_WEB_URL=http://a?b=c",
                                      "AGENTA_WEB_URL=http://u@a",
                                      "AGENTA_WEB_URL=http://a:99999",
                                      "AGENTA_WEB_URL=http://[::1",
                                      "ORGD_LISTEN=off",
                                      "ORGD_LISTEN=8000",
                                      "ORGD_LISTEN=:8000",
                                      "ORGD_LISTEN=::1:8000:",
                                      "ORGD_LISTEN=h:65536",
                                      "AGENTA_LICENSE=EE",
                                      "ORGD_LOG_FORMAT=xml",
                                      "POSTGRES_URI_CORE=mysql://h/d",
                                      "ORGD_DATA_DIR=a\nb",
                                      "ORGD_DATA_DIR=\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ENVIRONMENT(good[i]);
        assert_int_equal(load(NULL), OK);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ENVIRONMENT(bad[i]);
        assert_int_equal(load(NULL), ERR_USAGE);
    }
    assert_refused("ORGD_LOG_LEVEL=loud",
                   "ORGD_LOG_LEVEL is \"loud\", which is not debug or info or warning or error.");
    ENVIRONMENT("AGENTA_WEB_URL=https://a.example.com//");
    assert_int_equal(load(NULL), OK);
    assert_string_equal(config.web_url, "https://a.example.com");
}

static void secrets_are_in_no_sentence(void **state)
{
    (void)state;
    assert_refused("POSTGRES_URI_CORE=mysql://u:hunter2@h/d",
                   "POSTGRES_URI_CORE is not a connection URI like postgresql://user:password@host:5432/database.");
    assert_refused("AGENTA_AUTH_KEY=hunter2\x01", "AGENTA_AUTH_KEY is not free of control characters.");
}

static void unknown_names_are_strays(void **state)
{
    (void)state;
    ENVIRONMENT("AGENTA_ACCESS_ALOWED_DOMAIN=x", "ORGD_SOMETHING_ELSE_ALTOGETHER=x", "REDIS_URI=redis",
                "POSTHOG_HOST=", "HOME=/", "AGENTA_API_INTERNAL_URL=http://x", "broken", "AGENTA_BLOCKED_DOMAINS=x");
    assert_int_equal(load(NULL), OK);
    assert_int_equal(config.stray_count, 4);
    assert_string_equal(config.strays[0].nearest, "AGENTA_ACCESS_ALLOWED_DOMAINS");
    assert_null(config.strays[0].reason);
    assert_null(config.strays[1].nearest);
    assert_string_equal(config.strays[2].name, "REDIS_URI");
    assert_non_null(config.strays[2].reason);
    assert_string_equal(config.strays[3].name, "AGENTA_API_INTERNAL_URL");
}

/* A temporary file of this content; the name lives until the next call. */
static const char *file_of(const char *text, size_t len)
{
    static char path[64];
    int fd;

    (void)snprintf(path, sizeof path, "/tmp/config_test.XXXXXX");
    fd = mkstemp(path);
    assert_return_code(fd, 0);
    assert_int_equal(write(fd, text, len), len);
    (void)close(fd);
    return path;
}

static enum err load_text(const char *text, size_t len)
{
    const char *path = file_of(text, len);
    enum err err = load(path);

    (void)unlink(path);
    return err;
}

static void file_comes_after_the_environment(void **state)
{
    static const char text[] =
        "\xef\xbb\xbf# comment\n\n  export ORGD_WORKERS=8\r\nORGD_QUEUE = 9 # why\n"
        "AGENTA_AUTH_KEY=\"a\\\"b\\\\ \\$\\n#\" # c\nAGENTA_CRYPT_KEY='a\\n\"# b'\n"
        "ORGD_DATA_DIR=/a#b c\t\nAGENTA_WEB_URL=\nAGENTA_ALLOWED_DOMAINS=a.io\nOTHER=1\nORGD_QEUE=1";

    (void)state;
    ENVIRONMENT("ORGD_WORKERS=2", "ORGD_QUEUE=");
    assert_int_equal(load_text(text, sizeof text - 1), ERR_USAGE); /* the line feed in the key */
    assert_non_null(strstr(error.cause, ":5: AGENTA_AUTH_KEY is not free of control characters."));
    ENVIRONMENT("ORGD_WORKERS=2", "ORGD_QUEUE=", "AGENTA_AUTH_KEY=k");
    assert_int_equal(load_text(text, sizeof text - 1), OK);
    assert_int_equal(config.workers, 2);
    assert_int_equal(config.queue, 9);
    assert_string_equal(config.crypt_key, "a\\n\"# b");
    assert_string_equal(config.data_dir, "/a#b c");
    assert_string_equal(config.web_url, "http://localhost");
    assert_string_equal(config.allowed_domains.items[0], "a.io");
    assert_int_equal(config.stray_count, 1);
    assert_string_equal(config.strays[0].nearest, "ORGD_QUEUE");
    assert_non_null(strstr(config.strays[0].where, ":11"));
}

static void assert_file_refused(const char *text, size_t len, const char *sentence)
{
    assert_int_equal(load_text(text, len), ERR_USAGE);
    assert_non_null(strstr(error.cause, sentence));
}

#define REFUSED(text, sentence) assert_file_refused(text, sizeof text - 1, sentence)

static void bad_lines_are_named(void **state)
{
    char *big = talloc_size(arena, 2 << 20);

    (void)state;
    REFUSED("A=1\nnonsense\n", ":2: The line is neither NAME=value nor a comment");
    REFUSED("=x", ":1: The line is neither");
    REFUSED("1A=x", ":1: The line is neither");
    REFUSED("export =x", ":1: The line is neither");
    REFUSED("A=\"x", ":1: The closing quote is missing.");
    REFUSED("A=\"x\\", ":1: Within double quotes");
    REFUSED("A=\"x\\q\"", ":1: Within double quotes");
    REFUSED("A='x' y", ":1: There is text after the closing quote.");
    REFUSED("A=x\n\nA=y\n", ":3: A is set a second time, after line 1.");
    REFUSED("A=\xff", ":1: The line is not valid UTF-8.");
    REFUSED("A=x\0y", ":1: The line holds a control character.");
    REFUSED("#\x1b[2J", ":1: The line holds a control character.");
    REFUSED("\nORGD_WORKERS=x", ":2: ORGD_WORKERS is \"x\", which is not a whole number");
    memset(big, '#', 2 << 20);
    assert_file_refused(big, 2 << 20, "is larger than 1 MiB.");
    assert_int_equal(load("/nonexistent/orgd.conf"), ERR_USAGE);
    assert_string_equal(error.cause,
                        "The configuration file /nonexistent/orgd.conf cannot be read: No such file or directory.");
    assert_int_equal(load("/"), ERR_USAGE);
    assert_string_equal(error.cause, "The configuration file / cannot be read: Is a directory.");
}

static void too_many_lines_are_refused(void **state)
{
    struct buffer text = buffer_make(arena, 1 << 20);

    (void)state;
    for (int i = 0; i < 4097; i++)
        buffer_format(&text, "V%d=x\n", i);
    assert_file_refused(buffer_string(&text), text.len, ":4097: The file sets more than 4096 variables.");
}

static void huge_values(void **state)
{
    char *value = talloc_zero_size(arena, 200000);

    (void)state;
    memset(value, 'a', 199000);
    memcpy(value, "AGENTA_AUTH_KEY=", 16);
    assert_refused(value, "AGENTA_AUTH_KEY is longer than 8192 bytes.");
    memcpy(value, "AGENTA_BLOCKED_EMAILS=", 22);
    for (size_t i = 22; i < 199000; i += 2)
        value[i] = ',';
    ENVIRONMENT(value);
    assert_int_equal(load(NULL), OK);
    assert_in_range(config.blocked_emails.count, 99000, 99500);
}

static void override_wins_and_is_checked(void **state)
{
    struct buffer out = buffer_make(arena, 100000);

    (void)state;
    ENVIRONMENT("ORGD_LISTEN=127.0.0.1:1");
    assert_int_equal(load(NULL), OK);
    assert_int_equal(config_override(arena, &config, "ORGD_LISTEN", "nowhere", "--listen", &error), ERR_USAGE);
    assert_string_equal(error.cause,
                        "--listen is \"nowhere\", which is not an address and port like 127.0.0.1:8000 or [::1]:8000.");
    assert_int_equal(config_override(arena, &config, "ORGD_LISTEN", "0.0.0.0:2", "--listen", &error), OK);
    assert_string_equal(config.listen, "0.0.0.0:2");
    assert_int_equal(config_print(&config, false, &out), OK);
    assert_non_null(strstr(buffer_string(&out), "0.0.0.0:2                           --listen\n"));
}

static void printed_without_secrets(void **state)
{
    struct buffer text = buffer_make(arena, 100000);
    struct buffer json = buffer_make(arena, 100000);
    struct buffer value = buffer_make(arena, 1000);
    json_t *read;

    (void)state;
    ENVIRONMENT("AGENTA_AUTH_KEY=hunter2", "AGENTA_ALLOWED_DOMAINS=a.io, b.io", "ORGD_X\xff=1", "REDIS_URI=x");
    assert_int_equal(load(NULL), OK);
    assert_int_equal(config_print(&config, false, &text), OK);
    assert_null(strstr(buffer_string(&text), "hunter2"));
    assert_non_null(strstr(buffer_string(&text), "AGENTA_AUTH_KEY                         ***"));
    assert_non_null(
        strstr(buffer_string(&text), "a.io,b.io                           environment (AGENTA_ALLOWED_DOMAINS)\n"));
    for (const char *line = buffer_string(&text); *line; line = strchr(line, '\n') + 1)
        assert_in_range(strcspn(line, "\n"), 0, 132);
    assert_int_equal(config_print(&config, true, &json), OK);
    assert_null(strstr(buffer_string(&json), "hunter2"));
    read = json_loads(buffer_string(&json), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(read);
    assert_int_equal(json_array_size(json_object_get(read, "without_effect")), 2);
    json_decref(read);
    assert_int_equal(config_reveal(&config, "AGENTA_AUTH_KEY", &value, &error), OK);
    assert_string_equal(buffer_string(&value), "hunter2");
    assert_int_equal(config_reveal(&config, "AGENTA_AUT_KEY", &value, &error), ERR_USAGE);
    assert_string_equal(error.cause, "There is no variable AGENTA_AUT_KEY; did you mean AGENTA_AUTH_KEY?");
}

#define CONFIG_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(unset_gives_the_defaults),         CONFIG_TEST(every_default_is_right_for_its_rule),
        CONFIG_TEST(aliases_are_asked_in_order),       CONFIG_TEST(empty_list_hides_its_aliases),
        CONFIG_TEST(lists_are_trimmed_and_lowered),    CONFIG_TEST(flags_know_their_words),
        CONFIG_TEST(numbers_stay_in_their_range),      CONFIG_TEST(texts_follow_their_rules),
        CONFIG_TEST(secrets_are_in_no_sentence),       CONFIG_TEST(unknown_names_are_strays),
        CONFIG_TEST(file_comes_after_the_environment), CONFIG_TEST(bad_lines_are_named),
        CONFIG_TEST(too_many_lines_are_refused),       CONFIG_TEST(huge_values),
        CONFIG_TEST(override_wins_and_is_checked),     CONFIG_TEST(printed_without_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
