/* Makes, reports and frees exchanges on the I/O thread. */
#include "http/exchange.h"

#include <string.h>
#include <talloc.h>

#include "base/platform.h"
#include "http/access_log.h"
#include "http/client_address.h"
#include "http/connection_state.h"

enum { ARENA_POOL = 4 << 10, TRIM_LEAST = 512 << 10 };

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
    req->cors = connection->io->options->app->cors;
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

unsigned io_client(const struct io *io, const char *client)
{
    uint64_t mixed = (client_share(client) ^ io->salt) * UINT64_C(0x9e3779b97f4a7c15);

    return (unsigned)(mixed >> (64 - IO_CLIENT_BITS));
}
