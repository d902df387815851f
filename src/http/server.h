/* The HTTP server: one I/O thread that owns all connections, and workers behind bounded queues. */
#ifndef ORGD_HTTP_SERVER_H
#define ORGD_HTTP_SERVER_H

#include "base/error.h"
#include "db/db.h"
#include "http/http.h"

struct server_options {
    const char *listen;         /* "127.0.0.1:8000", "[::1]:8000", ":8000" for every address; port 0 takes a free one */
    const char *metrics_listen; /* the same, or "off" */
    unsigned workers, slow_workers, outbound_workers; /* threads, each with a database connection */
    unsigned queue;                   /* most requests waiting for the workers of one lane; beyond, 503 */
    unsigned connections;             /* most at once; beyond, 503 */
    unsigned connections_per_address; /* 0: no limit, as behind a reverse proxy */
    unsigned read_timeout;            /* seconds from the first byte of a request to its last */
    unsigned idle_timeout;            /* seconds between two requests of a connection */
    unsigned
        request_timeout;    /* seconds from the complete request to its answer, and from there to its last byte sent */
    unsigned drain_timeout; /* seconds to finish what is under way after server_stop */
    struct db_options db;
    const struct application *app;
    /* Who asked, for the log; in the request's arena or static. NULL: not known. May itself be NULL. */
    const char *(*user_of)(const struct request *req);
};

struct server;

/*
 * Binds the addresses and starts nothing else. The server lives in `arena`; the texts and the application that
 * `options` points at are borrowed for as long. ERR_USAGE for an address that is none, ERR_SYSTEM for one that cannot
 * be had: `error` names it and the reason.
 */
enum err server_create(void *arena, const struct server_options *options, struct server **server,
                       struct error *error) MUST_CHECK;

/* "127.0.0.1:8000", with the port that was got; the metrics address is "" when off. Live as long as the server. */
const char *server_address(const struct server *server);
const char *server_metrics_address(const struct server *server);

/*
 * Serves on the calling thread until server_stop, then finishes what is under way within the drain timeout. OK when all
 * of it was finished; ERR_DEADLINE when something was given up, a worker perhaps still being stuck: the program should
 * then exit soon.
 */
enum err server_run(struct server *server, struct error *error) MUST_CHECK;

/* Makes server_run return. For any thread and for signal handlers; also before server_run. */
void server_stop(struct server *server);

#endif
