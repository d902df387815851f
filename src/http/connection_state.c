/* Keeps the deadline and the watched events of a connection until it closes. */
#include "http/connection_state.h"

#include <talloc.h>
#include <unistd.h>

#include "base/platform.h"

/* ---- lists of waiting connections ---- */

static void wait_leave(struct connection *connection)
{
    struct waiting_list *list = &connection->io->waiting[connection->waiting];

    *(connection->before ? &connection->before->after : &list->first) = connection->after;
    *(connection->after ? &connection->after->before : &list->last) = connection->before;
    connection->before = connection->after = NULL;
}

void connection_wait_first(struct connection *connection, enum waiting waiting)
{
    struct waiting_list *list = &connection->io->waiting[waiting];

    connection->waiting = waiting;
    connection->deadline_us = platform.monotonic_us() + list->duration_us;
    connection->before = list->last;
    connection->after = NULL;
    *(list->last ? &list->last->after : &list->first) = connection;
    list->last = connection;
}

void connection_wait(struct connection *connection, enum waiting waiting)
{
    wait_leave(connection);
    connection_wait_first(connection, waiting);
}

bool connection_begun(const struct connection *connection)
{
    return connection->held_len > 0 || connection->state == STATE_BODY;
}

/* ---- events ---- */

void connection_watch(struct connection *connection, short what)
{
    struct event *event = &connection->event;

    if (connection->watched == what)
        return;
    if (connection->watched)
        (void)event_del(event);
    connection->watched = what;
    if (what && (event_assign(event, connection->io->base, connection->descriptor, (short)(what | EV_PERSIST),
                              connection->on_event, connection) != 0 ||
                 event_add(event, NULL) != 0)) {
        connection->watched = 0;
        connection->ended = true; /* no memory for a response: the deadline closes the connection */
    }
}

/* ---- closing ---- */

unsigned *connection_counter(const struct connection *connection)
{
    struct io *io = connection->io;

    return connection->listener == LISTENER_METRICS ? &io->internal
           : connection->refused                    ? &io->refused
                                                    : &io->connections;
}

void connection_give_up(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;

    connection->exchange = NULL;
    if (exchange && connection->state == STATE_ANSWER) {
        exchange->connection = NULL;
        atomic_store_explicit(&exchange->abandoned, true, memory_order_relaxed);
    } else if (exchange) {
        exchange_free(connection->io, exchange);
    }
}

enum step connection_close(struct connection *connection)
{
    if (connection->exchange && connection->listener != LISTENER_METRICS)
        exchange_report(connection->io, connection->exchange, STATUS_CLIENT_GONE, 0);
    connection_give_up(connection);
    connection->io->paused -= connection->paused;
    connection_watch(connection, 0);
    (void)close(connection->descriptor);
    wait_leave(connection);
    address_leave(connection->io->addresses, connection->address);
    *connection_counter(connection) -= 1;
    talloc_free(connection);
    return STEP_GONE;
}

enum step connection_linger(struct connection *connection)
{
    if (connection->ended)
        return connection_close(connection);
    (void)shutdown(connection->descriptor, SHUT_WR);
    TALLOC_FREE(connection->held);
    connection->held_len = connection->held_size = 0;
    connection->state = STATE_LINGER;
    connection_wait(connection, WAIT_LINGER);
    connection_watch(connection, EV_READ);
    return STEP_GONE;
}
