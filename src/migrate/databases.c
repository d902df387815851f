/* Reads the addresses of the databases from the configuration. */
#include "migrate/databases.h"

#include <string.h>

#include "base/text.h"
#include "db/db.h"

#define URI_MAX 2048

static bool is_set(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static const char *compose(void *arena, const struct config *config, enum database database)
{
    struct buffer uri = buffer_make(arena, URI_MAX);

    /* user and password may contain any character; a URI may not */
    buffer_text(&uri, "postgresql://");
    text_percent_encode(&uri, is_set(config->postgres_user) ? config->postgres_user : "");
    buffer_char(&uri, ':');
    text_percent_encode(&uri, is_set(config->postgres_password) ? config->postgres_password : "");
    buffer_text(&uri, "@postgres:5432/");
    text_percent_encode(&uri, config->db_prefix);
    buffer_format(&uri, "_%s", migrate_database_name(database));
    return buffer_string(&uri);
}

enum err databases_uris(void *arena, const struct config *config, const char *uris[DATABASE_COUNT], struct error *error)
{
    static const char *const names[DATABASE_COUNT] = {"POSTGRES_URI_CORE", "POSTGRES_URI_TRACING"};
    const char *const given[DATABASE_COUNT] = {config->uri_core, config->uri_tracing};

    for (int i = 0; i < DATABASE_COUNT; i++) {
        if (is_set(given[i])) {
            uris[i] = given[i];
        } else if (is_set(config->db_prefix)) {
            uris[i] = compose(arena, config, (enum database)i);
            if (!uris[i]) {
                return error_set(error, ERR_USAGE, "the URI composed from POSTGRES_DB_PREFIX is longer than %d bytes",
                                 URI_MAX);
            }
        } else {
            uris[i] = NULL;
        }
    }
    for (int i = 0; i < DATABASE_COUNT; i++) {
        if (uris[i] == NULL && uris[1 - i] != NULL) {
            return error_set(error, ERR_USAGE, "%s is set and %s is not; set both, or POSTGRES_DB_PREFIX", names[1 - i],
                             names[i]);
        }
    }
    for (int i = 0; i < DATABASE_COUNT; i++) {
        if (uris[i] != NULL && !db_uri_is_sound(uris[i])) {
            return error_set(error, ERR_USAGE,
                             "%s is malformed: write postgresql://user:password@host:5432/database, and escape all "
                             "characters of user and password but letters and digits as %%XX",
                             is_set(given[i]) ? names[i] : "the URI composed from POSTGRES_DB_PREFIX");
        }
    }
    return OK;
}

enum err databases_migration_uris(const struct config *config, const char *uris[DATABASE_COUNT], struct error *error)
{
    static const char *const names[DATABASE_COUNT] = {"ORGD_MIGRATION_URI_CORE", "ORGD_MIGRATION_URI_TRACING"};
    const char *const given[DATABASE_COUNT] = {config->migration_uri_core, config->migration_uri_tracing};
    bool core = is_set(given[DATABASE_CORE]), tracing = is_set(given[DATABASE_TRACING]);

    if (!core && !tracing)
        return OK;
    if (core != tracing)
        return error_set(error, ERR_USAGE, "%s is set and %s is not; set both", names[!core], names[core]);
    for (int i = 0; i < DATABASE_COUNT; i++) {
        if (!db_uri_is_sound(given[i]))
            return error_set(error, ERR_USAGE, "%s is malformed: write postgresql://user:password@host:5432/database",
                             names[i]);
        uris[i] = given[i];
    }
    return OK;
}

struct migrate_options databases_options(const struct config *config)
{
    return (struct migrate_options){
        .enterprise = config->license != NULL && strcmp(config->license, "ee") == 0,
        .default_plan = config_default_plan(config),
        .access_restricted = config->allowed_owners.count > 0 || config->allowed_domains.count > 0 ||
                             config->blocked_domains.count > 0 || config->blocked_emails.count > 0,
    };
}
