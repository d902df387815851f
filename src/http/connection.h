/* One client connection, from accept to close, on the I/O thread. */
#ifndef ORGD_HTTP_CONNECTION_H
#define ORGD_HTTP_CONNECTION_H

#include <event2/event.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "http/addresses.h"
#include "http/exchange.h"
#include "http/metrics.h"
#include "http/server.h"
#include "http/worker_pool.h"

/* What a connection waits for. Each has one duration, so that the connections of a kind are always in the order of
 * their deadlines. */
enum waiting { WAIT_REQUEST, WAIT_IDLE, WAIT_ANSWER, WAIT_WRITE, WAIT_LINGER, WAIT_KINDS };

struct waiting_list {
    struct connection *first, *last;
    int64_t duration_us;
};

/* What the I/O thread owns and nobody else touches. */
struct io {
    void *arena;
    struct event_base *base;
    const struct server_options *options;
    struct lanes *lanes;
    struct metrics *metrics;
    struct addresses *addresses;
    struct waiting_list waiting[WAIT_KINDS];
    unsigned connections; /* of clients */
    unsigned refused;     /* being told that there are too many */
    unsigned internal;    /* of the metrics listener */
    uint64_t requests;
    char id_prefix[17];
    size_t bodies; /* bytes of request bodies held by all exchanges */
    bool trim;     /* a big request has been freed */
    bool draining;
    char *scratch; /* where every connection reads */
};

enum { IO_SCRATCH = 64 << 10, IO_INTERNAL_MAX = 16, IO_REFUSED_MAX = 128, IO_LINGER_US = 1000000 };

/* Takes over the descriptor, which is non-blocking. `internal`: it came through the metrics listener. */
void connection_open(struct io *io, int descriptor, const struct sockaddr *peer, bool internal);

/* The worker's answer; frees the exchange sooner or later. */
void connection_answered(struct io *io, struct exchange *exchange);

/* Acts on every deadline that has passed. */
void connections_expire(struct io *io);

/* Closes what is between two requests; from now on answers say that the connection closes. */
void connections_drain(struct io *io);

/* Closes everything. */
void connections_close(struct io *io);

#endif
