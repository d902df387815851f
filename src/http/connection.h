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

/*
 * A client whose callers are not known may use so much of the I/O thread from tick to tick: one for each answer, and
 * one for each 8 KiB of it. Its connections are not read further until the next tick.
 */
enum { IO_CLIENTS = 256, IO_CLIENT_BITS = 8, IO_CLIENT_MOST = 300, IO_CHARGE_BYTES = 8 << 10 };

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
    size_t bodies;                /* bytes of request bodies held by all exchanges */
    bool trim;                    /* a big request has been freed */
    uint32_t charged[IO_CLIENTS]; /* what clients who are not known have used since the last tick */
    uint64_t salt;
    unsigned paused; /* connections that are read again at the next tick */
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

/* At each tick: clients may use the thread again. */
void connections_resume(struct io *io);

/* Closes what is between two requests; from now on answers say that the connection closes. */
void connections_drain(struct io *io);

/* Closes everything. */
void connections_close(struct io *io);

#endif
