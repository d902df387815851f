/* Receives requests on a connection, on the I/O thread. */
#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "base/platform.h"
#include "http/client_address.h"
#include "http/connection_state.h"
#include "http/response.h"

enum {
    HELD_WHILE_BUSY_MAX = 16 << 10, /* bytes of pipelined requests */
    HELD_LEAST = 1 << 10,
    BODIES_MAX = 256 << 20, /* bytes, of all connections together */
    BODY_UNCOUNTED = 16 << 10,
    METRICS_TEXT_MAX = 16 << 20,
};

/* ---- complete requests ---- */

static enum step answer_metrics(struct connection *connection)
{
    struct request *req = &connection->exchange->req;
    struct buffer text = buffer_make(req->arena, METRICS_TEXT_MAX);

    if (strcmp(req->path, "/metrics") != 0)
        return send_refusal(connection, ERR_NOT_FOUND, connection->exchange->keep_alive);
    if (req->method != METHOD_GET && req->method != METHOD_HEAD)
        return send_refusal(connection, ERR_METHOD_NOT_ALLOWED, connection->exchange->keep_alive);
    metrics_print(connection->io->metrics, &text);
    req->reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (reply_buffer(req, 200, &text))
        return send_refusal(connection, ERR_MEMORY, connection->exchange->keep_alive);
    return send_reply(connection);
}

/* Hands the exchange to a worker pool. */
static enum step hand_over(struct connection *connection, enum worker_pool pool)
{
    struct exchange *exchange = connection->exchange;

    exchange->route = exchange->req.route;
    exchange->known = exchange->req.identity != NULL;
    exchange->share = exchange->req.share ? exchange->req.share : client_share(exchange->req.client);
    connection->state = STATE_ANSWER; /* set before the push: afterwards the exchange belongs to the worker */
    if (worker_pools_push(connection->io->pools, pool, exchange)) {
        connection_wait(connection, WAIT_ANSWER);
        return STEP_WAIT;
    }
    connection->state = STATE_HEAD;
    if (exchange->answered) /* only compression was left to the worker */
        return send_reply(connection);
    return send_refusal(connection, ERR_BUSY, exchange->keep_alive);
}

static enum step dispatch(struct connection *connection)
{
    struct io *io = connection->io;
    struct exchange *exchange = connection->exchange;
    struct request *req = &exchange->req;
    enum worker_pool pool;

    connection->state = STATE_HEAD;
    req->body = buffer_string(&connection->body);
    req->body_len = connection->body.len;
    req->started_us = platform.monotonic_us();
    req->deadline_us = req->started_us + io->waiting[WAIT_ANSWER].duration_us;
    exchange->keep_alive = connection->framing.keep_alive && !io->draining && !connection->ended;
    exchange_identify(io, exchange);
    if (connection->listener == LISTENER_METRICS)
        return answer_metrics(connection);
    pool = dispatch_begin(io->options->app, req);
    if (pool != POOL_NONE)
        return hand_over(connection, pool);
    exchange->answered = true;
    if (answer_wants_gzip(exchange, io->options->app->gzip))
        return hand_over(connection, POOL_DEFAULT);
    return send_reply(connection);
}

/* ---- bodies ---- */

/*
 * Counts the memory of the body. False when the client would hold more than is left for others. So one client gets at
 * most half of BODIES_MAX, and two get a third each. The first BODY_UNCOUNTED bytes of each body are not counted:
 * however many clients fill the memory, a small body always finds room.
 */
static bool reserve_body(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    struct io *io = connection->io;
    size_t size = connection->body.size;
    size_t added = size <= BODY_UNCOUNTED ? 0 : size - BODY_UNCOUNTED - exchange->body_reserved;

    if (added == 0)
        return true;
    if (exchange->body_reserved == 0)
        exchange->client = io_client(io, exchange->req.client);
    io->bodies += added;
    io->bodies_of[exchange->client] += added;
    exchange->body_reserved += added;
    return io->bodies + io->bodies_of[exchange->client] <= BODIES_MAX;
}

/* Consumes body bytes. OK: the request is complete. ERR_AGAIN: more is needed. */
static enum err take_body(struct connection *connection, const char *data, size_t len, size_t *used)
{
    struct framing *framing = &connection->framing;
    enum err err;

    if (framing->chunked) {
        err = chunked_feed(&connection->chunked, data, len, used, &connection->body);
    } else {
        *used = len < framing->length ? len : (size_t)framing->length;
        buffer_add(&connection->body, data, *used);
        framing->length -= *used;
        err = framing->length > 0 ? ERR_AGAIN : OK;
    }
    if (connection->body.failed)
        return ERR_MEMORY;
    if ((!err || err == ERR_AGAIN) && !reserve_body(connection))
        return ERR_BUSY;
    return err;
}

/* Decides from the head whether the body is accepted. */
static enum err admit_body(struct connection *connection)
{
    struct request *req = &connection->exchange->req;
    size_t max = body_limits_usual.bytes;
    enum err err =
        connection->listener == LISTENER_METRICS ? OK : dispatch_admit(connection->io->options->app, req, &max);

    connection->body = buffer_make(req->arena, max);
    if (!err && !connection->framing.chunked && connection->framing.length > max)
        err = ERR_BODY_TOO_LARGE;
    return err;
}

/* Sends 100 Continue to a client that waits for it. */
static enum step invite_body(struct connection *connection)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

    if (send(connection->descriptor, text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof text - 1)
        return STEP_NEXT;
    return connection_close(connection); /* a peer that does not accept these few bytes is not reading */
}

/* ---- bytes ---- */

/* Handles a complete head of `len` bytes; `more`: further bytes follow it. */
static enum step take_head(struct connection *connection, const char *data, size_t len, bool more)
{
    struct exchange *exchange = exchange_create(connection, len);
    char *head = exchange ? talloc_memdup(exchange->req.arena, data, len) : NULL;
    struct framing *framing = &connection->framing;
    enum err err;

    if (!head)
        return connection_close(connection);
    err = head_parse(&exchange->req, head, len, framing);
    if (err)
        return send_refusal(connection, err, false);
    if (!framing->chunked && framing->length == 0) {
        connection->body = buffer_make(exchange->req.arena, 0);
        return dispatch(connection);
    }
    err = admit_body(connection);
    if (err)
        return send_refusal(connection, err, false);
    connection->chunked = (struct chunked){0};
    connection->state = STATE_BODY;
    return framing->expects_continue && !more ? invite_body(connection) : STEP_NEXT;
}

/* Consumes a part of `data`. STEP_NEXT with nothing consumed: more bytes are needed. */
static enum step take_some(struct connection *connection, const char *data, size_t len, size_t *used)
{
    enum err err;

    *used = 0;
    if (connection->state == STATE_BODY) {
        err = take_body(connection, data, len, used);
        if (err == ERR_AGAIN)
            return STEP_NEXT;
        return err ? send_refusal(connection, err, false) : dispatch(connection);
    }
    if (connection->scan.at == 0 && data[0] == '\r') { /* some clients send one extra line end after a body */
        if (len >= 2 && data[1] != '\n')
            return send_refusal(connection, ERR_HEAD_MALFORMED, false);
        *used = len >= 2 ? 2 : 0;
        return STEP_NEXT;
    }
    err = head_scan(&connection->scan, data, len);
    if (err == ERR_AGAIN)
        return STEP_NEXT;
    if (err)
        return send_refusal(connection, err, false);
    *used = connection->scan.at;
    return take_head(connection, data, *used, *used < len);
}

/* Keeps `len` bytes at `data`, which may lie within connection->held. */
static bool hold(struct connection *connection, const char *data, size_t len)
{
    if (connection->held_size < len) {
        size_t size = HELD_LEAST;
        char *grown;
        while (size < len)
            size *= 2;
        grown = talloc_realloc_size(connection, connection->held,
                                    size); /* `data` is not within connection->held: it would fit */
        if (!grown)
            return false;
        connection->held = grown;
        connection->held_size = size;
    }
    memmove(connection->held, data, len);
    connection->held_len = len;
    return true;
}

static void drop_held(struct connection *connection)
{
    TALLOC_FREE(connection->held);
    connection->held_len = connection->held_size = 0;
}

/* Sets the deadline and the watched events for the connection's state. `fresh`: the kept bytes begin a new request. */
static enum step settle(struct connection *connection, bool fresh)
{
    if (connection->state == STATE_ANSWER) {
        connection_watch(connection, connection->ended || connection->held_len >= HELD_WHILE_BUSY_MAX ? 0 : EV_READ);
        return STEP_WAIT;
    }
    if (connection->state == STATE_WRITE)
        return STEP_WAIT;
    if (connection->ended) /* the peer will not complete another request */
        return connection_close(connection);
    if (connection->served > 0 && !connection_begun(connection)) {
        if (connection->io->draining)
            return connection_close(connection);
        connection_wait(connection, WAIT_IDLE);
    } else if (fresh || connection->waiting != WAIT_REQUEST) {
        connection_wait(connection, WAIT_REQUEST);
    }
    connection_watch(connection, connection->paused ? 0 : EV_READ);
    return STEP_NEXT;
}

/* Handles received bytes, which may be connection->held, and keeps the rest. */
static enum step take_all(struct connection *connection, const char *data, size_t len)
{
    unsigned served = connection->served;
    enum step step = STEP_NEXT;

    while (step == STEP_NEXT && len > 0 && !connection->paused) {
        size_t used;
        step = take_some(connection, data, len, &used);
        if (step == STEP_GONE)
            return STEP_GONE;
        if (used == 0)
            break;
        data += used;
        len -= used;
    }
    if (len == 0)
        drop_held(connection);
    else if (!hold(connection, data, len))
        return connection_close(connection);
    return settle(connection, connection->served != served);
}

enum step receive_held(struct connection *connection)
{
    return take_all(connection, connection->held, connection->held_len);
}

/* ---- the socket ---- */

static bool append_held(struct connection *connection, const char *data, size_t len)
{
    size_t size = connection->held_size > 0 ? connection->held_size : HELD_LEAST;
    char *grown;

    while (size < connection->held_len + len)
        size *= 2;
    if (size > connection->held_size) {
        grown = talloc_realloc_size(connection, connection->held, size);
        if (!grown)
            return false;
        connection->held = grown;
        connection->held_size = size;
    }
    memcpy(connection->held + connection->held_len, data, len);
    connection->held_len += len;
    return true;
}

/* Notes that the peer has shut down sending. It may still read, so a complete request is still answered. */
static enum step note_end(struct connection *connection)
{
    connection->ended = true;
    if (connection->state != STATE_ANSWER)
        return connection_close(connection);
    connection_watch(connection, 0);
    return STEP_WAIT;
}

enum step receive(struct connection *connection)
{
    char *data = connection->io->scratch;
    ssize_t len = recv(connection->descriptor, data, IO_SCRATCH, MSG_DONTWAIT);

    if (len < 0)
        return errno == EAGAIN || errno == EINTR ? STEP_WAIT : connection_close(connection);
    if (len == 0)
        return note_end(connection);
    if (connection->state == STATE_LINGER)
        return STEP_WAIT;
    if (connection->state != STATE_ANSWER && connection->held_len == 0)
        return take_all(connection, data, (size_t)len);
    if (!append_held(connection, data, (size_t)len))
        return connection_close(connection);
    if (connection->state == STATE_ANSWER)
        return settle(connection, false);
    return receive_held(connection);
}
