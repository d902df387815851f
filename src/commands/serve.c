/* Runs `orgd serve`: starts all parts in order, and stops them again. */
#include "commands/serve.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <talloc.h>
#include <unistd.h>

#include "audit/keeper.h"
#include "auth/cache_lease.h"
#include "auth/decision_cache.h"
#include "auth/identity.h"
#include "auth/reseal.h"
#include "auth/signing_keys.h"
#include "base/log.h"
#include "base/platform.h"
#include "http/client_address.h"
#include "http/cors.h"
#include "http/server.h"
#include "mail/sender.h"
#include "mail/transport.h"
#include "migrate/databases.h"
#include "outbound/fetch.h"
#include "policy/access_report.h"
#include "policy/limits.h"
#include "policy/signin_methods.h"
#include "routes.h"
#include "runtime/database_set.h"
#include "runtime/installation_keys.h"
#include "runtime/readiness.h"

enum {
    CONNECT_MS = 2000,
    LOCK_MS = 5000,
    RESEAL_MS = 60000,
    KEEPER_MS = 30000,
    SAME_SIGNAL_US = 500000,
    READY_MAX = 16 << 10,
};

const struct option_row serve_options[] = {
    {.name = "listen",
     .letter = 'l',
     .value = "ADDRESS:PORT",
     .variable = "ORGD_LISTEN",
     .help = "Address and port of the HTTP API; port 0 takes a free one"},
    {.name = "metrics-listen",
     .value = "ADDRESS:PORT",
     .variable = "ORGD_METRICS_LISTEN",
     .help = "Address and port of the Prometheus metrics; `off` for none"},
    {.name = "data-dir",
     .letter = 'd',
     .value = "DIRECTORY",
     .variable = "ORGD_DATA_DIR",
     .help = "Generated secrets, and the private PostgreSQL cluster"},
    {0},
};

struct serving {
    void *arena;
    struct config config; /* with the keys in force */
    struct database_set database_set;
    struct application app;
    struct server *server;
    struct readiness *readiness;
    bool decision_cache;
};

/* ---- signals ---- */

/* The server to be stopped by a signal; NULL before it runs. */
static _Atomic(struct server *) running;

/* Ends the process by the signal's default action. Safe at any time: the cluster gets a signal when the process
 * ends. */
_Noreturn static void end_by(int number)
{
    sigset_t one;

    log_flush();
    (void)sigemptyset(&one);
    (void)sigaddset(&one, number);
    (void)signal(number, SIG_DFL);
    (void)pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    (void)raise(number);
    _exit(STATUS_COULD_NOT);
}

static void *wait_for_signals(void *argument)
{
    const sigset_t *awaited = argument;
    int64_t stopping_us = 0;
    int number;

    for (;;) {
        if (sigwait(awaited, &number) != 0)
            continue;
        if (number == SIGHUP) {
            log_message(LOG_INFO, "SIGHUP: the configuration is read at start only; restart to change it");
            continue;
        }
        /* `timeout` and terminals under wrappers send the same signal twice at once */
        if (stopping_us != 0 && platform.monotonic_us() - stopping_us < SAME_SIGNAL_US)
            continue;
        if (stopping_us != 0 || !atomic_load(&running)) {
            log_message(LOG_WARNING, stopping_us != 0 ? "second signal: stopping at once" : "stopped while starting");
            end_by(number);
        }
        stopping_us = platform.monotonic_us();
        log_message(LOG_INFO, "%s: finishing running requests", number == SIGINT ? "SIGINT" : "SIGTERM");
        server_stop(atomic_load(&running));
    }
    return NULL;
}

/* Blocks signals before other threads start, so that all threads inherit it and only one handles them. */
static enum err take_signals(struct error *error)
{
    static sigset_t awaited;
    pthread_t thread;

    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&awaited);
    (void)sigaddset(&awaited, SIGTERM);
    (void)sigaddset(&awaited, SIGINT);
    (void)sigaddset(&awaited, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &awaited, NULL);
    if (pthread_create(&thread, NULL, wait_for_signals, &awaited) != 0)
        return error_set(error, ERR_SYSTEM, "cannot start the thread that waits for signals");
    (void)pthread_detach(thread);
    return OK;
}

/* ---- start and stop ---- */

/* The caller's id, for the log. */
static const char *user_of(const struct request *req)
{
    const struct identity *identity = req->identity ? identity_of(req) : NULL;
    char *text;

    if (!identity || identity->scheme == IDENTITY_ADMIN)
        return identity ? "administrator" : NULL;
    if (identity->scheme == IDENTITY_SERVICE)
        return "data plane";
    text = talloc_array(req->arena, char, UUID_TEXT_SIZE);
    return text ? uuid_format(&identity->user_id, text) : NULL;
}

static enum err bind_server(struct serving *serving, struct error *error)
{
    const struct config *config = &serving->config;
    struct server_options options = {
        .listen = config->listen,
        .private_listen = config_auth_core_listen(config),
        .metrics_listen = config->metrics_listen,
        .workers = (unsigned)config->workers,
        .slow_workers = (unsigned)config->slow_workers,
        .outbound_workers = (unsigned)config->outbound_workers,
        .queue = (unsigned)config->queue,
        .connections = (unsigned)config->connections,
        .connections_per_address = (unsigned)config->connections_per_address,
        .read_timeout = (unsigned)config->read_timeout,
        .idle_timeout = (unsigned)config->idle_timeout,
        .request_timeout = (unsigned)config->request_timeout,
        .drain_timeout = (unsigned)config->drain_timeout,
        .db = {.uri = serving->database_set.uris[DATABASE_CORE],
               .name = "orgd",
               .connect_ms = CONNECT_MS,
               .statement_ms = config->request_timeout * 1000,
               .lock_ms = LOCK_MS,
               .on_revoke = decision_cache_revoke},
        .app = &serving->app,
        .user_of = user_of,
    };

    serving->app = application_make(config);
    serving->app.available = readiness_is_ready;
    return server_create(serving->arena, &options, &serving->server, error);
}

/* Checks that the databases exist at the right revision. Configured databases that are down are awaited later. */
static enum err start_readiness(struct serving *serving, bool *waiting, struct error *error)
{
    const struct config *config = &serving->config;
    enum readiness_verdict verdict;
    struct readiness_options options = {
        .default_plan = config_default_plan(config),
        .enterprise = config_is_enterprise(config),
        .migrate = serving->database_set.private_cluster || config->auto_migrations,
    };

    memcpy(options.uris, serving->database_set.uris, sizeof options.uris);
    memcpy(options.migration_uris, serving->database_set.uris, sizeof options.migration_uris);
    TRY(serving->database_set.private_cluster ? OK : databases_migration_uris(config, options.migration_uris, error));
    TRY(readiness_start(serving->arena, &options, &serving->readiness, &verdict, error));
    *waiting = verdict == READINESS_UNREACHABLE && !serving->database_set.private_cluster;
    if (*waiting)
        log_message(LOG_WARNING, "%s; requests are answered 503 until it can", error->cause);
    return verdict == READINESS_READY || *waiting ? OK : ERR_REFUSED;
}

static enum err start_decision_cache(struct serving *serving, struct error *error)
{
    struct db_options options = {.uri = serving->database_set.uris[DATABASE_CORE],
                                 .name = "orgd listener",
                                 .connect_ms = CONNECT_MS,
                                 .statement_ms = CONNECT_MS};
    enum err err = OK;

    if (serving->config.caching)
        err = cache_lease_start(&options, error);
    serving->decision_cache = serving->config.caching && !err;
    return err;
}

static enum err start_mail(struct serving *serving, struct error *error)
{
    struct db_options options = {
        .uri = serving->database_set.uris[DATABASE_CORE], .connect_ms = CONNECT_MS, .statement_ms = CONNECT_MS};

    return sender_start(&serving->config, &options, error);
}

/* Encrypts secrets again that are stored under the previous key, which this server accepts. */
static void reseal_stored(struct serving *serving)
{
    struct db_options options = {
        .uri = serving->database_set.uris[DATABASE_CORE], .connect_ms = CONNECT_MS, .statement_ms = RESEAL_MS};
    struct db *db = serving->config.crypt_key_accepted ? db_create(serving->arena, &options) : NULL;
    struct reseal_report report = {0};
    struct error error = {0};

    if (db && !db_connect(db, &error)) {
        if (reseal(db, serving->arena, &serving->config, &report))
            log_message(LOG_WARNING, "stored secrets could not be encrypted again: %s; the next start tries again",
                        db_error(db)->cause);
        else if (report.done > 0)
            log_message(LOG_INFO, "%d stored secrets were encrypted again with AGENTA_CRYPT_KEY", report.done);
    }
    (void)talloc_free(db);
}

static enum err start_keeper(struct serving *serving, struct error *error)
{
    struct keeper_options options = {
        .db = {.uri = serving->database_set.uris[DATABASE_CORE], .connect_ms = CONNECT_MS, .statement_ms = KEEPER_MS},
        .available = readiness_is_ready};

    return keeper_start(&options, error);
}

/* Checks that servers sharing a database have the same keys. An unavailable database is checked at the first
 * sign-in. */
static void check_keys(struct serving *serving)
{
    struct db_options options = {
        .uri = serving->database_set.uris[DATABASE_CORE], .connect_ms = CONNECT_MS, .statement_ms = CONNECT_MS};
    struct db *db = db_create(serving->arena, &options);
    struct error error = {0};

    if (db && !db_connect(db, &error) && signing_keys_check(db, &serving->config))
        log_message(LOG_WARNING, "the signing keys could not be checked: %s", db_error(db)->cause);
    (void)talloc_free(db);
}

static enum err say_ready(struct serving *serving, bool waiting, struct error *error)
{
    struct buffer line = buffer_make(serving->arena, READY_MAX), access = line;
    const char *databases = database_set_describe(&serving->database_set, serving->arena);
    struct access_report report;

    if (access_report_make(serving->arena, &serving->config, true, &report))
        return error_set(error, ERR_MEMORY, "no memory");
    access_report_log(&report);
    if (!waiting) {
        reseal_stored(serving);
        check_keys(serving);
    }
    access_summary(&serving->config, &access);
    buffer_format(&line, "orgd %s %s: http://%s, %s edition, %s, %s\n", ORGD_VERSION,
                  waiting ? "is listening and waits for its databases" : "is ready", server_address(serving->server),
                  config_is_enterprise(&serving->config) ? "enterprise (preview: roles are not enforced)"
                                                         : "open-source",
                  databases ? databases : "", buffer_string(&access) ? buffer_string(&access) : "");
    log_flush();
    if (!buffer_string(&line) || fputs(buffer_string(&line), stdout) == EOF || fflush(stdout) != 0)
        return error_set(error, ERR_SYSTEM, "cannot write to standard output: %m");
    return OK;
}

/* Checks that only a server has to make. */
static enum err check_config(const struct config *config, struct error *error)
{
    const char *entry = client_address_problem(&config->trusted_proxies);

    if (config_is_enterprise(config) && !config->enterprise_preview)
        return error_set(
            error, ERR_USAGE,
            "AGENTA_LICENSE is ee: the enterprise edition does not enforce roles yet, so that every member "
            "of a project may do everything in it; set ORGD_ENTERPRISE_PREVIEW=on to serve it nevertheless");
    if (config_auth_core(config) && !config->auth_core_key)
        return error_set(error, ERR_USAGE,
                         "ORGD_AUTH_CORE needs SUPERTOKENS_API_KEY, the key by which the data plane calls it");
    if (entry)
        return error_set(error, ERR_USAGE,
                         "ORGD_TRUSTED_PROXIES: %.100s is neither an address nor a network like 10.0.0.0/8", entry);
    entry = cors_problem(&config->allowed_origins);
    if (entry)
        return error_set(error, ERR_USAGE, "ORGD_ALLOWED_ORIGINS: %.100s is not an origin like https://app.example.com",
                         entry);
    if (transport_check(config, error))
        return ERR_USAGE;
    return methods_check(config, error);
}

/*
 * Memory holds keys and passwords: no core dump is made of it, also by a program that takes dumps by a pipe, and no
 * process of the same user can read it. PostgreSQL inherits the limit. Leaks are found by reading it.
 */
static void keep_memory_private(const struct config *config)
{
    struct rlimit limit;

#ifdef __SANITIZE_ADDRESS__
    return;
#endif
    if (config->development)
        return;
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &limit);
    }
    (void)prctl(PR_SET_DUMPABLE, 0);
}

/* Starts everything that is needed before the first request. */
static enum err bring_up(struct serving *serving, bool *waiting, struct error *error)
{
    TRY(check_config(&serving->config, error));
    TRY(database_set_open(serving->arena, &serving->config, DATABASE_SET_SERVE, &serving->database_set, error));
    keep_memory_private(&serving->config);
    TRY(take_signals(error)); /* root is dropped now: threads may start */
    TRY(installation_keys_settle(serving->arena, &serving->database_set.dir, &serving->config, error));
    TRY(fetch_start(error));
    limits_register();
    TRY(bind_server(serving, error)); /* before anything is made: another server may have the port */
    TRY(database_set_start(serving->arena, &serving->config, &serving->database_set, error));
    TRY(start_readiness(serving, waiting, error));
    TRY(start_decision_cache(serving, error));
    TRY(start_mail(serving, error));
    return start_keeper(serving, error);
}

static void take_down(struct serving *serving)
{
    sender_stop();
    keeper_stop();
    if (serving->decision_cache)
        cache_lease_stop();
    readiness_stop(serving->readiness);
    database_set_close(&serving->database_set);
    log_flush();
}

int serve_run(const struct config *config, const struct options *options)
{
    struct serving serving = {.arena = options->arena, .config = *config};
    struct error error = {0};
    bool waiting = false;
    enum err err;

    err = bring_up(&serving, &waiting, &error);
    if (!err) {
        atomic_store(&running, serving.server);
        err = say_ready(&serving, waiting, &error);
    }
    if (err) {
        take_down(&serving);
        return command_failed(&error);
    }
    err = server_run(serving.server, &error);
    take_down(&serving);
    if (!err)
        return STATUS_DONE;
    /* A blocked worker may still use any memory: nothing is freed, and nothing else runs. */
    (void)command_failed(&error);
    (void)fflush(NULL);
    _exit(STATUS_COULD_NOT);
}
