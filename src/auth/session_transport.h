/* The transport of tokens: cookies or header fields, in both directions. */
#ifndef ORGD_AUTH_SESSION_TRANSPORT_H
#define ORGD_AUTH_SESSION_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "http/http.h"

enum session_transport { TRANSPORT_HEADER = 1, TRANSPORT_COOKIE = 2 };

/* Tokens of an answer. */
struct session_tokens {
    const char *access;
    int64_t access_expires_s;
    const char *login_id;
    const char *payload; /* of the access token, JSON */
    const char *refresh; /* NULL: the client keeps its token */
    int64_t refresh_expires_s;
};

/* Access tokens as received, not verified yet: from the Authorization header and from the cookie; NULL if absent. */
struct session_carriers {
    const char *header;
    const char *cookie;
};

/*
 * Finds the access tokens of a request; the cookie is decoded. ERR_UNAUTHORIZED for requests that no browser sends: two
 * cookies of the name, or a cookie of clients that are no longer supported.
 */
enum err session_carriers_find(struct request *req, struct session_carriers *carriers) MUST_CHECK;

/*
 * A refresh token and its transport: the Authorization header if it has one, otherwise the cookie. NULL if there is
 * none, or more than one cookie of the name.
 */
const char *session_refresh_find(struct request *req, enum session_transport *transport);

/*
 * Whether a page of a stranger may have made the browser send this request, which is authenticated by a cookie alone:
 * the browser names an origin that may not call, or cookies cross sites and the request lacks the header field that
 * forms and images cannot send.
 */
bool session_maybe_forged(const struct request *req);

/* The transport that a sign-in requests. */
enum session_transport session_transport_wanted(const struct request *req);

/* Adds tokens to the reply, and removes those that the client has from another transport. ERR_MEMORY. */
enum err session_send(struct request *req, enum session_transport transport,
                      const struct session_tokens *tokens) MUST_CHECK;

/* Makes the client forget its tokens: those in header fields, in cookies, or both. ERR_MEMORY. */
enum err session_clear(struct request *req, unsigned transports) MUST_CHECK;

/*
 * The cookie by which a browser shows that it has signed in before (signin/devices.h). Reading gives its value as
 * received, NULL if it is absent or if another site may have made the browser send it. Writing sets it for the sign-in
 * endpoints only. ERR_MEMORY.
 */
const char *session_find_devices(struct request *req);
enum err session_send_devices(struct request *req, const char *value, int64_t expires_s) MUST_CHECK;

/* The transports in which the request carries any part of a session. */
unsigned session_transports_of(const struct request *req);

#endif
