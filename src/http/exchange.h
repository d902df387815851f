/* One request on its way through the threads, with the bytes of its answer. */
#ifndef ORGD_HTTP_EXCHANGE_H
#define ORGD_HTTP_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "http/http.h"

struct connection;

/*
 * Allocated in its own arena, req.arena, which belongs to one thread at a time: the I/O thread, then the worker between
 * lanes_push and lanes_take, then the I/O thread again. While a worker has it, the I/O thread reads only what it wrote
 * before and no worker writes: the head values of the request, `route` and `connection`, and it may set `abandoned`.
 */
struct exchange {
    struct request req;
    struct connection *connection; /* of the I/O thread only; NULL once nobody waits for the answer */
    const struct route *route;     /* as matched on the I/O thread */
    struct exchange *next;         /* in the list it is in */
    uint64_t share;                /* whose share of the workers it takes */
    bool known;                    /* the caller was known when it began to wait */
    bool keep_alive;
    bool answered;         /* the reply is filled: only compressing is left to the worker */
    atomic_bool abandoned; /* a worker that has not begun need not begin */
    size_t body_reserved;  /* bytes counted against the bodies of all connections */
    char *head;            /* of the answer, complete */
    size_t head_len;
    const char *body; /* as sent: compressed, empty for HEAD */
    size_t body_len;
};

#endif
