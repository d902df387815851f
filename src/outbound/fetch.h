/* HTTP requests to other servers, bounded in time and size, and refused for internal addresses (SSRF).
 */
#ifndef ORGD_OUTBOUND_FETCH_H
#define ORGD_OUTBOUND_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { FETCH_HEADERS_MAX = 4, FETCH_BODY_MAX = 1 << 20, FETCH_MS = 8000 };

struct fetch {
    const char *url;
    const char *form;                       /* posted as application/x-www-form-urlencoded; NULL: GET */
    const char *json;                       /* posted as application/json, in place of a form */
    const char *headers[FETCH_HEADERS_MAX]; /* "Name: value" */
    const char *user, *password;            /* HTTP Basic; NULL: none */
    /*
     * The operator configured this server: it may have any address and use plain http. A server that another server
     * named, as an issuer names its token endpoint, must use https and have a public address.
     */
    bool trusted;
    int64_t deadline_us; /* platform.monotonic_us, of the last byte; FETCH_MS from now at most */
};

struct fetched {
    int status;
    const char *body; /* in the arena, NUL-terminated */
    size_t len;
};

/* Call once, before there are threads. */
enum err fetch_start(struct error *error) MUST_CHECK;

/*
 * Sends one request. Redirects are not followed: the answer has their status. Certificates are always verified. Errors:
 * ERR_UNAVAILABLE without a complete answer (the sentence in `error` names the server, never the query, the form or a
 * credential); ERR_REFUSED for a URL, header or address that is not allowed; ERR_MEMORY.
 */
enum err fetch_run(void *arena, const struct fetch *fetch, struct fetched *fetched, struct error *error) MUST_CHECK;

/* Whether two absolute URLs have the same scheme, host and port. False when either is malformed, has a user name, or
 * contains characters that browsers interpret differently. */
bool fetch_same_origin(const char *a, const char *b);

/* Whether an address is one of the public Internet: not loopback, private, link-local, multicast, reserved. */
struct sockaddr;
bool fetch_address_is_public(const struct sockaddr *address);

#endif
