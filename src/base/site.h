/* Sites and origins of web addresses, as browsers compare them for cookies and CORS. */
#ifndef ORGD_BASE_SITE_H
#define ORGD_BASE_SITE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether two addresses are of one site: same scheme and same registrable domain by the public suffix list, or the same
 * host when it has no such domain (an IP address, `localhost`). False for a malformed address and for schemes other
 * than http and https.
 */
bool site_same(const char *a, const char *b);

/*
 * Whether a browser writes the origin of an address as `origin`: scheme, host and port, in lower case, without the port
 * that belongs to the scheme. False for a text that is not an address of http or https, and for one with a user name.
 */
bool site_has_origin(const char *url, const char *origin);

/* Whether the text is an origin and nothing more: "https://app.acme.io", perhaps with a port or a final slash. */
bool site_is_origin(const char *text);

/* The path of an address, "" when it has none; borrowed from it. */
const char *site_path(const char *url);

#endif
