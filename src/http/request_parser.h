/* Parses a request head strictly: input that two parsers could understand differently is refused. */
#ifndef ORGD_HTTP_REQUEST_PARSER_H
#define ORGD_HTTP_REQUEST_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http.h"

enum { FRONT_DOOR_FIELDS_MAX = 100 };

/* The progress of the search for the end of a head. Zero it before each head. */
struct head_scan {
    size_t at;    /* bytes examined */
    size_t line;  /* start of the current line */
    size_t lines; /* complete lines */
};

/*
 * Searches the end of the head in `data`, of which earlier calls saw a prefix. ERR_AGAIN: more bytes are needed. OK:
 * `scan->at` is the length of the head, including its final empty line. Other errors are to be answered, and the
 * connection closed. A first line that is not HTTP, a line end without CR and an oversized head are found before the
 * head is complete.
 */
enum err head_scan(struct head_scan *scan, const char *data, size_t len) MUST_CHECK;

/*
 * Parses a request target in origin or absolute form (RFC 9112 3.2) into path, prefixed and query of `req`, with the
 * refusals of head_parse.
 */
enum err target_parse(struct request *req, const char *target) MUST_CHECK;

/* The framing of the body, and whether the connection is kept. */
struct framing {
    bool http10;
    bool keep_alive;
    bool chunked;
    bool has_length;
    bool expects_continue;
    uint64_t length; /* bytes of the body when not chunked */
};

/*
 * Parses a complete head in place: texts of the request point into `head`, which must live as long as the request, or
 * into req->arena. Fills method, target, path, query, id (when the client sent an acceptable one) and the header
 * values. Refuses, in addition to what HTTP forbids: a repeated Host, Content-Length, Transfer-Encoding, Authorization,
 * Content-Type or Origin; a path with an escaped slash, control characters or invalid UTF-8. On failure the header
 * values read so far are set, so that the refusal can carry CORS headers.
 */
enum err head_parse(struct request *req, char *head, size_t len, struct framing *framing) MUST_CHECK;

#endif
