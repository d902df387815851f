/* Opens listening sockets. */
#ifndef ORGD_HTTP_LISTENER_H
#define ORGD_HTTP_LISTENER_H

#include "base/error.h"

enum { LISTENER_NAME_SIZE = 80 };

/* The listeners of a server: the API, the paths that are private, the metrics. */
enum listener_kind { LISTENER_PUBLIC, LISTENER_PRIVATE, LISTENER_METRICS, LISTENER_KINDS };

/*
 * Binds "host:port" ("[::1]:8000"; ":8000" for every address; port 0 for a free port) and listens. The socket is
 * non-blocking. `name` receives the bound address. ERR_USAGE when `address` is malformed; ERR_SYSTEM when it cannot be
 * bound, for example because the port is in use.
 */
enum err listener_open(const char *address, int *descriptor, char name[LISTENER_NAME_SIZE],
                       struct error *error) MUST_CHECK;

#endif
