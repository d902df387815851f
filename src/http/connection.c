/* Drives one client connection on the I/O thread, from accept to close. */
#include "http/connection_state.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/platform.h"

enum { DISPENSABLE_LOOKED_AT = 64 }; /* connections of each kind */

/* ---- events ---- */

static void on_event(evutil_socket_t descriptor, short what, void *context)
{
    struct connection *connection = context;

    (void)descriptor;
    if (!(what & EV_WRITE))
        (void)receive(connection);
    else if (send_more(connection) == STEP_NEXT)
        (void)receive_held(connection);
}

/* ---- opening ---- */

static void name_peer(struct connection *connection, const struct sockaddr *peer)
{
    const void *address = &((const struct sockaddr_in *)(const void *)peer)->sin_addr;

    if (peer->sa_family == AF_INET6)
        address = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
    if (!inet_ntop(peer->sa_family, address, connection->peer, sizeof connection->peer))
        connection->peer[0] = '\0';
}

/*
 * The connection that can be missed most, from another address than `newcomer`: of those that have waited longest, the
 * one whose address has most connections. Workers' connections are not among them. NULL: there is none, or the
 * newcomer's address has more.
 */
static struct connection *dispensable(const struct io *io, const struct address *newcomer)
{
    static const enum waiting kinds[] = {WAIT_LINGER, WAIT_WRITE, WAIT_REQUEST, WAIT_IDLE};
    struct connection *found = NULL;
    unsigned most = address_count(newcomer) - 1;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct connection *at = io->waiting[kinds[i]].first;
        for (unsigned looked_at = 0; at && looked_at < DISPENSABLE_LOOKED_AT; looked_at++, at = at->after) {
            if (!at->address || at->listener == LISTENER_PRIVATE || at->address == newcomer ||
                address_count(at->address) <= most)
                continue;
            found = at;
            most = address_count(at->address);
        }
    }
    return found;
}

/* Enters the peer. When all places are taken, the connection that can be missed most makes room. NULL: no place. */
static struct address *take_place(struct io *io, const struct sockaddr *peer)
{
    struct address *address = address_enter(io->addresses, peer, io->options->connections_per_address);
    struct connection *other;

    if (!address || io->connections < io->options->connections)
        return address;
    other = dispensable(io, address);
    if (other) {
        (void)connection_close(other);
        return address;
    }
    address_leave(io->addresses, address);
    return NULL;
}

/* Counts the connection as client, internal or refused. False when there are already too many refused connections to
 * answer another one. */
static bool admit(struct connection *connection, const struct sockaddr *peer)
{
    struct io *io = connection->io;

    if (connection->listener == LISTENER_METRICS) {
        if (io->internal >= IO_INTERNAL_MAX)
            return false;
    } else {
        connection->address = take_place(io, peer);
        connection->refused = !connection->address;
        if (connection->refused && io->refused >= IO_REFUSED_MAX)
            return false;
    }
    *connection_counter(connection) += 1;
    return true;
}

void connection_open(struct io *io, int descriptor, const struct sockaddr *peer, enum listener_kind listener)
{
    struct connection *connection = talloc_zero(io->arena, struct connection);
    int on = 1;

    if (!connection) {
        (void)close(descriptor);
        return;
    }
    connection->io = io;
    connection->descriptor = descriptor;
    connection->listener = listener;
    connection->on_event = on_event;
    if (!admit(connection, peer)) {
        (void)close(descriptor);
        talloc_free(connection);
        return;
    }
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    name_peer(connection, peer);
    connection_wait_first(connection, WAIT_REQUEST);
    if (connection->refused)
        (void)send_refusal(connection, ERR_TOO_MANY_CONNECTIONS, false);
    else
        connection_watch(connection, EV_READ);
}

/* ---- answers and deadlines ---- */

void connection_answered(struct io *io, struct exchange *exchange)
{
    struct connection *connection = exchange->connection;

    if (!connection) {
        exchange_free(io, exchange);
        return;
    }
    if (send_begin(connection) == STEP_NEXT)
        (void)receive_held(connection);
}

/* Answers 504 in place of the worker. The worker keeps the old exchange until it has finished. */
static void answer_late(struct connection *connection)
{
    struct exchange *old = connection->exchange;
    struct exchange *exchange;
    struct request *req;

    connection_give_up(connection);
    connection->state = STATE_HEAD;
    exchange = exchange_create(connection, 0);
    if (!old || !exchange) {
        (void)connection_close(connection);
        return;
    }
    req = &exchange->req;
    memcpy(req->id, old->req.id, sizeof req->id);
    req->method = old->req.method;
    req->started_us = old->req.started_us;
    req->route = exchange->route = old->route;
    req->target = talloc_strdup(req->arena, old->req.target);
    req->origin = talloc_strdup(req->arena, old->req.origin);
    if (!req->target)
        req->target = "";
    if (send_refusal(connection, ERR_DEADLINE, old->keep_alive) == STEP_NEXT)
        (void)receive_held(connection);
}

static void expire(struct connection *connection)
{
    switch (connection->waiting) {
    case WAIT_REQUEST:
        if (connection_begun(connection))
            (void)send_refusal(connection, ERR_REQUEST_TIMEOUT, false);
        else
            (void)connection_close(connection);
        return;
    case WAIT_ANSWER:
        answer_late(connection);
        return;
    case WAIT_IDLE:
    case WAIT_WRITE:
    case WAIT_LINGER:
    case WAIT_KINDS:
        (void)connection_close(connection);
        return;
    }
}

void connections_expire(struct io *io)
{
    int64_t now_us = platform.monotonic_us();

    for (size_t kind = 0; kind < WAIT_KINDS; kind++)
        while (io->waiting[kind].first && io->waiting[kind].first->deadline_us <= now_us)
            expire(io->waiting[kind].first);
}

/* Collects the paused connections first, because reading may close a connection or move it within the lists. */
void connections_resume(struct io *io)
{
    static const enum waiting between[] = {WAIT_REQUEST, WAIT_IDLE};
    struct connection **paused;
    unsigned count = 0;

    memset(io->charged, 0, sizeof io->charged);
    if (io->paused == 0 || !(paused = talloc_array(io->arena, struct connection *, io->paused)))
        return;
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        for (struct connection *at = io->waiting[between[i]].first; at; at = at->after)
            if (at->paused && count < io->paused)
                paused[count++] = at;
    io->paused = 0;
    for (unsigned i = 0; i < count; i++) {
        paused[i]->paused = false;
        (void)receive_held(paused[i]);
    }
    talloc_free(paused);
}

void connections_drain(struct io *io)
{
    static const enum waiting between[] = {WAIT_REQUEST, WAIT_IDLE};

    io->draining = true;
    for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
        struct connection *connection = io->waiting[between[i]].first;
        while (connection) {
            struct connection *after = connection->after;
            if (!connection_begun(connection))
                (void)connection_close(connection);
            connection = after;
        }
    }
}

void connections_close(struct io *io)
{
    for (size_t kind = 0; kind < WAIT_KINDS; kind++)
        while (io->waiting[kind].first)
            (void)connection_close(io->waiting[kind].first);
}
