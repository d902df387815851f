/* Reads a request head strictly: whatever two readers could understand differently is refused. */
#ifndef ORGD_HTTP_REQUEST_PARSER_H
#define ORGD_HTTP_REQUEST_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http.h"

enum { FRONT_DOOR_FIELDS_MAX = 100 };

/* How far the search for the end of a head has come; zeroed before each head. */
struct head_scan {
    size_t at;    /* bytes looked at */
    size_t line;  /* where the line under way starts */
    size_t lines; /* complete lines */
};

/*
 * Looks for the end of the head in `data`, of which earlier calls saw a beginning. ERR_AGAIN: more bytes are needed.
 * OK: `scan->at` is the length of the head, its final empty line included. Otherwise the code to refuse with; nothing
 * after it on the connection can be trusted. A first line that is no HTTP, a line end without CR and an oversized head
 * are found before the head is complete.
 */
enum err head_scan(struct head_scan *scan, const char *data, size_t len) MUST_CHECK;

/* What the head says about the bytes around it. */
struct framing {
    bool http10;
    bool keep_alive;
    bool chunked;
    bool has_length;
    bool expects_continue;
    uint64_t length; /* bytes of the body when not chunked */
};

/*
 * Reads a complete head, which it takes apart in place: texts of the request point into `head`, which lives as long as
 * the request, or into req->arena. Fills method, target, path, query, id (when the client sent one that is acceptable)
 * and the header values. Refused besides what HTTP forbids: a second Host, Content-Length, Transfer-Encoding,
 * Authorization, Content-Type or Origin; a path with an escaped slash, control characters or text that is not UTF-8. On
 * failure the header values read so far are in place, so that the refusal can be answered with CORS headers.
 */
enum err head_parse(struct request *req, char *head, size_t len, struct framing *framing) MUST_CHECK;

#endif
