/* Fuzzes the parser of request heads, whole and in pieces; the first byte chooses the size of the pieces. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/request_parser.h"

#define LINES "Host: a.io\r\nOrigin: https://a.io\r\nCookie: a=1\r\ncookie: b=2\r\nX-Request-Id: a-1._Z\r\n"

const struct fuzz_seed fuzz_seeds[] = {
    FUZZ_SEED("\1GET /health HTTP/1.1\r\nHost: localhost:8000\r\n\r\n"),
    FUZZ_SEED("\7POST /api/organizations/?a=%20b&c HTTP/1.1\r\n" LINES "Content-Length: 12\r\n\r\n{\"name\":\"a\"}"),
    FUZZ_SEED("\3PUT /projects/%C3%A9 HTTP/1.1\r\n" LINES
              "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n0\r\n"),
    FUZZ_SEED(
        "\2GET http://a.io:80?q HTTP/1.0\r\nConnection: close, keep-alive\r\nAccept-Encoding: br, gzip;q=0.1\r\n\r\n"),
    FUZZ_SEED(
        "\5OPTIONS https://[::1]/%2e%2e/x HTTP/1.1\r\nHost:\r\nAccess-Control-Request-Method: PUT\r\n"
        "Access-Control-Request-Headers: rid,authorization\r\nContent-Type: \t a/b \t\r\nAuthorization: ApiKey x\r\n\r\n"),
    FUZZ_SEED("\11GET /%2F HTTP/1.1\r\nHost: a\r\n\r\n"),
    FUZZ_SEED("\11GET / HTTP/2.0\r\n folded\r\n\r\n"),
    FUZZ_SEED("\11GET / HTTP/1.1\nHost: a\n\n"),
    FUZZ_SEED("\11GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
    FUZZ_SEED("\11GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    {0},
};

/* The result if each search sees `step` bytes more. */
static enum err scan_in_pieces(const char *text, size_t len, size_t step, size_t *end)
{
    struct head_scan scan = {0};
    enum err code = ERR_AGAIN;
    size_t got = 0;

    while (code == ERR_AGAIN && got < len) {
        got = got + step < len ? got + step : len;
        code = head_scan(&scan, text, got);
    }
    *end = scan.at;
    return code;
}

/* Lines of the head that begin with the name in any case, for a careless parser. */
static size_t count_lines(const char *head, size_t len, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i + strlen(name) < len; i++)
        if ((i == 0 || head[i - 1] == '\n' || head[i - 1] == '\r') && strncasecmp(head + i, name, strlen(name)) == 0)
            count++;
    return count;
}

static void check_text(const char *text)
{
    for (; text && *text; text++)
        require(((unsigned char)*text >= 0x20 || *text == '\t') && *text != 0x7f);
}

static void check_values(const struct request *req)
{
    check_text(req->authorization);
    check_text(req->cookie);
    check_text(req->origin);
    check_text(req->content_type);
    check_text(req->preflight_method);
    check_text(req->preflight_headers);
    require(strlen(req->id) < REQUEST_ID_SIZE);
    for (const char *at = req->id; *at; at++)
        require(isalnum((unsigned char)*at) || strchr("._-", *at));
}

/* Properties of every accepted head; `head` is the text as sent. */
static void check_accepted(const struct request *req, const struct framing *framing, const char *head, size_t len)
{
    size_t hosts = count_lines(head, len, "host:");

    require(req->path && req->path[0] == '/' && text_valid(req->path, strlen(req->path)));
    for (const char *at = req->path; *at; at++)
        require((unsigned char)*at >= 0x20 && *at != 0x7f);
    require(req->query && strlen(req->query) <= HTTP_TARGET_MAX && req->method && req->target);
    require(!memchr(head, '\0', len) && !count_lines(head, len, " ") && !count_lines(head, len, "\t"));
    require(hosts == 1 || (framing->http10 && hosts == 0));
    require(framing->chunked == (count_lines(head, len, "transfer-encoding:") == 1));
    require(framing->has_length == (count_lines(head, len, "content-length:") == 1));
    require(!(framing->chunked && framing->has_length) && framing->length <= HTTP_BODY_MAX);
    require(!(framing->chunked && framing->http10));
}

static void check_head(const char *text, size_t len)
{
    struct request req = {.arena = talloc_new(NULL)};
    char *head = talloc_memdup(req.arena, text, len);
    struct framing framing;
    enum err code = head_parse(&req, head, len, &framing);

    check_values(&req);
    require(code == OK || error_row(code)->status >= 400);
    if (code == OK)
        check_accepted(&req, &framing, text, len);
    (void)talloc_free(req.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 1;
    size_t whole_end, end;
    enum err whole, pieces;

    if (size < 2)
        return 0;
    whole = scan_in_pieces(text, size - 1, size, &whole_end);
    pieces = scan_in_pieces(text, size - 1, data[0] + 1U, &end);
    /* A head that is too long and also malformed is refused for the first problem found. */
    require(whole == pieces || (size > HTTP_TARGET_MAX && whole != OK && pieces != OK));
    if (whole == OK) {
        require(end == whole_end && end <= size - 1 && end <= HTTP_HEADERS_MAX);
        require(end > 4 && memcmp(text + end - 4, "\r\n\r\n", 4) == 0);
        check_head(text, end);
    }
    return 0;
}
