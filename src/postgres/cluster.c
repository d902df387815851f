/* Runs the private PostgreSQL server: one thread starts it, watches it and restarts it. */
#include "postgres/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "base/platform.h"
#include "base/thread.h"
#include "postgres/pgdata.h"
#include "postgres/pgroles.h"
#include "postgres/process.h"

#define SECOND INT64_C(1000000)

enum {
    SOCKET_PATH_MAX = 107, /* bytes of sockaddr_un.sun_path without the NUL */
    SPARE_CONNECTIONS =
        40, /* for migrations, health checks, psql, PostgreSQL's own reserve, another server alongside this one */
    READY_POLL_MS = 2,
    START_S = 300, /* recovery of a large database takes long */
    STOP_FAST_S = 30,
    STOP_HARD_S = 5,
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MOST_MS = 10000,
    HOUSEKEEPING_MS = 60000,
    LEFTOVERS_MAX = 256,
};

struct cluster {
    struct cluster_options options;
    struct pgdata data;
    void *arena;        /* used by the thread only: talloc is not shared between threads */
    int directory;      /* the data directory, open */
    const char *socket; /* directory by which clients reach the socket */
    struct process server;
    struct thread thread;
    pthread_mutex_t lock; /* guards the members below */
    pthread_cond_t changed;
    bool decided;    /* the first start succeeded or failed */
    enum err result; /* of the first start */
    bool running;
    struct error error;
};

static int64_t in_seconds(int64_t seconds)
{
    return platform.monotonic_us() + seconds * SECOND;
}

static void set_running(struct cluster *cluster, bool running)
{
    (void)pthread_mutex_lock(&cluster->lock);
    cluster->running = running;
    (void)pthread_mutex_unlock(&cluster->lock);
}

/* ---- remains of an earlier program ---- */

static const char *const folders[] = {PGDATA_NAME, PGDATA_NEW_NAME};

static size_t find_leftovers(const char *directory, pid_t *pids)
{
    size_t found = process_find(directory, folders, sizeof folders / sizeof *folders, pids, LEFTOVERS_MAX);

    return found < LEFTOVERS_MAX ? found : LEFTOVERS_MAX;
}

/* Stops a server whose program was killed. It should be stopping already; it gets another signal, and its end is
 * awaited. */
static void stop_old_server(const struct pgdata *data, const pid_t *pids, size_t count)
{
    pid_t pid;
    bool ready;

    if (!pgdata_server(data, &pid, &ready))
        return;
    for (size_t i = 0; i < count; i++) {
        if (pids[i] != pid)
            continue;
        log_message(LOG_INFO, "waiting for the PostgreSQL server of an earlier run (process %d) to stop", (int)pid);
        if (process_stop(pid, SIGINT, in_seconds(STOP_FAST_S)) || process_stop(pid, SIGQUIT, in_seconds(STOP_HARD_S)))
            return;
        log_message(LOG_WARNING, "the old PostgreSQL server (process %d) does not stop and is killed", (int)pid);
        (void)process_stop(pid, SIGKILL, in_seconds(STOP_HARD_S));
    }
}

/* Ends all PostgreSQL processes of the directory. A server started alongside leftovers would refuse to start or damage
 * the data. */
static enum err clear_leftovers(const struct pgdata *data, struct error *error)
{
    pid_t pids[LEFTOVERS_MAX];
    size_t count = find_leftovers(data->directory, pids);
    int64_t patience = in_seconds(STOP_HARD_S), deadline = in_seconds(STOP_HARD_S * 3);

    if (count > 0) {
        stop_old_server(data, pids, count);
        patience = in_seconds(STOP_HARD_S);
        deadline = in_seconds(STOP_HARD_S * 3);
    }
    while ((count = find_leftovers(data->directory, pids)) > 0) {
        bool patient = platform.monotonic_us() < patience;

        if (platform.monotonic_us() > deadline)
            return error_set(error, ERR_SYSTEM,
                             "process %d still uses %s and does not stop: end it, then start orgd again", (int)pids[0],
                             data->directory);
        for (size_t i = 0; i < count; i++)
            (void)process_stop(pids[i], patient ? SIGQUIT : SIGKILL, platform.monotonic_us() + SECOND / 10);
        process_reap_orphans();
    }
    pgdata_remove_stale(data);
    return OK;
}

/* ---- the server ---- */

static enum err launch(struct cluster *cluster, struct error *error)
{
    void *arena = talloc_new(cluster->arena);
    const char *program = talloc_asprintf(arena, "%s/postgres", cluster->data.programs);
    const char *connections =
        talloc_asprintf(arena, "max_connections=%d", cluster->options.connections + SPARE_CONNECTIONS);
    /* the folder's group, which the socket gets, is that of the program */
    const char *permissions =
        cluster->options.program ? "unix_socket_permissions=0770" : "unix_socket_permissions=0700";
    /* Settings that the operator cannot change. ".." is the data directory, whatever the length of its path. */
    const char *const arguments[] = {program, /* the whole path: PostgreSQL finds its other files by it */
                                     "-D",    PGDATA_NAME,
                                     "-c",    "listen_addresses=",
                                     "-c",    "unix_socket_directories=..",
                                     "-c",    permissions,
                                     "-c",    "port=" PGDATA_PORT,
                                     "-c",    "logging_collector=off",
                                     "-c",    "log_destination=stderr",
                                     "-c",    connections,
                                     NULL};
    enum err err = ERR_MEMORY;

    if (program && connections) {
        struct process_options options = {program, arguments, cluster->data.directory, cluster->data.log, SIGINT};
        err = process_start(&options, &cluster->server, error);
    }
    if (err == ERR_MEMORY)
        (void)error_set(error, ERR_MEMORY, "no memory to start PostgreSQL");
    (void)talloc_free(arena);
    return err;
}

/* Stops the server: a fast shutdown, then an immediate one, then SIGKILL. */
static void stop_server(struct cluster *cluster)
{
    static const struct {
        int signal_number;
        int seconds;
    } steps[] = {{SIGINT, STOP_FAST_S}, {SIGQUIT, STOP_HARD_S}, {SIGKILL, STOP_HARD_S}};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        process_signal(&cluster->server, steps[i].signal_number);
        if (process_wait(&cluster->server, in_seconds(steps[i].seconds), NULL))
            return;
        log_message(LOG_WARNING, "PostgreSQL did not stop within %d seconds", steps[i].seconds);
    }
}

/* Waits until the started server accepts connections. */
static enum err wait_ready(struct cluster *cluster, off_t since, struct error *error)
{
    int64_t deadline = in_seconds(START_S);
    char reason[256], ending[64];
    pid_t self = cluster->server.pid, pid;
    bool ready;
    int status;

    for (;;) {
        if (process_wait(&cluster->server, 0, &status))
            return error_set(error, ERR_UNAVAILABLE, "PostgreSQL could not start: %s (%s; see %s/" PGDATA_LOG_NAME ")",
                             pgdata_log_reason(&cluster->data, since, reason, sizeof reason),
                             process_status_text(status, ending, sizeof ending), cluster->data.directory);
        if (pgdata_server(&cluster->data, &pid, &ready) && pid == self && ready)
            return OK;
        if (thread_wait(&cluster->thread, READY_POLL_MS))
            return error_set(error, ERR_STOPPING, "stopped while PostgreSQL was starting");
        if (platform.monotonic_us() > deadline)
            return error_set(error, ERR_UNAVAILABLE,
                             "PostgreSQL did not become ready within %d seconds (see %s/" PGDATA_LOG_NAME ")", START_S,
                             cluster->data.directory);
    }
}

static enum err start_server(struct cluster *cluster, struct error *error)
{
    off_t since = pgdata_log_end(&cluster->data);
    enum err err = launch(cluster, error);

    if (!err)
        err = wait_ready(cluster, since, error);
    if (err)
        stop_server(cluster);
    return err;
}

/* The directory by which clients reach the socket: its path, or its descriptor when the path is too long for a
 * socket. */
static const char *socket_directory(void *arena, const char *directory, int fd)
{
    if (strlen(directory) + sizeof "/.s.PGSQL." PGDATA_PORT - 1 <= SOCKET_PATH_MAX)
        return talloc_strdup(arena, directory);
    return talloc_asprintf(arena, "/proc/self/fd/%d", fd);
}

static enum err first_start(struct cluster *cluster, struct error *error)
{
    const struct cluster_options *options = &cluster->options;
    struct pgdata place = {.directory = options->directory, .fd = cluster->directory, .log = -1};
    enum err err;

    /* before anything is read or made: a killed initdb or server may still be running */
    err = clear_leftovers(&place, error);
    if (!err)
        err =
            pgdata_open(cluster->arena, options->directory, options->programs, options->program, &cluster->data, error);
    if (!err)
        err = start_server(cluster, error);
    if (err)
        return err;
    err = pgroles_prepare(cluster->arena, cluster->socket, options->databases, error);
    if (err)
        stop_server(cluster);
    return err;
}

/* Restarts the server until it runs; false when asked to stop meanwhile. */
static bool start_again(struct cluster *cluster)
{
    struct error error;
    int backoff = BACKOFF_FIRST_MS;
    enum err err;

    for (;;) {
        err = clear_leftovers(&cluster->data, &error);
        if (!err)
            err = start_server(cluster, &error);
        if (!err) {
            log_message(LOG_INFO, "PostgreSQL runs again");
            return true;
        }
        if (err == ERR_STOPPING || thread_wait(&cluster->thread, 0))
            return false;
        log_message(LOG_ERROR, "%s; trying again in %d ms", error.cause, backoff);
        if (thread_wait(&cluster->thread, backoff))
            return false;
        backoff = backoff * 2 < BACKOFF_MOST_MS ? backoff * 2 : BACKOFF_MOST_MS;
    }
}

/* Waits for the server's end and restarts it, until asked to stop. */
static void watch(struct cluster *cluster)
{
    for (;;) {
        struct pollfd on[] = {{.fd = cluster->thread.wake, .events = POLLIN},
                              {.fd = cluster->server.fd, .events = POLLIN}};
        int ready = poll(on, 2, HOUSEKEEPING_MS), status;
        char ending[64];

        if (on[0].revents)
            return;
        if (ready <= 0) {
            process_reap_orphans();
            pgdata_log_trim(&cluster->data);
            continue;
        }
        if (!process_wait(&cluster->server, 0, &status))
            continue;
        set_running(cluster, false);
        log_message(LOG_ERROR, "PostgreSQL ended (%s); starting it again",
                    process_status_text(status, ending, sizeof ending));
        if (!start_again(cluster))
            return;
        set_running(cluster, true);
    }
}

/* The thread's function. The thread must live as long as the server: the server gets a signal when the thread that
 * started it ends. */
static void *supervise(void *argument)
{
    struct cluster *cluster = argument;
    struct error error = {0};
    enum err err = first_start(cluster, &error);

    (void)pthread_mutex_lock(&cluster->lock);
    cluster->decided = true;
    cluster->result = err;
    cluster->error = error;
    cluster->running = !err;
    (void)pthread_cond_broadcast(&cluster->changed);
    (void)pthread_mutex_unlock(&cluster->lock);
    if (!err)
        watch(cluster);
    set_running(cluster, false);
    stop_server(cluster);
    return NULL;
}

/* ---- interface ---- */

static void release(struct cluster *cluster)
{
    pgdata_close(&cluster->data);
    if (cluster->directory >= 0)
        (void)close(cluster->directory);
    (void)pthread_cond_destroy(&cluster->changed);
    (void)pthread_mutex_destroy(&cluster->lock);
    (void)talloc_free(cluster->arena);
    (void)talloc_free(cluster);
}

enum err cluster_open(void *arena, const struct cluster_options *options, struct cluster **opened, struct error *error)
{
    struct cluster *cluster = talloc_zero(arena, struct cluster);
    enum err err = OK;

    if (!cluster)
        return error_set(error, ERR_MEMORY, "no memory");
    cluster->options = *options;
    cluster->data = (struct pgdata){.fd = -1, .log = -1};
    cluster->server = (struct process){0, -1};
    cluster->arena = talloc_new(NULL);
    (void)pthread_mutex_init(&cluster->lock, NULL);
    (void)pthread_cond_init(&cluster->changed, NULL);
    cluster->directory = open(options->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cluster->directory < 0) {
        err = error_set(error, ERR_SYSTEM, "cannot open the data directory %s: %m", options->directory);
        goto failed;
    }
    cluster->socket = socket_directory(cluster, options->directory, cluster->directory);
    if (!cluster->arena || !cluster->socket) {
        err = error_set(error, ERR_MEMORY, "no memory");
        goto failed;
    }
    err = thread_start(&cluster->thread, supervise, cluster, "watches PostgreSQL", error);
    if (err)
        goto failed;
    (void)pthread_mutex_lock(&cluster->lock);
    while (!cluster->decided)
        (void)pthread_cond_wait(&cluster->changed, &cluster->lock);
    err = cluster->result;
    if (err && error)
        *error = cluster->error;
    (void)pthread_mutex_unlock(&cluster->lock);
    if (!err) {
        *opened = cluster;
        return OK;
    }
    thread_stop(&cluster->thread);
failed:
    release(cluster);
    return err;
}

bool cluster_running(struct cluster *cluster)
{
    bool running;

    (void)pthread_mutex_lock(&cluster->lock);
    running = cluster->running;
    (void)pthread_mutex_unlock(&cluster->lock);
    return running;
}

void cluster_close(struct cluster *cluster)
{
    if (!cluster)
        return;
    thread_stop(&cluster->thread);
    release(cluster);
}

const char *cluster_uri(void *arena, const char *directory, const char *database, int *fd)
{
    const char *socket;

    *fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    socket = socket_directory(arena, directory, *fd);
    return socket ? pgroles_uri(arena, socket, database, PGROLES_PROGRAM) : NULL;
}
