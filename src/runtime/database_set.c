/* Finds the databases, and runs the private cluster when none are configured. */
#include "runtime/database_set.h"

#include <libpq-fe.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "base/log.h"
#include "migrate/databases.h"
#include "migrate/migrate.h"
#include "postgres/pgdata.h"
#include "runtime/cluster_dir.h"

enum { OWN_CONNECTIONS = 6 }; /* connections beyond those of the workers: readiness, migration, listener */

/* Names databases as Agenta does, so that a dump of one can be loaded into the other. */
static const char *private_name(void *arena, const struct config *config, enum database database)
{
    return talloc_asprintf(arena, "agenta_%s_%s", config_is_enterprise(config) ? "ee" : "oss",
                           migrate_database_name(database));
}

static enum err no_memory(struct error *error)
{
    return error_set(error, ERR_MEMORY, "no memory");
}

/* The socket is reached through the data directory, no matter which process runs the cluster. */
static enum err find_private(void *arena, const struct config *config, struct database_set *set, struct error *error)
{
    for (int i = 0; i < DATABASE_COUNT; i++) {
        const char *name = private_name(arena, config, (enum database)i);

        if (set->dir_fd >= 0)
            (void)close(set->dir_fd);
        set->uris[i] = name ? cluster_uri(arena, set->dir.path, name, &set->dir_fd) : NULL;
        if (!set->uris[i])
            return no_memory(error);
    }
    return OK;
}

static enum err cluster_options_of(void *arena, const struct config *config, const char *directory,
                                   struct cluster_options *options, struct error *error)
{
    const char **names = talloc_zero_array(arena, const char *, DATABASE_COUNT + 1);

    for (int i = 0; names && i < DATABASE_COUNT; i++)
        names[i] = private_name(arena, config, (enum database)i);
    if (!names || !names[0] || !names[1])
        return no_memory(error);
    *options = (struct cluster_options){
        .directory = directory,
        .programs = config->postgres_bin,
        .connections = (int)(config->workers + config->slow_workers + config->outbound_workers) + OWN_CONNECTIONS,
        .databases = names,
    };
    return OK;
}

struct division {
    void *arena;
    const struct config *config;
    struct database_set *set;
};

static enum err fork_cluster_process(void *context, const struct data_dir *dir, const struct run_as *program,
                                     const struct run_as *postgres, struct error *error)
{
    const struct division *division = context;
    const char *directory = talloc_asprintf(division->arena, "%s/" CLUSTER_DIR_NAME, dir->path);
    struct cluster_options options;

    TRY(directory ? cluster_options_of(division->arena, division->config, directory, &options, error)
                  : no_memory(error));
    options.program = program->name;
    return cluster_process_fork(division->arena, postgres->uid, postgres->gid, &options, &division->set->process,
                                error);
}

enum err database_set_open(void *arena, const struct config *config, enum database_set_use use,
                           struct database_set *set, struct error *error)
{
    struct division division = {arena, config, set};
    const struct data_dir_split split = {fork_cluster_process, &division};
    enum err err;

    *set = (struct database_set){.dir = {.fd = -1, .lock = -1}, .dir_fd = -1};
    set->private_cluster = data_dir_is_for_cluster(config);
    err = databases_uris(arena, config, set->uris, error);
    if (err || (use == DATABASE_SET_COMMAND && !set->private_cluster))
        return err;
    err = data_dir_open(arena, config, set->private_cluster ? &split : NULL, &set->dir, error);
    if (err == ERR_BUSY && use == DATABASE_SET_COMMAND)
        err = OK;
    if (!err && use == DATABASE_SET_SERVE && set->dir.undivided)
        log_message(LOG_WARNING, "PostgreSQL runs as the same user as orgd, so its superuser can read the keys of the "
                                 "installation: make a user for orgd (useradd --system orgd), or name one with "
                                 "ORGD_RUN_AS");
    if (!err && set->private_cluster)
        err = find_private(arena, config, set, error);
    if (err)
        database_set_close(set);
    return err;
}

enum err database_set_check(void *arena, const struct config *config, struct error *error)
{
    const char *directory;
    char *cluster;

    if (!data_dir_is_for_cluster(config))
        return OK;
    TRY(data_dir_path(arena, config, &directory, error));
    cluster = talloc_asprintf(arena, "%s/" PGDATA_NAME, directory);
    if (!cluster)
        return no_memory(error);
    if (access(cluster, F_OK) != 0) {
        return error_set(error, ERR_REFUSED,
                         "there is no private cluster in %s yet; `orgd serve` and `orgd migrate up` make one",
                         directory);
    }
    return OK;
}

enum err database_set_start(void *arena, const struct config *config, struct database_set *set, struct error *error)
{
    struct cluster_options options;

    if (!set->private_cluster || set->dir.lock < 0)
        return OK;
    if (set->process)
        return cluster_process_start(set->process, error);
    TRY(cluster_options_of(arena, config, set->dir.cluster, &options, error));
    return cluster_open(arena, &options, &set->cluster, error);
}

void database_set_close(struct database_set *set)
{
    cluster_close(set->cluster);
    cluster_process_close(set->process);
    set->cluster = NULL;
    set->process = NULL;
    data_dir_close(&set->dir);
    if (set->dir_fd >= 0)
        (void)close(set->dir_fd);
    set->dir_fd = -1;
}

/* "agenta_core on db1:5432" from a URI of either form. */
static char *describe_uri(void *arena, const char *uri)
{
    const char *host = NULL, *port = NULL, *name = NULL;
    PQconninfoOption *options = db_uri_parse(uri);
    char *text;

    for (PQconninfoOption *option = options; option && option->keyword; option++) {
        if (strcmp(option->keyword, "host") == 0)
            host = option->val;
        else if (strcmp(option->keyword, "port") == 0)
            port = option->val;
        else if (strcmp(option->keyword, "dbname") == 0)
            name = option->val;
    }
    text = talloc_asprintf(arena, "%s on %s%s%s", name ? name : "the default database",
                           host ? host : "the local socket", port ? ":" : "", port ? port : "");
    PQconninfoFree(options);
    return text;
}

const char *database_set_describe(const struct database_set *set, void *arena)
{
    const char *core, *tracing;

    if (set->private_cluster)
        return talloc_asprintf(arena, "private PostgreSQL cluster in %s%s", set->dir.path,
                               set->dir.moved ? " (the current folder is closed to the user it runs as)" : "");
    core = describe_uri(arena, set->uris[DATABASE_CORE]);
    tracing = describe_uri(arena, set->uris[DATABASE_TRACING]);
    return core && tracing ? talloc_asprintf(arena, "databases %s, %s", core, tracing) : NULL;
}
