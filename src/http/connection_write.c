/* Sends answers on a connection, on the I/O thread. */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <talloc.h>

#include "http/connection_state.h"
#include "http/response.h"

/* Returns the bytes sent of the rest, 0 when the socket is full, -1 when it is broken. */
static ssize_t send_rest(const struct connection *connection)
{
    const struct exchange *exchange = connection->exchange;
    size_t head = connection->sent < exchange->head_len ? connection->sent : exchange->head_len;
    size_t body = connection->sent - head;
    struct iovec parts[2] = {
        {.iov_base = exchange->head + head, .iov_len = exchange->head_len - head},
        {.iov_base = (char *)(uintptr_t)exchange->body + body, .iov_len = exchange->body_len - body},
    };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent;

    if (exchange->body_len == 0) {
        message.msg_iovlen = 1;
        parts[1].iov_base = NULL;
    }
    do
        sent = sendmsg(connection->descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent >= 0 ? sent : errno == EAGAIN ? 0 : -1;
}

/* Counts an answer against its client, and pauses the connection above the limit. */
static void charge(struct connection *connection)
{
    struct io *io = connection->io;
    const struct request *req = &connection->exchange->req;
    uint32_t *charged;

    if (connection->listener == LISTENER_METRICS || req->identity || !req->config->rate_limits)
        return;
    charged = &io->charged[io_client(io, req->client)];
    *charged += (uint32_t)(1 + connection->sent / IO_CHARGE_BYTES);
    connection->paused = *charged > IO_CLIENT_MOST;
    io->paused += connection->paused;
}

/* Ends a sent answer: the connection is ready for the next request, or closes. */
static enum step finish_answer(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    bool keep = exchange->keep_alive;

    if (connection->listener != LISTENER_METRICS)
        exchange_report(connection->io, exchange, exchange->req.reply.status, connection->sent);
    if (keep)
        charge(connection);
    connection->exchange = NULL;
    connection->state = STATE_HEAD;
    connection->served++;
    connection->scan = (struct head_scan){0};
    exchange_free(connection->io, exchange);
    if (keep)
        return STEP_NEXT;
    return connection->linger || connection->held_len > 0 ? connection_linger(connection)
                                                          : connection_close(connection);
}

enum step send_more(struct connection *connection)
{
    size_t total = connection->exchange->head_len + connection->exchange->body_len;

    while (connection->sent < total) {
        ssize_t sent = send_rest(connection);
        if (sent < 0)
            return connection_close(connection);
        if (sent == 0) {
            if (connection->state != STATE_WRITE)
                connection_wait(connection, WAIT_WRITE);
            connection->state = STATE_WRITE;
            connection_watch(connection, EV_WRITE);
            return STEP_WAIT;
        }
        connection->sent += (size_t)sent;
    }
    return finish_answer(connection);
}

enum step send_begin(struct connection *connection)
{
    connection->sent = 0;
    connection->state = STATE_HEAD;  /* the I/O thread owns the exchange again */
    if (!connection->exchange->head) /* no memory for an answer */
        return connection_close(connection);
    return send_more(connection);
}

enum step send_reply(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;

    exchange_identify(connection->io, exchange);
    if (connection->io->draining || connection->ended)
        exchange->keep_alive = false;
    if (!answer_build(exchange, NULL))
        exchange->head = NULL;
    return send_begin(connection);
}

enum step send_refusal(struct connection *connection, enum err err, bool keep_alive)
{
    struct exchange *exchange = connection->exchange ? connection->exchange : exchange_create(connection, 0);

    if (!exchange)
        return connection_close(connection);
    exchange->keep_alive = keep_alive;
    connection->linger = connection->linger || !keep_alive;
    dispatch_refuse(&exchange->req, err);
    if (err == ERR_METHOD_NOT_ALLOWED)
        (void)reply_header(&exchange->req, "Allow", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
    return send_reply(connection);
}
