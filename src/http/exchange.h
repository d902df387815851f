/* Defines an exchange: one request on its way through the threads, with the bytes of its answer. */
#ifndef ORGD_HTTP_EXCHANGE_H
#define ORGD_HTTP_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "http/http.h"

struct connection;

/*
 * Allocated in its own arena, req.arena. One thread owns it at a time: the I/O thread, then the worker between
 * worker_pools_push and worker_pools_take, then the I/O thread again. While a worker owns it, the I/O thread reads only
 * fields that it wrote before and that workers do not write: the values of the request's head, `route` and
 * `connection`. It may set `abandoned`.
 */
struct exchange {
    struct request req;
    struct connection
        *connection;           /* used by the I/O thread only; NULL once the client no longer waits for the answer */
    const struct route *route; /* as matched by the I/O thread */
    struct exchange *next;     /* next element of its list */
    uint64_t share;            /* the caller whose share of the workers it counts against */
    bool known;                /* the caller was authenticated before the request was queued */
    bool keep_alive;
    bool answered;         /* the reply is filled: the worker only has to compress it */
    atomic_bool abandoned; /* the client is gone: a worker may skip the request */
    size_t body_reserved;  /* bytes counted towards the limits of request bodies */
    unsigned client;       /* index of the client in the tables of the I/O thread, set with the first of these bytes */
    char *head;            /* of the answer, complete */
    size_t head_len;
    const char *body; /* as sent: maybe compressed; empty for HEAD */
    size_t body_len;
};

#endif
