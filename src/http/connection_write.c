/* Sends answers on a connection, on the I/O thread. */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <talloc.h>

#include "base/platform.h"
#include "http/access_log.h"
#include "http/client_address.h"
#include "http/connection_state.h"
#include "http/response.h"

enum { ARENA_POOL = 4 << 10, TRIM_LEAST = 512 << 10 };

/* ---- exchanges ---- */

struct exchange *exchange_create(struct connection *connection, size_t head_len)
{
    void *arena = talloc_pool(NULL, ARENA_POOL + head_len);
    struct exchange *exchange = arena ? talloc_zero(arena, struct exchange) : NULL;
    struct request *req;

    if (!exchange) {
        talloc_free(arena);
        return NULL;
    }
    req = &exchange->req;
    req->arena = arena;
    req->config = connection->io->options->app->config;
    req->client = talloc_strdup(arena, connection->peer);
    req->is_private = connection->listener == LISTENER_PRIVATE;
    req->path = req->query = req->target = "";
    req->started_us = platform.monotonic_us();
    if (!req->client) {
        talloc_free(arena);
        return NULL;
    }
    exchange->connection = connection;
    connection->exchange = exchange;
    return exchange;
}

void exchange_free(struct io *io, struct exchange *exchange)
{
    io->bodies -= exchange->body_reserved;
    io->bodies_of[exchange->client] -= exchange->body_reserved;
    io->trim = io->trim || exchange->body_reserved >= TRIM_LEAST;
    talloc_free(exchange->req.arena);
}

/* Makes a request id without a system call: unique within the process by a counter, and between processes by a random
 * part. */
void exchange_identify(struct io *io, struct exchange *exchange)
{
    static const char digits[] = "0123456789abcdef";
    char *id = exchange->req.id;
    uint64_t number;

    if (id[0])
        return;
    number = io->requests++;
    memcpy(id, io->id_prefix, 16);
    for (size_t i = 0; i < 8; i++)
        id[16 + i] = digits[number >> (28 - 4 * i) & 15];
    id[24] = '\0';
}

void exchange_report(struct io *io, const struct exchange *exchange, int status, size_t bytes)
{
    const struct request *req = &exchange->req;
    bool mine =
        status != STATUS_CLIENT_GONE; /* otherwise a worker may own it, and only the values of the head can be read */
    struct access_line line = {.req = req,
                               .route = mine && req->route ? req->route : exchange->route,
                               .status = status,
                               .duration_us = platform.monotonic_us() - req->started_us,
                               .bytes = bytes};

    if (mine) {
        line.database_us = req->database_us;
        line.cause = status >= 500 && req->error.cause[0] ? req->error.cause : NULL;
        if (io->options->user_of && req->identity)
            line.user = io->options->user_of(req);
    }
    metrics_observe(io->metrics, line.route, req->method, status, line.duration_us);
    access_log(&line);
}

/* ---- bytes ---- */

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

unsigned io_client(const struct io *io, const char *client)
{
    uint64_t mixed = (client_share(client) ^ io->salt) * UINT64_C(0x9e3779b97f4a7c15);

    return (unsigned)(mixed >> (64 - IO_CLIENT_BITS));
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
    pipeline_refuse(&exchange->req, err);
    if (err == ERR_METHOD_NOT_ALLOWED)
        (void)reply_header(&exchange->req, "Allow", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
    return send_reply(connection);
}
