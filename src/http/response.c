/* Turns a filled reply into the bytes of an answer. */
#include "http/response.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <talloc.h>
#include <time.h>

#include "base/platform.h"

enum { FIXED_HEAD_MAX = 1024, DATE_SIZE = 32 };

bool answer_wants_gzip(const struct exchange *exchange, bool gzip)
{
    return gzip && exchange->req.accepts_gzip && !exchange->req.reply.no_gzip && exchange->req.reply.len >= GZIP_LEAST;
}

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {423, "Locked"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

/* The date changes once a second, so each thread caches its text. */
static const char *date_now(void)
{
    static _Thread_local time_t kept = -1;
    static _Thread_local char text[DATE_SIZE];
    time_t now = (time_t)(platform.realtime_us() / 1000000);
    struct tm parts;

    if (now != kept && gmtime_r(&now, &parts) && strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts) > 0)
        kept = now;
    return text;
}

/* A line end in a header would let the source of its value write the rest of the answer. */
static bool headers_are_sound(const struct reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        const struct header *header = &reply->headers[i];
        for (const char *at = header->value; *at; at++)
            if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f)
                return false;
    }
    return true;
}

static size_t head_size(const struct reply *reply)
{
    size_t size = FIXED_HEAD_MAX + (reply->content_type ? strlen(reply->content_type) : 0);

    for (size_t i = 0; i < reply->header_count; i++)
        size += strlen(reply->headers[i].name) + strlen(reply->headers[i].value) + strlen(": \r\n");
    return size;
}

static char *append(char *at, const char *text)
{
    return stpcpy(at, text);
}

static char *append_header(char *at, const char *name, const char *value)
{
    at = append(at, "\r\n");
    at = append(at, name);
    at = append(at, ": ");
    return append(at, value);
}

static char *append_number(char *at, size_t number)
{
    char digits[24];
    char *from = digits + sizeof digits;

    do
        *--from = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    memcpy(at, from, (size_t)(digits + sizeof digits - from));
    return at + (digits + sizeof digits - from);
}

static bool has_header(const struct reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (strcmp(reply->headers[i].name, name) == 0)
            return true;
    return false;
}

static bool is_https(const char *url)
{
    return url && strncasecmp(url, "https://", 8) == 0;
}

/* HSTS applies to the whole host, so it is sent only where both public addresses are https; otherwise NULL. */
static const char *transport_security(const struct config *config)
{
    if (!is_https(config->api_url) || !is_https(config->web_url) || strcmp(config->hsts, "off") == 0)
        return NULL;
    return strcmp(config->hsts, "subdomains") == 0 ? "max-age=31536000; includeSubDomains" : "max-age=31536000";
}

/* The content security policy of answers that are not pages: if a browser shows one, it loads nothing, runs nothing and
 * cannot be framed. */
static const char answer_policy[] =
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/*
 * Appends the headers that restrict browsers and caches. Only the console's files, the published keys and the OpenAPI
 * document may be cached; their handlers set that.
 */
static char *append_protection(char *at, const struct request *req)
{
    const char *security = transport_security(req->config);

    if (!has_header(&req->reply, "Cache-Control"))
        at = append_header(at, "Cache-Control", "no-store");
    if (!has_header(&req->reply, "X-Content-Type-Options"))
        at = append_header(at, "X-Content-Type-Options", "nosniff");
    if (!has_header(&req->reply, "Content-Security-Policy"))
        at = append_header(at, "Content-Security-Policy", answer_policy);
    if (!has_header(&req->reply, "Referrer-Policy"))
        at = append_header(at, "Referrer-Policy", "no-referrer");
    if (security)
        at = append_header(at, "Strict-Transport-Security", security);
    return at;
}

/* `at` has room for head_size bytes. */
static char *write_head(const struct exchange *exchange, char *at, bool compressed)
{
    const struct reply *reply = &exchange->req.reply;
    bool bodiless = reply->status == 204 || reply->status == 304;

    at = append(at, "HTTP/1.1 ");
    at = append_number(at, (size_t)reply->status);
    at = append(at, " ");
    at = append(at, reason_of(reply->status));
    at = append_header(at, "Date", date_now());
    if (!bodiless) {
        at = append_header(at, "Content-Length", "");
        at = append_number(at, exchange->body_len);
        at = append_header(at, "Content-Type", reply->content_type ? reply->content_type : "application/json");
    }
    if (compressed)
        at = append_header(at, "Content-Encoding", "gzip");
    if (!reply->no_cors)
        at = append_header(at, "Vary", "Accept-Encoding, Origin");
    at = append_header(at, "X-Request-Id", exchange->req.id);
    at = append_protection(at, &exchange->req);
    for (size_t i = 0; i < reply->header_count; i++)
        at = append_header(at, reply->headers[i].name, reply->headers[i].value);
    /* always sent: without it, clients of HTTP/1.0 assume "close" and others "keep-alive" */
    at = append_header(at, "Connection", exchange->keep_alive ? "keep-alive" : "close");
    return append(at, "\r\n\r\n");
}

bool answer_build(struct exchange *exchange, struct compressor *compressor)
{
    struct request *req = &exchange->req;
    char *packed = NULL;
    size_t packed_len = 0;

    cors_apply(req);
    if (!headers_are_sound(&req->reply)) {
        req->reply.header_count = 0;
        (void)error_set(&req->error, ERR_INTERNAL, "a header of the reply contains control characters");
        dispatch_refuse(req, ERR_INTERNAL);
    }
    if (compressor)
        packed = compress_gzip(compressor, req->arena, req->reply.body, req->reply.len, &packed_len);
    exchange->body = packed ? packed : req->reply.body;
    exchange->body_len = packed ? packed_len : req->reply.len;
    exchange->head = talloc_size(req->arena, head_size(&req->reply));
    if (!exchange->head)
        return false;
    exchange->head_len = (size_t)(write_head(exchange, exchange->head, packed != NULL) - exchange->head);
    if (req->method == METHOD_HEAD || req->reply.status == 204 || req->reply.status == 304)
        exchange->body_len = 0;
    return true;
}
