/* The state of a connection, and the steps shared by the files that implement it. */
#ifndef ORGD_HTTP_CONNECTION_STATE_H
#define ORGD_HTTP_CONNECTION_STATE_H

#include <event2/event_struct.h>
#include <netinet/in.h>

#include "http/chunked.h"
#include "http/connection.h"
#include "http/request_parser.h"

enum state {
    STATE_HEAD, /* between requests, or part of a head has been read */
    STATE_BODY,
    STATE_ANSWER, /* a worker has the request */
    STATE_WRITE,  /* the socket accepted only a part of the answer */
    STATE_LINGER, /* answered and half closed; further input is discarded, so that the peer receives the answer before a
                     reset */
};

enum { STATUS_CLIENT_GONE = 499 }; /* used in log and metrics only */

struct connection {
    struct io *io;
    struct event event;
    event_callback_fn on_event; /* called when a watched event occurs */
    int descriptor;
    enum state state;
    enum waiting waiting;
    struct connection *before, *after; /* in the list of connections that wait for the same event */
    int64_t deadline_us;
    struct address *address;
    struct exchange *exchange; /* the current request; NULL between requests */
    char *held;                /* bytes received and not yet consumed */
    size_t held_len, held_size;
    struct head_scan scan;
    struct framing framing;
    struct chunked chunked;
    struct buffer body;
    size_t sent; /* bytes sent of the answer */
    enum listener_kind listener;
    bool refused;
    unsigned served; /* answers sent on this connection */
    short watched;   /* EV_READ, EV_WRITE or 0 */
    bool paused;     /* not read until the next tick */
    bool ended;      /* the peer has shut down sending */
    bool linger;     /* the socket may hold unread bytes */
    char peer[INET6_ADDRSTRLEN];
};

/* The outcome of a step. */
enum step {
    STEP_NEXT, /* the connection can handle more bytes */
    STEP_WAIT, /* the connection waits for an event */
    STEP_GONE, /* the connection is freed, or about to be: do not touch it */
};

/*
 * The files below use those before them only: exchange.c, connection_state.c, connection_write.c, connection_read.c,
 * connection.c.
 */

/* ---- exchange.c ---- */

/* The index of a client in the tables of the I/O thread. Different clients may have the same one. */
unsigned io_client(const struct io *io, const char *client);
/* Creates an exchange without a request. NULL without memory. */
struct exchange *exchange_create(struct connection *connection, size_t head_len);
void exchange_free(struct io *io, struct exchange *exchange);
void exchange_identify(struct io *io, struct exchange *exchange);
/* Writes the log line of the exchange and counts it in the metrics. */
void exchange_report(struct io *io, const struct exchange *exchange, int status, size_t bytes);

/* ---- connection_state.c ---- */
/* Whether part of a request has been received. */
bool connection_begun(const struct connection *connection);
/* Enters a new connection into a list of waiting ones. */
void connection_wait_first(struct connection *connection, enum waiting waiting);
/* Moves it to another list, with a new deadline. */
void connection_wait(struct connection *connection, enum waiting waiting);
/* Sets the watched events: EV_READ, EV_WRITE or 0. */
void connection_watch(struct connection *connection, short what);
/* The counter of the I/O thread that it belongs to: of clients, of the refused, or of internal connections. */
unsigned *connection_counter(const struct connection *connection);
enum step connection_close(struct connection *connection);
/* Half closes the connection. It is closed fully when the peer closes, or after a timeout. */
enum step connection_linger(struct connection *connection);
/* Detaches the exchange, if any. Its current owner frees it. */
void connection_give_up(struct connection *connection);

/* ---- connection_write.c: all functions work on connection->exchange; STEP_NEXT: its answer is sent and it is freed
 * ---- */

/* Sends the answer that answer_build has written. */
enum step send_begin(struct connection *connection);
enum step send_more(struct connection *connection);
/* Builds and sends the answer of the filled reply. */
enum step send_reply(struct connection *connection);
/* Answers with the error row of `err`. Creates the exchange if there is none. Without `keep_alive` the connection
 * closes afterwards. */
enum step send_refusal(struct connection *connection, enum err err, bool keep_alive);

/* ---- connection_read.c ---- */
/* Reads and handles the available bytes. */
enum step receive(struct connection *connection);
/* Continues with the kept bytes after an answer was sent. */
enum step receive_held(struct connection *connection);

#endif
