/* Tests of the log: the format of a line, protection against forged lines, and a stderr that nobody reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/platform.h"

#define STAMP "2023-11-14T22:13:20.000042Z"

static int real_stderr;
static int ends[2]; /* the pipe that replaces stderr */
static char seen[1 << 20];

static int64_t fixed_time(void)
{
    return 1700000000LL * 1000000 + 42;
}

static void open_pipe(void)
{
    assert_return_code(pipe(ends), 0);
    assert_return_code(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), 0);
    assert_return_code(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    (void)dup2(ends[1], STDERR_FILENO);
    (void)close(ends[1]);
}

static int redirect(void **state)
{
    (void)state;
    platform.realtime_us = fixed_time;
    real_stderr = dup(STDERR_FILENO);
    open_pipe();
    log_configure(LOG_INFO, LOG_LOGFMT);
    return 0;
}

static int restore(void **state)
{
    (void)state;
    (void)dup2(real_stderr, STDERR_FILENO);
    (void)close(real_stderr);
    (void)close(ends[0]);
    return 0;
}

/* The text that arrived since the last call. */
static const char *arrived(void)
{
    size_t len = 0;
    ssize_t got;

    while ((got = read(ends[0], seen + len, sizeof seen - 1 - len)) > 0)
        len += (size_t)got;
    seen[len] = '\0';
    return seen;
}

static void message_has_time_level_and_text(void **state)
{
    (void)state;
    log_message(LOG_WARNING, "port %d is in use", 8000);
    assert_string_equal(arrived(), "time=" STAMP " level=warning message=\"port 8000 is in use\"\n");
    log_message(LOG_DEBUG, "not wanted");
    assert_string_equal(arrived(), "");
}

static void fields_are_quoted_where_needed(void **state)
{
    const struct log_field fields[] = {{.key = "path", .text = "/api/x"}, {.key = "status", .number = -404},
                                       {.key = "name", .text = "a b"},    {.key = "empty", .text = ""},
                                       {.key = "pair", .text = "a=b"},    {.key = "bad key\n", .text = "\xc3\xa9"}};

    (void)state;
    log_event(LOG_INFO, "request", fields, 6);
    assert_string_equal(arrived(), "");
    log_flush();
    assert_string_equal(arrived(), "time=" STAMP " level=info message=\"request\" path=/api/x status=-404 name=\"a b\" "
                                   "empty=\"\" pair=\"a=b\" bad_key_=\"\xc3\xa9\"\n");
}

static const char hostile[] =
    "a\"b\\c\nlevel=error\r\t\x1b[31m\x7f\xff\xc0\xaf\xed\xa0\x80\xc2\x85\xe2\x80\xa8\xe2\x80\xae\xf0\x9f\x98\x80\xe2\x82";

static void no_value_can_forge_a_line(void **state)
{
    const struct log_field field = {.key = "x", .text = hostile};

    (void)state;
    log_event(LOG_INFO, "m", &field, 1);
    log_flush();
    assert_string_equal(arrived(),
                        "time=" STAMP " level=info message=\"m\" x=\"a\\\"b\\\\c\\nlevel=error\\r\\t\\u001b[31m\\u007f"
                        "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\u0085\\u2028\\u202e\xf0\x9f\x98\x80\\xe2\\x82\"\n");
    log_message(LOG_INFO, "%s", "a\nb");
    assert_non_null(strstr(arrived(), "message=\"a\\nb\"\n"));
}

static void json_lines_are_json(void **state)
{
    const struct log_field fields[] = {{.key = "x", .text = hostile}, {.key = "n", .number = INT64_MIN}};
    json_t *line;

    (void)state;
    log_configure(LOG_INFO, LOG_JSON);
    log_event(LOG_ERROR, "m\n", fields, 2);
    log_flush();
    (void)arrived();
    assert_ptr_equal(strchr(seen, '\n'), seen + strlen(seen) - 1);
    line = json_loads(seen, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(line);
    assert_string_equal(json_string_value(json_object_get(line, "time")), STAMP);
    assert_string_equal(json_string_value(json_object_get(line, "level")), "error");
    assert_string_equal(json_string_value(json_object_get(line, "message")), "m\n");
    assert_memory_equal(json_string_value(json_object_get(line, "x")),
                        "a\"b\\c\nlevel=error\r\t\x1b[31m\x7f\xef\xbf\xbd", 26);
    assert_true(json_integer_value(json_object_get(line, "n")) == INT64_MIN);
    json_decref(line);
}

static void long_values_are_cut_between_characters(void **state)
{
    char text[3000];
    struct log_field fields[100];

    (void)state;
    text[0] = 'x';
    for (size_t i = 1; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 3);
    fields[0] = (struct log_field){.key = "long", .text = text};
    log_event(LOG_INFO, "m", fields, 1);
    log_flush();
    (void)arrived();
    assert_int_equal(strlen(strstr(seen, "long=")), strlen("long=") + 1 + 1023 + 3 + 1 + 1);
    assert_non_null(strstr(seen, "\xc3\xa9\xe2\x80\xa6\"\n"));
    for (size_t i = 0; i < 100; i++)
        fields[i] = fields[0];
    log_event(LOG_INFO, "m", fields, 100);
    log_flush();
    (void)arrived();
    assert_in_range(strlen(seen), 31000, 32768);
    assert_string_equal(seen + strlen(seen) - 5, "\xe2\x80\xa6\"\n");
}

static void events_gather_until_32_kib_or_a_message(void **state)
{
    const struct log_field field = {.key = "n", .number = 1};
    size_t events = 0;

    (void)state;
    while (arrived()[0] == '\0') {
        log_event(LOG_INFO, "request", &field, 1);
        events++;
    }
    assert_in_range(strlen(seen), 32 * 1024, 33 * 1024);
    assert_in_range(events, 400, 700);
    log_event(LOG_INFO, "first", &field, 1);
    log_message(LOG_INFO, "second");
    assert_non_null(strstr(arrived(), "message=\"first\" n=1\n"));
    assert_non_null(strstr(seen, "message=\"second\"\n"));
}

static void closed_reader_does_not_kill(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_DFL);
    (void)close(ends[0]);
    log_message(LOG_INFO, "nobody hears this");
    log_message(LOG_INFO, "nor this");
    open_pipe();
    log_message(LOG_INFO, "but this");
    assert_non_null(strstr(arrived(), "message=\"but this\"\n"));
    assert_non_null(strstr(seen, "lines=2\n"));
}

static void a_full_pipe_loses_lines_and_reports_it(void **state)
{
    char text[1000];
    int64_t from = platform.monotonic_us();
    const char *apology;

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_return_code(fcntl(STDERR_FILENO, F_SETPIPE_SZ, 4096), 0);
    assert_return_code(fcntl(STDERR_FILENO, F_SETFL, O_WRONLY | O_NONBLOCK), 0);
    for (int i = 0; i < 10; i++)
        log_message(LOG_INFO, "%s", text);
    assert_in_range(platform.monotonic_us() - from, 0, 2000000);
    (void)arrived();
    log_message(LOG_INFO, "again");
    (void)arrived();
    apology = strstr(seen, "lines=");
    assert_non_null(apology);
    assert_in_range(strtol(apology + 6, NULL, 10), 6, 7);
    assert_non_null(strstr(seen, "time=" STAMP " level=info message=\"again\"\n"));
    log_message(LOG_INFO, "as before");
    assert_string_equal(arrived(), "time=" STAMP " level=info message=\"as before\"\n");
}

static void *chatter(void *name)
{
    const struct log_field field = {.key = "thread", .text = name};

    for (int i = 0; i < 500; i++) {
        if (i % 3)
            log_event(LOG_INFO, "event", &field, 1);
        else
            log_message(LOG_INFO, "message of %s", (const char *)name);
    }
    return NULL;
}

static void threads_do_not_mix_their_lines(void **state)
{
    static char names[][2] = {"a", "b", "c", "d"};
    pthread_t threads[4];
    size_t lines = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, chatter, names[i]), 0);
    for (size_t i = 0; i < 4; i++)
        (void)pthread_join(threads[i], NULL);
    log_flush();
    (void)arrived();
    for (char *at = seen; *at; at = strchr(at, '\n') + 1, lines++)
        assert_memory_equal(at, "time=" STAMP " level=info message=\"", strlen("time=" STAMP " level=info message=\""));
    assert_int_equal(lines, 2000);
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, redirect, restore)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(message_has_time_level_and_text),
        LOG_TEST(fields_are_quoted_where_needed),
        LOG_TEST(no_value_can_forge_a_line),
        LOG_TEST(json_lines_are_json),
        LOG_TEST(long_values_are_cut_between_characters),
        LOG_TEST(events_gather_until_32_kib_or_a_message),
        LOG_TEST(closed_reader_does_not_kill),
        LOG_TEST(threads_do_not_mix_their_lines),
        LOG_TEST(a_full_pipe_loses_lines_and_reports_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
