/* Listening sockets. */
#ifndef ORGD_HTTP_LISTENER_H
#define ORGD_HTTP_LISTENER_H

#include "base/error.h"

enum { LISTENER_NAME_SIZE = 80 };

/*
 * Binds "host:port" ("[::1]:8000", ":8000" for every address; port 0 takes a free one) and listens, without waiting.
 * The address that was got goes to `name`. ERR_USAGE when `address` is none, ERR_SYSTEM when it cannot be had, for
 * example because the port is in use.
 */
enum err listener_open(const char *address, int *descriptor, char name[LISTENER_NAME_SIZE],
                       struct error *error) MUST_CHECK;

#endif
