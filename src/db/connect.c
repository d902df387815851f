/* Starts a connection with the settings of the URI, the environment and this program. */
#include "db/connect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* GIVEN_MAX: settings of others; the rest is ours. */
enum { URI_SIZE = 2048, GIVEN_MAX = 3072, SETTINGS_SIZE = 4096 };

/* The URI in libpq's form, without SQLAlchemy's driver suffix, in at most `size` bytes. */
static bool plain_uri(const char *uri, char *to, size_t size)
{
    const char *separator = strstr(uri, "://");
    const char *plus = strchr(uri, '+');
    int len;

    if (separator && plus && plus < separator)
        len = snprintf(to, size, "%.*s%s", (int)(plus - uri), uri, separator);
    else
        len = snprintf(to, size, "%s", uri);
    return len >= 0 && (size_t)len < size;
}

PQconninfoOption *db_uri_parse(const char *uri)
{
    char plain[URI_SIZE];

    return plain_uri(uri, plain, sizeof plain) ? PQconninfoParse(plain, NULL) : NULL;
}

bool db_uri_is_sound(const char *uri)
{
    PQconninfoOption *read = db_uri_parse(uri);

    PQconninfoFree(read);
    return read != NULL;
}

/* Settings that a database or role may change, and that our statements and stored texts must not depend on. */
static const char own_settings[] =
    "-c TimeZone=UTC -c search_path=public -c DateStyle=ISO -c IntervalStyle=postgres"
    " -c bytea_output=hex -c extra_float_digits=1 -c xmlbinary=base64"
    " -c lc_monetary=C -c xmloption=content -c array_nulls=on -c standard_conforming_strings=on"
    " -c quote_all_identifiers=off -c transform_null_equals=off -c jit=off";

/* NULL: unknown. */
static const char *value_of(const PQconninfoOption *parsed, const char *keyword)
{
    while (parsed->keyword && strcmp(parsed->keyword, keyword) != 0)
        parsed++;
    return parsed->keyword ? parsed->val : NULL;
}

/* The options of the connection: those of the URI or PGOPTIONS first, so that ours win. */
static bool put_settings(const struct db_options *options, const PQconninfoOption *parsed, char *to, size_t size)
{
    PQconninfoOption *defaults = PQconndefaults();
    const char *given = value_of(parsed, "options");
    int len;

    if (!given && defaults)
        given = value_of(defaults, "options");
    len = snprintf(to, size,
                   "%s %s -c statement_timeout=%" PRId64 " -c lock_timeout=%" PRId64
                   " -c idle_in_transaction_session_timeout=60000",
                   given ? given : "", own_settings, options->statement_ms, options->lock_ms);
    if (given && strlen(given) > GIVEN_MAX)
        len = -1;
    PQconninfoFree(defaults);
    return len >= 0 && (size_t)len < size;
}

/* Whether a password ended up in the host name, which error messages show. */
static bool has_password(const char *host)
{
    return host && host[0] != '/' && host[0] != '@' && strchr(host, '@');
}

/* Whether the port is malformed: it may be the beginning of a password. */
static bool is_no_port(const char *port)
{
    return port && port[strspn(port, "0123456789,")] != '\0';
}

enum err connect_start(const struct db_options *options, PGconn **conn, struct error *error)
{
    char uri[URI_SIZE], settings[SETTINGS_SIZE];
    const char *const keys[] = {"dbname", "application_name", "options", "client_encoding", NULL};
    const char *values[] = {uri, options->name, settings, "UTF8", NULL};
    PQconninfoOption *parsed = db_uri_parse(options->uri);
    enum err err = OK;

    if (!parsed || !plain_uri(options->uri, uri, sizeof uri))
        err =
            error_set(error, ERR_UNAVAILABLE, "the connection URI is malformed, or longer than %d bytes", URI_SIZE - 1);
    else if (has_password(value_of(parsed, "host")))
        err = error_set(error, ERR_UNAVAILABLE,
                        "the connection URI has an @ in the name of the host; one in a password is written %%40");
    else if (is_no_port(value_of(parsed, "port")))
        err = error_set(error, ERR_UNAVAILABLE,
                        "the port of the connection URI is not a number; a / in a password is written %%2F");
    else if (!put_settings(options, parsed, settings, sizeof settings))
        err = error_set(error, ERR_UNAVAILABLE, "the options of the connection are longer than %d bytes", GIVEN_MAX);
    else if (!(*conn = PQconnectStartParams(keys, values, 1)))
        err = error_set(error, ERR_MEMORY, "out of memory while connecting to the database");
    PQconninfoFree(parsed);
    return err;
}
