/* What the files that make up a connection share: its state, and the steps between them. */
#ifndef ORGD_HTTP_CONNECTION_STATE_H
#define ORGD_HTTP_CONNECTION_STATE_H

#include <event2/event_struct.h>
#include <netinet/in.h>

#include "http/chunked.h"
#include "http/connection.h"
#include "http/request_parser.h"

enum state {
    STATE_HEAD, /* between requests, or some bytes of a head are held */
    STATE_BODY,
    STATE_ANSWER, /* a worker has the request */
    STATE_WRITE,  /* the socket took only a part of the answer */
    STATE_LINGER, /* answered and half closed; what still comes is thrown away, so that the answer is not */
};

enum { STATUS_CLIENT_GONE = 499 }; /* in log and metrics only */

struct connection {
    struct io *io;
    struct event event;
    int descriptor;
    enum state state;
    enum waiting waiting;
    struct connection *before, *after; /* in the list of what it waits for */
    int64_t deadline_us;
    struct address *address;
    struct exchange *exchange; /* under way */
    char *held;                /* bytes received and not used yet */
    size_t held_len, held_size;
    struct head_scan scan;
    struct framing framing;
    struct chunked chunked;
    struct buffer body;
    size_t sent; /* of the answer */
    bool internal, refused;
    unsigned served; /* answers sent on it */
    short watched;   /* EV_READ, EV_WRITE or 0 */
    bool paused;     /* not read before the next tick */
    bool ended;      /* the peer sends no more */
    bool linger;     /* there may be bytes we did not read */
    char peer[INET6_ADDRSTRLEN];
};

/* What a function left behind. */
enum step {
    STEP_NEXT, /* the connection takes more bytes */
    STEP_WAIT, /* it takes none before something else happens */
    STEP_GONE, /* it is freed, or about to be: do not touch it */
};

/* connection.c */
/* Whether a part of a request has come. */
bool connection_begun(const struct connection *connection);
void connection_wait(struct connection *connection, enum waiting waiting);
/* Which readiness (EV_READ, EV_WRITE or 0) is listened for. */
void connection_watch(struct connection *connection, short what);
enum step connection_close(struct connection *connection);
/* Half closes, and closes fully when the peer did or after a moment. */
enum step connection_linger(struct connection *connection);
/* Detaches the exchange, if there is one; whoever has it frees it. */
void connection_give_up(struct connection *connection);

/* sending.c: all work on connection->exchange, and STEP_NEXT says that its answer is out and it is gone. */
/* A new exchange without request. NULL without memory. */
struct exchange *exchange_create(struct connection *connection, size_t head_len);
void exchange_free(struct io *io, struct exchange *exchange);
void exchange_identify(struct io *io, struct exchange *exchange);
/* One log line and the counts. */
void exchange_report(struct io *io, const struct exchange *exchange, int status, size_t bytes);
/* Sends what answer_build made. */
enum step send_begin(struct connection *connection);
enum step send_more(struct connection *connection);
/* Builds and sends the answer from the filled reply. */
enum step send_reply(struct connection *connection);
/* Answers with the row of `code`; creates the exchange when there is none. Without `keep_alive` the connection closes.
 */
enum step send_refusal(struct connection *connection, enum err code, bool keep_alive);

/* receiving.c */
/* Reads what is there and acts on it. */
enum step receive(struct connection *connection);
/* Goes on with the bytes that are held, once an answer is out. */
enum step receive_held(struct connection *connection);

#endif
