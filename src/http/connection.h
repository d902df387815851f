/* Drives one client connection on the I/O thread, from accept to close. */
#ifndef ORGD_HTTP_CONNECTION_H
#define ORGD_HTTP_CONNECTION_H

#include <event2/event.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "http/addresses.h"
#include "http/exchange.h"
#include "http/listener.h"
#include "http/metrics.h"
#include "http/server.h"
#include "http/worker_pool.h"

/* The event that a connection waits for. Each kind has one duration, so a list of connections of one kind is ordered by
 * deadline. */
enum waiting { WAIT_REQUEST, WAIT_IDLE, WAIT_ANSWER, WAIT_WRITE, WAIT_LINGER, WAIT_KINDS };

struct waiting_list {
    struct connection *first, *last;
    int64_t duration_us;
};

/*
 * Limits an unauthenticated client's use of the I/O thread between two ticks. An answer costs one unit, and one more
 * for each 8 KiB. Above the limit, its connections are not read until the next tick.
 */
enum { IO_CLIENTS = 256, IO_CLIENT_BITS = 8, IO_CLIENT_MOST = 300, IO_CHARGE_BYTES = 8 << 10 };

/* The state of the I/O thread. No other thread touches it. */
struct io {
    void *arena;
    struct event_base *base;
    const struct server_options *options;
    struct worker_pools *pools;
    struct metrics *metrics;
    struct addresses *addresses;
    struct waiting_list waiting[WAIT_KINDS];
    unsigned connections; /* of clients */
    unsigned refused;     /* connections that receive the answer "too many connections" */
    unsigned internal;    /* connections of the metrics listener */
    uint64_t requests;
    char id_prefix[17];
    size_t bodies;                /* bytes of request bodies held by all exchanges */
    size_t bodies_of[IO_CLIENTS]; /* the same for each client */
    bool trim;                    /* a big request was freed since the last tick */
    uint32_t charged[IO_CLIENTS]; /* units used by unauthenticated clients since the last tick */
    uint64_t salt;
    unsigned paused; /* connections that are not read until the next tick */
    bool draining;
    char *scratch; /* read buffer shared by all connections */
};

enum { IO_SCRATCH = 64 << 10, IO_INTERNAL_MAX = 16, IO_REFUSED_MAX = 128, IO_LINGER_US = 1000000 };

/* Takes ownership of a non-blocking descriptor, which a listener of that kind accepted. */
void connection_open(struct io *io, int descriptor, const struct sockaddr *peer, enum listener_kind listener);

/* Handles a finished exchange returned by a worker, and frees it when its answer is sent or no longer wanted. */
void connection_answered(struct io *io, struct exchange *exchange);

/* Closes or answers every connection whose deadline has passed. */
void connections_expire(struct io *io);

/* Runs at each tick: resets the use of every client and reads paused connections again. */
void connections_resume(struct io *io);

/* Closes connections that are between two requests. Later answers announce that the connection closes. */
void connections_drain(struct io *io);

/* Closes all connections. */
void connections_close(struct io *io);

#endif
