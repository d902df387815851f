/* Runs the HTTP server: one I/O thread that owns all connections, and workers behind bounded queues. */
#ifndef ORGD_HTTP_SERVER_H
#define ORGD_HTTP_SERVER_H

#include "base/error.h"
#include "db/db.h"
#include "http/http.h"

struct server_options {
    const char *listen;         /* "127.0.0.1:8000", "[::1]:8000", ":8000" for every address; port 0: a free port */
    const char *private_listen; /* the same, or NULL: private paths are served with the others */
    const char *metrics_listen; /* the same, or "off" */
    unsigned workers, slow_workers, outbound_workers; /* threads, each with a database connection */
    unsigned queue;                                   /* the most requests that wait in one queue; beyond, 503 */
    unsigned connections;                             /* the most at a time; beyond, 503 */
    unsigned connections_per_address;                 /* 0: no limit, as needed behind a reverse proxy */
    unsigned read_timeout;                            /* seconds from the first byte of a request to its last */
    unsigned idle_timeout;                            /* seconds between two requests of a connection */
    unsigned
        request_timeout;    /* seconds from the complete request to its answer, and from there to its last byte sent */
    unsigned drain_timeout; /* seconds to finish running requests after server_stop */
    struct db_options db;
    const struct application *app;
    /* The caller's id for the log, in the request's arena or static; returns NULL when unknown. May itself be NULL. */
    const char *(*user_of)(const struct request *req);
};

struct server;

/*
 * Binds the addresses; serves nothing yet. The server lives in `arena`. The texts and the application of `options` are
 * borrowed for the life of the server. ERR_USAGE for a malformed address, ERR_SYSTEM for one that cannot be bound;
 * `error` names the address and the reason.
 */
enum err server_create(void *arena, const struct server_options *options, struct server **server,
                       struct error *error) MUST_CHECK;

/* The bound addresses, "127.0.0.1:8000"; "" without that listener. They live as long as the server. */
const char *server_address(const struct server *server);
const char *server_private_address(const struct server *server);
const char *server_metrics_address(const struct server *server);

/*
 * Serves on the calling thread until server_stop, then finishes running requests within the drain timeout. OK when all
 * were finished. ERR_DEADLINE when a request was given up; a worker may still be blocked, so the program should exit
 * soon.
 */
enum err server_run(struct server *server, struct error *error) MUST_CHECK;

/* Makes server_run return. Callable from any thread and from signal handlers, also before server_run. */
void server_stop(struct server *server);

#endif
