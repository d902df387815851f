/* How tokens travel: cookies or header fields, in both directions. */
#ifndef ORGD_AUTH_SESSION_TRANSPORT_H
#define ORGD_AUTH_SESSION_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "http/http.h"

enum session_transport { TRANSPORT_HEADER = 1, TRANSPORT_COOKIE = 2 };

/* Tokens on their way out. */
struct session_tokens {
    const char *access;
    int64_t access_expires_s;
    const char *login_id;
    const char *payload; /* of the access token, JSON */
    const char *refresh; /* NULL: the client keeps the one that it has */
    int64_t refresh_expires_s;
};

/* Access tokens as they came, not believed yet: in the Authorization header, in the cookie; NULL when absent. */
struct session_carriers {
    const char *header;
    const char *cookie;
};

/*
 * Finds the access tokens of a request, the cookie decoded. Refuses with ERR_UNAUTHORIZED what a browser would not
 * send: two cookies of the name, and a cookie of clients that are no longer served.
 */
enum err session_carriers_find(struct request *req, struct session_carriers *carriers) MUST_CHECK;

/*
 * A refresh token and how it came: the Authorization header when it has one, else the cookie. NULL when there is none,
 * or more than one cookie of the name.
 */
const char *session_refresh_find(struct request *req, enum session_transport *transport);

/*
 * Whether a request that proves itself by a cookie alone may be one that another site made the browser send: only where
 * cookies cross sites, and the request lacks the header field that forms and images cannot have.
 */
bool session_maybe_forged(const struct request *req);

/* The transport that a sign-in asks for. */
enum session_transport session_transport_wanted(const struct request *req);

/* Puts tokens into the reply, and takes away what the client has from another transport. ERR_MEMORY. */
enum err session_send(struct request *req, enum session_transport transport,
                      const struct session_tokens *tokens) MUST_CHECK;

/* Tells the client to forget its tokens: those in the header fields, the cookies, or both. ERR_MEMORY. */
enum err session_clear(struct request *req, unsigned transports) MUST_CHECK;

/*
 * The cookie by which a browser shows that it has signed in before (signin/devices.h): its value as it came, NULL when
 * absent or when another site may have made the browser send it; and its value on the way out. It goes to the sign-in
 * endpoints only. ERR_MEMORY.
 */
const char *session_find_devices(struct request *req);
enum err session_send_devices(struct request *req, const char *value, int64_t expires_s) MUST_CHECK;

/* The transports in which the request carries anything of a session. */
unsigned session_transports_of(const struct request *req);

#endif
