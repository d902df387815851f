/* Tests of the request parser: heads and chunked bodies give the same result wherever they are split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "http/chunked.h"
#include "http/request_parser.h"

/* ---- heads ---- */

/* Scans `text` as it comes in pieces of `step` bytes; the verdict, and where the head ends. */
static enum err scan_in_pieces(const char *text, size_t len, size_t step, size_t *end)
{
    struct head_scan scan = {0};
    enum err code = ERR_AGAIN;

    for (size_t got = step; code == ERR_AGAIN; got += step) {
        code = head_scan(&scan, text, got < len ? got : len);
        if (got >= len)
            break;
    }
    *end = scan.at;
    return code;
}

static void a_head_ends_at_the_same_byte_however_it_comes(void **state)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\nGET /next HTTP/1.1\r\n";
    size_t end;

    (void)state;
    for (size_t step = 1; step <= strlen(text); step++) {
        assert_int_equal(scan_in_pieces(text, strlen(text), step, &end), OK);
        assert_int_equal(end, strlen("GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"));
    }
}

static void every_beginning_of_a_head_asks_for_more(void **state)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    (void)state;
    for (size_t len = 0; len < strlen(text); len++) {
        struct head_scan scan = {0};
        assert_int_equal(head_scan(&scan, text, len), ERR_AGAIN);
    }
}

static void other_protocols_are_recognized_by_their_first_line(void **state)
{
    static const char *const lines[] = {"hello\r\n",          "\x16\x03\x01",      "GET /\r\n",
                                        "GET / HTTP/1.1\n",   "GET /HTTP/1.1\r\n", "GET / HTTP/11\r\n",
                                        " GET / HTTP/1.1\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct head_scan scan = {0};
        assert_int_equal(head_scan(&scan, lines[i], strlen(lines[i])), ERR_HEAD_MALFORMED);
    }
}

/* A request out of `text`, which is a whole head. The arena is *arena, for the caller to free. */
static enum err parse(const char *text, void **arena, struct request *req, struct framing *framing)
{
    char *head;

    *arena = talloc_new(NULL);
    *req = (struct request){.arena = *arena};
    head = talloc_strdup(*arena, text);
    return head_parse(req, head, strlen(head), framing);
}

static void a_request_is_read_whole(void **state)
{
    struct request req;
    struct framing framing;
    void *arena;

    (void)state;
    assert_int_equal(
        parse("PATCH /api/a%20b?c=d HTTP/1.1\r\nhOST: x:1\r\nAuthorization:  k  \r\nCONTENT-LENGTH: 0012\r\n"
              "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\nX-Request-Id: r-1\r\nExpect: 100-Continue\r\n"
              "Origin:\thttp://o\t\r\nX-Some: a\r\nx-SOME:\tb \r\nX-Somewhere: c\r\nX-Empty:\r\n\r\n",
              &arena, &req, &framing),
        OK);
    assert_int_equal(req.method, METHOD_PATCH);
    assert_string_equal(req.target, "/api/a%20b?c=d");
    assert_string_equal(req.path, "/a b");
    assert_string_equal(req.query, "c=d");
    assert_string_equal(req.authorization, "k");
    assert_string_equal(req.origin, "http://o");
    assert_string_equal(req.id, "r-1");
    assert_null(req.cookie);
    assert_string_equal(request_header(&req, "x-some"), "a, b");
    assert_string_equal(request_header(&req, "X-Empty"), "");
    assert_null(request_header(&req, "x-som"));
    assert_true(req.accepts_gzip);
    assert_true(framing.keep_alive && framing.expects_continue && framing.has_length && !framing.chunked);
    assert_int_equal(framing.length, 12);
    talloc_free(arena);
}

static void repeated_fields_are_joined_in_one_pass(void **state)
{
    struct request req;
    struct framing framing;
    char text[16 << 10];
    size_t len = (size_t)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n");
    void *arena;

    (void)state;
    for (int i = 0; i < 90; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "Cookie: %0100d\r\n", i);
    (void)snprintf(text + len, sizeof text - len, "\r\n");
    assert_int_equal(parse(text, &arena, &req, &framing), OK);
    assert_int_equal(strlen(req.cookie), 90 * 100 + 89 * 2);
    assert_true(talloc_total_size(arena) < 6 * len);
    talloc_free(arena);
}

static void the_prefix_is_one_segment(void **state)
{
    static const char *const paths[][2] = {{"/api", "/"},          {"/api/", "/"},           {"/api/x", "/x"},
                                           {"/apifoo", "/apifoo"}, {"/api/api/x", "/api/x"}, {"/x/api", "/x/api"},
                                           {"/%61pi/x", "/x"}};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct request req;
        struct framing framing;
        void *arena;
        char text[100];

        (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i][0]);
        assert_int_equal(parse(text, &arena, &req, &framing), OK);
        assert_string_equal(req.path, paths[i][1]);
        assert_int_equal(req.prefixed, strcmp(paths[i][0], paths[i][1]) != 0);
        talloc_free(arena);
    }
}

static void accepted_types_and_encodings_are_recognized(void **state)
{
    static const struct {
        const char *field;
        bool html, gzip, brotli;
    } cases[] = {
        {"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", .html = true},
        {"Accept: application/json\r\nAccept: */*;q=0.1, TEXT/HTML;q=0.5", .html = true},
        {"Accept: */*"},
        {"Accept: text/*, text/htmlx, application/text/html"},
        {"Accept: text/html;q=0, */*"},
        {"Accept: text/html;q=0.000"},
        {"Accept-Encoding: gzip, deflate, br, zstd", .gzip = true, .brotli = true},
        {"Accept-Encoding: br;q=0, gzip;q=0.5", .gzip = true},
        {"Accept-Encoding: brotli, *"},
        {"X-Accept: text/html, gzip, br"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request req;
        struct framing framing;
        void *arena;
        char text[200];

        (void)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", cases[i].field);
        assert_int_equal(parse(text, &arena, &req, &framing), OK);
        assert_int_equal(req.accepts_html, cases[i].html);
        assert_int_equal(req.accepts_gzip, cases[i].gzip);
        assert_int_equal(req.accepts_brotli, cases[i].brotli);
        talloc_free(arena);
    }
}

/* Each byte of a head is replaced by each value: nothing may be read beyond the head, and no length may be made up. */
static void a_spoilt_head_is_survived(void **state)
{
    static const char good[] = "POST /api/x%41?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nCookie: a=b\r\n\r\n";
    const size_t len = sizeof good - 1;

    (void)state;
    for (size_t at = 0; at < len; at++) {
        for (int value = 0; value < 256; value++) {
            void *arena = talloc_new(NULL);
            char *head = talloc_memdup(arena, good, len); /* no byte after it: a sanitizer sees a step too far */
            struct head_scan scan = {0};
            struct request req = {.arena = arena};
            struct framing framing;

            head[at] = (char)value;
            if (head_scan(&scan, head, len) == OK && head_parse(&req, head, scan.at, &framing) == OK)
                assert_true(framing.length < 1000 && req.path[0] == '/' && !framing.chunked);
            talloc_free(arena);
        }
    }
}

/* ---- chunked bodies ---- */

static const char chunks[] = "5\r\nhello\r\n1;a=\"b\"\r\n \r\n00006\r\nworld!\r\n0\r\nA: b\r\nC:\r\n\r\n";

static void chunks_cut_anywhere_make_the_same_body(void **state)
{
    (void)state;
    for (size_t step = 1; step <= strlen(chunks); step++) {
        void *arena = talloc_new(NULL);
        struct buffer body = buffer_make(arena, HTTP_BODY_MAX);
        struct chunked chunked = {0};
        enum err code = ERR_AGAIN;
        size_t at = 0, used;

        while (code == ERR_AGAIN && at < strlen(chunks)) {
            size_t len = strlen(chunks) - at < step ? strlen(chunks) - at : step;
            code = chunked_feed(&chunked, chunks + at, len, &used, &body);
            at += used;
        }
        assert_int_equal(code, OK);
        assert_int_equal(at, strlen(chunks));
        assert_string_equal(buffer_string(&body), "hello world!");
        talloc_free(arena);
    }
}

static void bytes_after_the_last_chunk_are_left(void **state)
{
    void *arena = talloc_new(NULL);
    struct buffer body = buffer_make(arena, HTTP_BODY_MAX);
    struct chunked chunked = {0};
    size_t used;

    (void)state;
    assert_int_equal(chunked_feed(&chunked, "0\r\n\r\nGET /", 10, &used, &body), OK);
    assert_int_equal(used, 5);
    talloc_free(arena);
}

/* The line ends and sizes are what framing hangs on: none may be anything else. */
static void a_spoilt_line_end_is_refused(void **state)
{
    static const char good[] = "5\r\nhello\r\n0\r\n\r\n";

    (void)state;
    for (size_t at = 0; at < strlen(good); at++) {
        void *arena = talloc_new(NULL);
        struct buffer body = buffer_make(arena, HTTP_BODY_MAX);
        struct chunked chunked = {0};
        char text[sizeof good];
        size_t used;

        memcpy(text, good, sizeof good);
        if (text[at] == '\r' || text[at] == '\n') {
            text[at] = '\t';
            assert_int_equal(chunked_feed(&chunked, text, strlen(text), &used, &body), ERR_CHUNK_INVALID);
        }
        talloc_free(arena);
    }
}

static void a_chunk_too_big_is_refused_before_it_comes(void **state)
{
    void *arena = talloc_new(NULL);
    struct buffer body = buffer_make(arena, HTTP_BODY_MAX);
    struct chunked chunked = {0};
    size_t used;

    (void)state;
    assert_int_equal(chunked_feed(&chunked, "800001\r\n", 8, &used, &body), ERR_BODY_TOO_LARGE);
    assert_int_equal(body.size, 0);
    talloc_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_ends_at_the_same_byte_however_it_comes),
        cmocka_unit_test(every_beginning_of_a_head_asks_for_more),
        cmocka_unit_test(other_protocols_are_recognized_by_their_first_line),
        cmocka_unit_test(a_request_is_read_whole),
        cmocka_unit_test(repeated_fields_are_joined_in_one_pass),
        cmocka_unit_test(the_prefix_is_one_segment),
        cmocka_unit_test(accepted_types_and_encodings_are_recognized),
        cmocka_unit_test(a_spoilt_head_is_survived),
        cmocka_unit_test(chunks_cut_anywhere_make_the_same_body),
        cmocka_unit_test(bytes_after_the_last_chunk_are_left),
        cmocka_unit_test(a_spoilt_line_end_is_refused),
        cmocka_unit_test(a_chunk_too_big_is_refused_before_it_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
