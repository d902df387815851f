/* Who sent a request that came through proxies. */
#ifndef ORGD_HTTP_CLIENT_ADDRESS_H
#define ORGD_HTTP_CLIENT_ADDRESS_H

#include <stdint.h>

#include "config/config.h"

/*
 * The address that a request came from: `peer`, or, when that is one of the trusted proxies, the last address of
 * X-Forwarded-For (`forwarded`, may be NULL) that is none of them. What stands before it was written by that client. An
 * entry that is no address ends the walk at the proxy that let it through. Lives in `arena`, or is `peer`; never NULL.
 */
const char *client_address(void *arena, const struct config_list *trusted, const char *peer, const char *forwarded);

/* The same number for all addresses of one client: of IPv6 the first 64 bits count. Never 0. */
uint64_t client_share(const char *client);

/* The first entry of a list that is neither an address nor a network (192.0.2.0/24, 2001:db8::/32); NULL when all are.
 */
const char *client_address_problem(const struct config_list *trusted);

#endif
