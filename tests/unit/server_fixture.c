/*
 * A small application on the real server, for the tests of the request parser: no database, handlers that do what the
 * tests need. Its arguments are limits, as NAME=NUMBER; it prints its two addresses on the first line.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <time.h>

#include "base/json.h"
#include "http/metrics.h"
#include "http/server.h"

/* ---- a database that can be switched off: the linker puts these in place of the real ones ---- */

static atomic_bool database_is_down;
static atomic_uint connects, losses;
static _Thread_local unsigned connection_of; /* 1 + the number of losses when it was made; each worker has one */

enum err __wrap_db_connect(struct db *db, struct error *error);
bool __wrap_db_connected(const struct db *db);
bool __wrap_db_alive(struct db *db);
void __wrap_db_close(struct db *db);

enum err __wrap_db_connect(struct db *db, struct error *error)
{
    (void)db;
    if (atomic_load(&database_is_down))
        return error_set(error, ERR_UNAVAILABLE, "the database of the fixture is down");
    (void)atomic_fetch_add(&connects, 1);
    connection_of = 1 + atomic_load(&losses);
    return OK;
}

bool __wrap_db_connected(const struct db *db)
{
    return db && connection_of > 0;
}

bool __wrap_db_alive(struct db *db)
{
    return db && connection_of == 1 + atomic_load(&losses);
}

void __wrap_db_close(struct db *db)
{
    (void)db;
    connection_of = 0;
}

/* ---- handlers ---- */

static enum err answer_health(struct request *req)
{
    return reply_json(req, 200, "{\"status\":\"ok\"}");
}

/* Reports the request. */
static enum err answer_echo(struct request *req)
{
    struct buffer out = buffer_make(req->arena, 64 << 20);

    json_open(&out, '{');
    json_key(&out, "method");
    json_text(&out, method_name(req->method));
    json_key(&out, "path");
    json_text(&out, req->path);
    json_key(&out, "query");
    json_text(&out, req->query);
    json_key(&out, "id");
    json_text(&out, req->id);
    json_key(&out, "cookie");
    json_text(&out, req->cookie);
    json_key(&out, "length");
    json_int(&out, (int64_t)req->body_len);
    json_key(&out, "body");
    json_text_n(&out, req->body, req->body_len < 100 ? req->body_len : 100);
    json_close(&out, '}');
    return reply_buffer(req, 200, &out);
}

static long number_of(struct request *req, const char *name, long otherwise)
{
    const char *text = query_value(req, name);

    return text ? strtol(text, NULL, 10) : otherwise;
}

/* Takes ?ms= milliseconds, regardless of the deadline, like a stuck worker. */
static enum err answer_slow(struct request *req)
{
    long ms = number_of(req, "ms", 100);
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    (void)nanosleep(&time, NULL);
    return reply_json(req, 200, "{\"slow\":true}");
}

/* ?bytes= of text that compresses well. */
static enum err answer_big(struct request *req)
{
    size_t bytes = (size_t)number_of(req, "bytes", 5000);
    char *text = talloc_size(req->arena, bytes + 3);

    if (!text)
        return ERR_MEMORY;
    text[0] = '"';
    for (size_t done = 0; done < bytes; done += 8)
        memcpy(text + 1 + done, "abcdefgh", bytes - done < 8 ? bytes - done : 8);
    text[bytes + 1] = '"';
    text[bytes + 2] = '\0';
    return reply_json(req, 200, text);
}

static enum err answer_split(struct request *req)
{
    enum err code = reply_header(req, "Location", "/x\r\nSet-Cookie: stolen=1");

    return code == OK ? reply_json(req, 200, "{}") : code;
}

/* Fails after the answer is complete, like a commit. */
static enum err answer_too_late(struct request *req)
{
    enum err code = reply_header(req, "X-Plain", "stays");

    if (code == OK)
        code = reply_header_of_success(req, "Set-Cookie", "token=1");
    if (code == OK)
        code = reply_expose(req, "X-Plain");
    if (code == OK)
        code = reply_expose(req, "Set-Cookie");
    if (code == OK)
        code = reply_json(req, 200, "{}");
    return code == OK && number_of(req, "fails", 1) ? ERR_UNCERTAIN : code;
}

/* Reports, while running inline, that it needs the database. */
static enum err answer_again(struct request *req)
{
    return req->db ? reply_json(req, 200, "{\"worker\":true}") : ERR_AGAIN;
}

static enum err answer_failure(struct request *req)
{
    return error_set(&req->error, ERR_INTERNAL, "the fixture was asked to fail");
}

static enum err answer_database(struct request *req)
{
    bool down = number_of(req, "down", 0) != 0;

    if (down)
        (void)atomic_fetch_add(&losses, 1);
    atomic_store(&database_is_down, down);
    return reply_json(req, 200, "{}");
}

/* The form of a reply without body. */
static enum err answer_nothing(struct request *req)
{
    return reply_json(req, 204, "");
}

static const struct route routes[] = {
    {.method = METHOD_GET, .path = "/health", .flags = ROUTE_INLINE, .status = 200, .handle = answer_health},
    {.method = METHOD_HEAD, .path = "/health", .flags = ROUTE_INLINE, .status = 200, .handle = answer_health},
    {.method = METHOD_GET, .path = "/inline/{value}", .flags = ROUTE_INLINE, .status = 200, .handle = answer_echo},
    {.method = METHOD_GET, .path = "/inline-big", .flags = ROUTE_INLINE, .status = 200, .handle = answer_big},
    {.method = METHOD_GET, .path = "/", .status = 200, .handle = answer_echo},
    {.method = METHOD_GET, .path = "/echo", .status = 200, .handle = answer_echo},
    {.method = METHOD_POST, .path = "/echo", .limits = &body_limits_texts, .status = 200, .handle = answer_echo},
    {.method = METHOD_POST, .path = "/auth/echo", .status = 200, .handle = answer_echo},
    {.method = METHOD_POST, .path = "/usual", .status = 200, .handle = answer_echo},
    {.method = METHOD_PUT, .path = "/echo", .status = 200, .handle = answer_echo},
    {.method = METHOD_PATCH, .path = "/echo", .status = 200, .handle = answer_echo},
    {.method = METHOD_DELETE, .path = "/echo", .status = 200, .handle = answer_echo},
    {.method = METHOD_HEAD, .path = "/echo", .status = 200, .handle = answer_echo},
    {.method = METHOD_OPTIONS, .path = "/echo", .status = 200, .handle = answer_echo},
    {.method = METHOD_GET, .path = "/slow", .status = 200, .handle = answer_slow},
    {.method = METHOD_GET, .path = "/slow-pool", .flags = ROUTE_SLOW, .status = 200, .handle = answer_slow},
    {.method = METHOD_GET, .path = "/big", .status = 200, .handle = answer_big},
    {.method = METHOD_GET, .path = "/split", .status = 200, .handle = answer_split},
    {.method = METHOD_GET, .path = "/too-late", .status = 200, .handle = answer_too_late},
    {.method = METHOD_GET, .path = "/again", .flags = ROUTE_INLINE, .status = 200, .handle = answer_again},
    {.method = METHOD_GET, .path = "/failure", .status = 200, .handle = answer_failure},
    {.method = METHOD_GET, .path = "/nothing", .status = 204, .handle = answer_nothing},
    {.method = METHOD_POST, .path = "/database", .flags = ROUTE_INLINE, .status = 200, .handle = answer_database},
    {0},
};

static const struct route_group group[] = {{.routes = routes}, {0}};

static const struct path_prefix callers[] = {{"/auth", CALLER_NONE}, {NULL}};

static enum err know_everybody(struct request *req, enum caller_kind wanted)
{
    (void)wanted;
    req->authenticated = true;
    return OK;
}

static bool has_scope(const struct request *req)
{
    (void)req;
    return true;
}

static double read_connects(void *context)
{
    (void)context;
    return atomic_load(&connects);
}

/* ---- the program ---- */

static struct server *running;

static void on_signal(int number)
{
    (void)number;
    server_stop(running);
}

static bool set_limit(struct server_options *options, const char *argument)
{
    const struct {
        const char *name;
        unsigned *value;
    } limits[] = {
        {"workers=", &options->workers},
        {"slow_workers=", &options->slow_workers},
        {"outbound_workers=", &options->outbound_workers},
        {"queue=", &options->queue},
        {"connections=", &options->connections},
        {"connections_per_address=", &options->connections_per_address},
        {"read_timeout=", &options->read_timeout},
        {"idle_timeout=", &options->idle_timeout},
        {"request_timeout=", &options->request_timeout},
        {"drain_timeout=", &options->drain_timeout},
    };

    if (strncmp(argument, "listen=", 7) == 0) {
        options->listen = argument + 7;
        return true;
    }
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        size_t len = strlen(limits[i].name);
        if (strncmp(argument, limits[i].name, len) == 0) {
            *limits[i].value = (unsigned)strtoul(argument + len, NULL, 10);
            return true;
        }
    }
    return false;
}

static int fail(const struct error *error)
{
    (void)fprintf(stderr, "%s\n", error->cause);
    return 3;
}

int main(int argc, char **argv)
{
    void *arena = talloc_new(NULL);
    struct config config = {.license = "oss", .web_url = "http://localhost:3000"};
    struct application app = {.config = &config,
                              .groups = {group},
                              .callers = callers,
                              .gzip = true,
                              .authenticate_cached = know_everybody,
                              .authenticate = know_everybody,
                              .has_scope = has_scope};
    struct server_options options = {
        .listen = "127.0.0.1:0",
        .metrics_listen = "127.0.0.1:0",
        .workers = 2,
        .slow_workers = 1,
        .outbound_workers = 1,
        .queue = 64,
        .connections = 4096,
        .read_timeout = 5,
        .idle_timeout = 30,
        .request_timeout = 5,
        .drain_timeout = 3,
        .db = {.uri = "postgresql://", .name = "fixture", .connect_ms = 1000, .statement_ms = 1000},
        .app = &app,
    };
    struct error error = {0};
    enum err code;

    for (int i = 1; i < argc; i++)
        if (!set_limit(&options, argv[i]))
            return 2;
    metrics_register(METRIC_COUNTER, "fixture_connects_total", NULL, "Connections to no database.", read_connects,
                     NULL);
    if (server_create(arena, &options, &running, &error) != OK) {
        talloc_free(arena);
        return fail(&error);
    }
    (void)signal(SIGTERM, on_signal);
    (void)printf("%s %s\n", server_address(running), server_metrics_address(running));
    (void)fflush(stdout);
    code = server_run(running, &error);
    if (code != OK) /* a worker may be stuck, so nothing is freed */
        _Exit(fail(&error));
    talloc_free(arena);
    return 0;
}
