/* Finds the client of a request that came through proxies. */
#ifndef ORGD_HTTP_CLIENT_ADDRESS_H
#define ORGD_HTTP_CLIENT_ADDRESS_H

#include <stdint.h>

#include "config/config.h"

/*
 * The client's address: `peer`, or, when `peer` is a trusted proxy, the last address of X-Forwarded-For (`forwarded`,
 * may be NULL) that is not a trusted proxy. Earlier entries were written by the client and are ignored. A malformed
 * entry ends the search at the proxy that forwarded it. The result lives in `arena` or is `peer`; it is never NULL.
 */
const char *client_address(void *arena, const struct config_list *trusted, const char *peer, const char *forwarded);

/* One number for all addresses of a client; of an IPv6 address only the first 56 bits count,
 * the smallest network that providers should give to one customer. Never 0. */
uint64_t client_share(const char *client);

/* The first entry of the list that is neither an address nor a network (192.0.2.0/24, 2001:db8::/32); NULL when all
 * entries are valid. */
const char *client_address_problem(const struct config_list *trusted);

#endif
