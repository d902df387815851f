/* Counts connections for each peer address. */
#ifndef ORGD_HTTP_ADDRESSES_H
#define ORGD_HTTP_ADDRESSES_H

#include <sys/socket.h>

struct addresses;
struct address; /* one peer with open connections */

/* Creates the table as a talloc child of `arena`. NULL without memory. */
struct addresses *addresses_create(void *arena);

/*
 * Counts one connection of the peer. NULL when the peer already has `limit` connections (0: no limit), or without
 * memory. IPv6 peers count by their /64 network, the usual size of one subscriber's network.
 */
struct address *address_enter(struct addresses *addresses, const struct sockaddr *peer, unsigned limit);
/* The number of connections that were entered for the peer. */
unsigned address_count(const struct address *address);
void address_leave(struct addresses *addresses, struct address *address);

#endif
