/* Runs the HTTP server: its listeners, its event loop, its shutdown. */
#include "http/server.h"

#include <errno.h>
#include <event2/event.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "base/platform.h"
#include "http/connection.h"
#include "http/listener.h"

enum {
    TICK_US = 100000,          /* interval for checking deadlines and writing the log */
    ACCEPTS_AT_ONCE = 64,      /* connections accepted before others get their turn */
    SPARE_DESCRIPTORS = 64,    /* for the database, the log and the listeners */
    WORKERS_GRACE_US = 500000, /* time for workers to stop after the drain timeout */
    SECOND_US = 1000000,
    MMAP_LEAST = 256 << 10,
};

/* The value that server_stop adds to the eventfd. Each worker adds 1. */
#define STOP (UINT64_C(1) << 32)

struct listener {
    struct server *server;
    int descriptor; /* -1: none */
    struct event *event;
    enum listener_kind kind;
    bool paused;
    char name[LISTENER_NAME_SIZE];
};

struct server {
    struct server_options options;
    struct listener listeners[LISTENER_KINDS];
    struct io io;
    struct event *tick, *wake;
    int wake_descriptor; /* eventfd: a worker has finished a request, or the server is to stop */
    int64_t drain_deadline_us;
    bool gave_up;
    bool stopping;
};

/* ---- listening ---- */

static void on_accept(evutil_socket_t descriptor, short what, void *context)
{
    struct listener *listener = context;

    (void)what;
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage peer;
        socklen_t len = sizeof peer;
        int accepted = accept4(descriptor, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0) {
            connection_open(&listener->server->io, accepted, (struct sockaddr *)&peer, listener->kind);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            (void)event_del(listener->event); /* the socket stays readable: pause instead of spinning */
            listener->paused = true;
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

static enum err listener_start(struct server *server, struct listener *listener)
{
    if (listener->descriptor < 0)
        return OK;
    listener->event = event_new(server->io.base, listener->descriptor, EV_READ | EV_PERSIST, on_accept, listener);
    return listener->event && event_add(listener->event, NULL) == 0 ? OK : ERR_MEMORY;
}

static void listener_resume(struct listener *listener)
{
    if (listener->paused && event_add(listener->event, NULL) == 0)
        listener->paused = false;
}

static void listener_close(struct listener *listener)
{
    if (listener->event)
        event_free(listener->event);
    listener->event = NULL;
    if (listener->descriptor >= 0)
        (void)close(listener->descriptor);
    listener->descriptor = -1;
    listener->paused = false;
}

/* ---- the event loop ---- */

static bool is_drained(const struct io *io)
{
    return io->connections == 0 && io->refused == 0 && io->internal == 0;
}

static void begin_drain(struct server *server)
{
    for (int i = 0; i < LISTENER_KINDS; i++)
        listener_close(&server->listeners[i]);
    server->drain_deadline_us = platform.monotonic_us() + (int64_t)server->options.drain_timeout * SECOND_US;
    connections_drain(&server->io);
}

static void check_drain(struct server *server)
{
    struct io *io = &server->io;

    if (!server->stopping)
        return;
    if (!io->draining)
        begin_drain(server);
    if (!is_drained(io) && platform.monotonic_us() < server->drain_deadline_us)
        return;
    server->gave_up = io->connections > 0;
    (void)event_base_loopbreak(io->base);
}

static void on_wake(evutil_socket_t descriptor, short what, void *context)
{
    struct server *server = context;
    struct exchange *exchange;
    uint64_t count;

    (void)what;
    if (read(descriptor, &count, sizeof count) < 0) /* read before the exchanges are taken: later ones signal again */
        return;
    if (count >= STOP)
        server->stopping = true;
    exchange = worker_pools_take(server->io.pools);
    while (exchange) {
        struct exchange *next = exchange->next;
        connection_answered(&server->io, exchange);
        exchange = next;
    }
    check_drain(server);
}

/* Returns freed memory to the system. A parsed big body consists of small blocks that the allocator would keep. */
static void give_memory_back(struct io *io)
{
    if (io->trim)
        (void)malloc_trim(0);
    io->trim = false;
}

static void on_tick(evutil_socket_t descriptor, short what, void *context)
{
    struct server *server = context;

    (void)descriptor;
    (void)what;
    connections_expire(&server->io);
    connections_resume(&server->io);
    give_memory_back(&server->io);
    for (int i = 0; i < LISTENER_KINDS; i++)
        listener_resume(&server->listeners[i]);
    log_flush();
    check_drain(server);
}

/* ---- setup ---- */

/* Raises the soft limit of descriptors, often far below the hard one. Each connection needs a descriptor. */
static void raise_descriptor_limit(struct server_options *options)
{
    rlim_t wanted = (rlim_t)options->connections + IO_REFUSED_MAX + IO_INTERNAL_MAX + SPARE_DESCRIPTORS +
                    4 * ((rlim_t)options->workers + options->slow_workers + options->outbound_workers);
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= wanted)
        return;
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= wanted)
        limit.rlim_cur = wanted;
    else
        limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        log_message(LOG_WARNING,
                    "the limit of open files is %llu: fewer than the %u connections asked for can be served",
                    (unsigned long long)limit.rlim_cur, options->connections);
}

static int server_free(struct server *server)
{
    struct io *io = &server->io;

    for (int i = 0; i < LISTENER_KINDS; i++)
        listener_close(&server->listeners[i]);
    if (server->tick)
        event_free(server->tick);
    if (server->wake)
        event_free(server->wake);
    if (io->pools && !worker_pools_stop(io->pools, platform.monotonic_us() + WORKERS_GRACE_US))
        server->wake_descriptor = -1; /* a blocked worker may still write to it */
    if (server->wake_descriptor >= 0)
        (void)close(server->wake_descriptor);
    if (io->base)
        event_base_free(io->base);
    return 0;
}

static double read_connections(void *context)
{
    return ((const struct io *)context)->connections;
}

/* The base is used by one thread and woken through descriptors, so it needs no locks. */
static struct event_base *make_base(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (config && event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
        base = event_base_new_with_config(config);
    if (config)
        event_config_free(config);
    return base;
}

static void set_durations(struct server *server)
{
    const struct server_options *options = &server->options;
    struct waiting_list *waiting = server->io.waiting;

    waiting[WAIT_REQUEST].duration_us = (int64_t)options->read_timeout * SECOND_US;
    waiting[WAIT_IDLE].duration_us = (int64_t)options->idle_timeout * SECOND_US;
    waiting[WAIT_ANSWER].duration_us = (int64_t)options->request_timeout * SECOND_US;
    waiting[WAIT_WRITE].duration_us = (int64_t)options->request_timeout * SECOND_US;
    waiting[WAIT_LINGER].duration_us = IO_LINGER_US;
}

static enum err make_io(struct server *server, struct error *error)
{
    const struct server_options *options = &server->options;
    struct worker_pools_options pools = {.workers = options->workers,
                                         .slow_workers = options->slow_workers,
                                         .outbound_workers = options->outbound_workers,
                                         .queue = options->queue,
                                         .db = options->db,
                                         .app = options->app,
                                         .wake = server->wake_descriptor};
    struct io *io = &server->io;
    struct uuid random = uuid_v4();

    io->arena = server;
    io->options = &server->options;
    io->base = make_base();
    io->metrics = metrics_create(server);
    io->addresses = addresses_create(server);
    io->scratch = talloc_array(server, char, IO_SCRATCH);
    for (size_t i = 0; i < 8; i++)
        (void)snprintf(io->id_prefix + 2 * i, 3, "%02x", random.bytes[8 + i]);
    platform.random_bytes((unsigned char *)&io->salt, sizeof io->salt);
    set_durations(server);
    if (server->wake_descriptor < 0)
        return error_set(error, ERR_SYSTEM, "cannot set up the server: %s", strerror(errno));
    if (!io->base || !io->metrics || !io->addresses || !io->scratch)
        return error_set(error, ERR_MEMORY, "cannot set up the server: out of memory");
    io->pools = worker_pools_create(&pools, error);
    return io->pools ? OK : error->code;
}

static enum err bind_listeners(struct server *server, struct error *error)
{
    const struct server_options *options = &server->options;
    const char *addresses[LISTENER_KINDS] = {[LISTENER_PUBLIC] = options->listen,
                                             [LISTENER_PRIVATE] = options->private_listen,
                                             [LISTENER_METRICS] = options->metrics_listen};
    enum err err = OK;

    for (int i = 0; i < LISTENER_KINDS && !err; i++) {
        struct listener *listener = &server->listeners[i];

        if (addresses[i] && strcmp(addresses[i], "off") != 0)
            err = listener_open(addresses[i], &listener->descriptor, listener->name, error);
    }
    return err;
}

static bool options_are_sound(const struct server_options *options)
{
    return options->workers > 0 && options->slow_workers > 0 && options->outbound_workers > 0 && options->queue > 0 &&
           options->connections > 0 && options->read_timeout > 0 && options->idle_timeout > 0 &&
           options->request_timeout > 0;
}

enum err server_create(void *arena, const struct server_options *options, struct server **server, struct error *error)
{
    struct server *made;
    enum err err;

    if (!options_are_sound(options))
        return error_set(
            error, ERR_USAGE,
            "the server needs at least one worker of each kind, room for one queued request, one connection, "
            "and timeouts of at least a second");
    made = talloc_zero(arena, struct server);
    if (!made)
        return error_set(error, ERR_MEMORY, "cannot set up the server: out of memory");
    made->options = *options;
    made->wake_descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    for (int i = 0; i < LISTENER_KINDS; i++)
        made->listeners[i] = (struct listener){.server = made, .descriptor = -1, .kind = (enum listener_kind)i};
    talloc_set_destructor(made, server_free);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)mallopt(
        M_MMAP_THRESHOLD,
        MMAP_LEAST); /* large blocks are returned when freed; glibc would otherwise raise the threshold itself */
    raise_descriptor_limit(&made->options);
    err = bind_listeners(made, error);
    if (!err)
        err = make_io(made, error);
    if (err) {
        talloc_free(made);
        return err;
    }
    *server = made;
    return OK;
}

const char *server_address(const struct server *server)
{
    return server->listeners[LISTENER_PUBLIC].name;
}

const char *server_private_address(const struct server *server)
{
    return server->listeners[LISTENER_PRIVATE].name;
}

const char *server_metrics_address(const struct server *server)
{
    return server->listeners[LISTENER_METRICS].name;
}

/* ---- running ---- */

static enum err start_loop(struct server *server)
{
    static const struct timeval tick = {.tv_usec = TICK_US};
    struct io *io = &server->io;

    server->wake = event_new(io->base, server->wake_descriptor, EV_READ | EV_PERSIST, on_wake, server);
    server->tick = event_new(io->base, -1, EV_PERSIST, on_tick, server);
    if (!server->wake || !server->tick || event_add(server->wake, NULL) != 0 || event_add(server->tick, &tick) != 0)
        return ERR_MEMORY;
    for (int i = 0; i < LISTENER_KINDS; i++)
        if (listener_start(server, &server->listeners[i]))
            return ERR_MEMORY;
    return OK;
}

/*
 * Uses the batch scheduling policy: a woken thread does not preempt the running one but waits until that one blocks.
 * Under load each thread then finds more work per turn, and a request costs half as many thread switches. The workers
 * inherit the policy.
 */
static void be_polite(void)
{
    const struct sched_param none = {0};

    if (sched_setscheduler(0, SCHED_BATCH, &none) != 0)
        log_message(LOG_DEBUG, "the scheduling policy could not be changed: %s", strerror(errno));
}

enum err server_run(struct server *server, struct error *error)
{
    struct io *io = &server->io;
    enum err err;
    int64_t workers_deadline_us;
    bool all;

    be_polite();
    err = worker_pools_start(io->pools, error);
    if (!err && start_loop(server))
        err = error_set(error, ERR_MEMORY, "cannot start the server: out of memory");
    metrics_register(METRIC_GAUGE, "orgd_http_connections", NULL, "Client connections.", read_connections, io);
    if (!err && event_base_dispatch(io->base) < 0)
        err = error_set(error, ERR_SYSTEM, "the event loop failed");
    metrics_forget(io);
    connections_close(io);
    workers_deadline_us = platform.monotonic_us() + WORKERS_GRACE_US;
    if (workers_deadline_us < server->drain_deadline_us) /* a request whose client is gone is finished all the same */
        workers_deadline_us = server->drain_deadline_us;
    all = worker_pools_stop(io->pools, workers_deadline_us);
    io->pools = NULL;
    if (!all)
        server->wake_descriptor = -1; /* a blocked worker may still write to it */
    log_flush();
    if (!err && (server->gave_up || !all))
        err = error_set(error, ERR_DEADLINE, "some requests were not finished within the drain timeout of %u s",
                        server->options.drain_timeout);
    return err;
}

void server_stop(struct server *server)
{
    static const uint64_t stop = STOP;
    int kept = errno; /* in a signal handler, errno belongs to the interrupted code */

    /* The last use of the server: its owner may free it right after this write. */
    if (write(server->wake_descriptor, &stop, sizeof stop) < 0)
        errno = kept; /* the counter is full: a stop is pending already */
}
