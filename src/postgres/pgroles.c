/* Makes the roles and databases of the private cluster. */
#include "postgres/pgroles.h"

#include <libpq-fe.h>
#include <string.h>
#include <talloc.h>

#include "base/log.h"
#include "base/text.h"
#include "postgres/pgdata.h"

enum { URI_MAX = 16 << 10 };

#define NEXT_ROLE "orgd_next" /* renamed to PGROLES_PROGRAM at the end of the conversion */
#define CONVERTING_ROLE "orgd_converting"
#define URI_MAX 4096
#define NO_SUCH_ROLE "role \"" PGROLES_SUPERUSER "\" does not exist"

/* No attributes and no password: only pg_ident.conf decides who may use this role. */
#define ORDINARY " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"

/* PostgreSQL does not reassign the objects of its first role, so the owner of each object is changed separately.
 * Objects of initdb have oids below 16384; objects of extensions stay with the extension. */
static const char give_away[] =
    "DO $$\n"
    "DECLARE command text;\n"
    "BEGIN\n"
    "  FOR command IN\n"
    "    WITH kept AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),\n"
    "    followers AS (SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass\n"
    "                     AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')),\n"
    "    objects AS (\n"
    "      SELECT 'SCHEMA' AS kind, quote_ident(nspname) AS name, oid, 'pg_namespace'::regclass AS class\n"
    "        FROM pg_namespace WHERE nspowner = 10 AND nspname !~ '^pg_'\n"
    "      UNION ALL\n"
    "      SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'\n"
    "                          WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,\n"
    "             oid::regclass::text, oid, 'pg_class'::regclass\n"
    "        FROM pg_class\n"
    "       WHERE relowner = 10 AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relpersistence <> 't'\n"
    "         AND NOT (relkind = 'S' AND oid IN (SELECT objid FROM followers))\n"
    "      UNION ALL\n"
    "      SELECT 'TYPE', t.oid::regtype::text, t.oid, 'pg_type'::regclass\n"
    "        FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid\n"
    "       WHERE t.typowner = 10 AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')\n"
    "      UNION ALL\n"
    "      SELECT 'ROUTINE', oid::regprocedure::text, oid, 'pg_proc'::regclass FROM pg_proc WHERE proowner = 10)\n"
    "    SELECT format('ALTER %s %s OWNER TO " NEXT_ROLE "', o.kind, o.name)\n"
    "      FROM objects o\n"
    "     WHERE o.oid >= 16384 AND (o.class, o.oid) NOT IN (SELECT classid, objid FROM kept)\n"
    "  LOOP\n"
    "    EXECUTE command;\n"
    "  END LOOP;\n"
    "  EXECUTE format('ALTER DATABASE %I OWNER TO " NEXT_ROLE "', current_database());\n"
    "END $$";

/* A role cannot rename itself, so a third role renames the two. */
static const char change_names[] = "CREATE ROLE " CONVERTING_ROLE " SUPERUSER;"
                                   "SET SESSION AUTHORIZATION " CONVERTING_ROLE ";"
                                   "ALTER ROLE " PGROLES_PROGRAM " RENAME TO " PGROLES_SUPERUSER ";"
                                   "ALTER ROLE " NEXT_ROLE " RENAME TO " PGROLES_PROGRAM ";"
                                   "RESET SESSION AUTHORIZATION;"
                                   "DROP ROLE " CONVERTING_ROLE;

const char *pgroles_uri(void *arena, const char *socket, const char *database, const char *role)
{
    struct buffer uri = buffer_make(arena, URI_MAX);

    buffer_format(&uri, "postgresql:///%s?host=", database);
    text_percent_encode(&uri, socket);
    buffer_format(&uri, "&port=" PGDATA_PORT "&user=%s", role);
    return buffer_string(&uri);
}

static enum err fail(PGconn *connection, const char *what, struct error *error)
{
    return error_set(error, ERR_DATABASE, "cannot %s: %s", what, connection ? PQerrorMessage(connection) : "no memory");
}

/* Runs a string of one or several statements in one transaction. */
static enum err run(PGconn *connection, const char *sql, const char *what, struct error *error)
{
    PGresult *done = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(done);

    PQclear(done);
    return status == PGRES_COMMAND_OK ? OK : fail(connection, what, error);
}

/* Whether the query yields a row. */
static enum err ask(PGconn *connection, const char *sql, const char *parameter, bool *yes, struct error *error)
{
    PGresult *found = PQexecParams(connection, sql, parameter ? 1 : 0, NULL, &parameter, NULL, NULL, 0);
    enum err err = PQresultStatus(found) == PGRES_TUPLES_OK ? OK : fail(connection, "ask for the roles", error);

    *yes = !err && PQntuples(found) > 0;
    PQclear(found);
    return err;
}

static enum err connect_as(void *arena, const char *socket, const char *database, const char *role, PGconn **opened,
                           struct error *error)
{
    const char *uri = pgroles_uri(arena, socket, database, role);

    *opened = uri ? PQconnectdb(uri) : NULL;
    if (*opened && PQstatus(*opened) == CONNECTION_OK)
        return OK;
    return error_set(error, ERR_UNAVAILABLE, "cannot connect to the private PostgreSQL cluster: %s",
                     *opened ? PQerrorMessage(*opened) : "no memory");
}

/* ---- clusters of earlier versions ---- */

/* Changes the owner of the objects in one database. Does nothing when the new role already owns the database. */
static enum err give_away_one(void *arena, const char *socket, const char *database, struct error *error)
{
    PGconn *connection;
    enum err err = connect_as(arena, socket, database, PGROLES_PROGRAM, &connection, error);

    if (!err)
        err = run(connection, give_away, "change the owner of the databases", error);
    PQfinish(connection);
    return err;
}

static enum err give_away_all(void *arena, const char *socket, PGconn *connection, struct error *error)
{
    PGresult *names = PQexec(connection, "SELECT datname FROM pg_database WHERE datdba = 10 AND datallowconn"
                                         " AND NOT datistemplate AND datname <> 'postgres' ORDER BY datname");
    enum err err = PQresultStatus(names) == PGRES_TUPLES_OK ? OK : fail(connection, "ask for the databases", error);

    for (int row = 0; !err && row < PQntuples(names); row++)
        err = give_away_one(arena, socket, PQgetvalue(names, row, 0), error);
    PQclear(names);
    return err;
}

/* Converts the cluster. The last step decides: before it, the cluster counts as an old one, and the conversion begins
 * again. */
static enum err convert(void *arena, const char *socket, struct error *error)
{
    PGconn *connection;
    bool begun = false;
    enum err err = connect_as(arena, socket, "postgres", PGROLES_PROGRAM, &connection, error);

    log_message(LOG_INFO, "this cluster is of an earlier version: the role %s ceases to be a superuser, %s is one",
                PGROLES_PROGRAM, PGROLES_SUPERUSER);
    if (!err)
        err = ask(connection, "SELECT FROM pg_roles WHERE rolname = $1", NEXT_ROLE, &begun, error);
    if (!err && !begun)
        err = run(connection, "CREATE ROLE " NEXT_ROLE ORDINARY, "make a role", error);
    if (!err)
        err = give_away_all(arena, socket, connection, error);
    if (!err)
        err = run(connection, change_names, "rename the roles", error);
    PQfinish(connection);
    return err;
}

/* ---- interface ---- */

static enum err connect_superuser(void *arena, const char *socket, PGconn **connection, struct error *error)
{
    enum err err = connect_as(arena, socket, "postgres", PGROLES_SUPERUSER, connection, error);
    bool first = true;

    if (err && *connection && strstr(PQerrorMessage(*connection), NO_SUCH_ROLE)) {
        PQfinish(*connection);
        *connection = NULL;
        err = convert(arena, socket, error);
        if (!err)
            err = connect_as(arena, socket, "postgres", PGROLES_SUPERUSER, connection, error);
    }
    if (!err)
        err =
            ask(*connection, "SELECT FROM pg_roles WHERE oid = 10 AND rolname = $1", PGROLES_SUPERUSER, &first, error);
    if (!err && !first)
        err = error_set(error, ERR_REFUSED,
                        "the private PostgreSQL cluster has a role " PGROLES_SUPERUSER
                        " that orgd did not make: rename it (ALTER ROLE " PGROLES_SUPERUSER " RENAME TO ...)");
    return err;
}

static enum err create_database(void *arena, PGconn *connection, const char *name, struct error *error)
{
    bool exists;
    enum err err = ask(connection, "SELECT FROM pg_database WHERE datname = $1", name, &exists, error);
    char *quoted = !err && !exists ? PQescapeIdentifier(connection, name, strlen(name)) : NULL;
    const char *sql = quoted ? talloc_asprintf(arena, "CREATE DATABASE %s OWNER " PGROLES_PROGRAM, quoted) : NULL;

    if (!err && !exists)
        err = sql ? run(connection, sql, "create a database", error) : error_set(error, ERR_MEMORY, "no memory");
    PQfreemem(quoted);
    return err;
}

enum err pgroles_prepare(void *arena, const char *socket, const char *const *databases, struct error *error)
{
    PGconn *connection = NULL;
    bool exists;
    enum err err = connect_superuser(arena, socket, &connection, error);

    if (!err)
        err = ask(connection, "SELECT FROM pg_roles WHERE rolname = $1", PGROLES_PROGRAM, &exists, error);
    if (!err && !exists)
        err = run(connection, "CREATE ROLE " PGROLES_PROGRAM ORDINARY, "make a role", error);
    for (size_t i = 0; !err && databases[i]; i++)
        err = create_database(arena, connection, databases[i], error);
    PQfinish(connection);
    return err;
}
