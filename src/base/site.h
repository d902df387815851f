/* Sites of web addresses: what a browser takes for one place when it decides about cookies. */
#ifndef ORGD_BASE_SITE_H
#define ORGD_BASE_SITE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether two addresses are of one site: the same scheme, and the same registrable domain by the public suffix list, or
 * the same host where there is none (an address, `localhost`). False for what is no address of http or https.
 */
bool site_same(const char *a, const char *b);

/*
 * Whether a browser writes the origin of an address as `origin`: scheme, host and port, in lower case, without the port
 * that belongs to the scheme. False for what is no address of http or https, and where a user name stands in it.
 */
bool site_has_origin(const char *url, const char *origin);

/* Whether the text is an origin and nothing more: "https://app.acme.io", perhaps with a port or a final slash. */
bool site_is_origin(const char *text);

/* The path of an address, "" when it has none; borrowed from it. */
const char *site_path(const char *url);

#endif
