/* Writes and checks the privileges of the program's database role. */
#include "runtime/rights.h"

#include <string.h>

#include "runtime/statements.h"

enum { NAMES_MAX = 16 << 10, ROLE_LONGEST = 63 };

static const struct {
    const char *table, *rights;
    bool reader;
} rows[] = {
#define RIGHT(table, rights, reader) {table, rights, reader},
#include "runtime/rights.def"
#undef RIGHT
};

enum { ROWS = sizeof rows / sizeof *rows };

bool rights_name_is_plain(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= ROLE_LONGEST && (*name < '0' || *name > '9') &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

/* ---- grants ---- */

static void write_table(struct buffer *out)
{
    for (size_t i = 0; i < ROWS; i++)
        buffer_format(out, "              ('%s', '%s', %s)%s\n", rows[i].table, rows[i].rights,
                      rows[i].reader ? "true" : "false", i + 1 < ROWS ? "," : "");
}

static void write_schemas(const char *role, bool program, struct buffer *out)
{
    buffer_format(out,
                  "    FOR item IN SELECT nspname AS name FROM pg_namespace WHERE nspname IN ('public', 'orgd') LOOP\n"
                  "        EXECUTE format('GRANT USAGE ON SCHEMA %%I TO %s', item.name);\n"
                  "        EXECUTE format('REVOKE CREATE ON SCHEMA %%I FROM PUBLIC, %s', item.name);\n"
                  "    END LOOP;\n",
                  role, role);
    if (program)
        buffer_format(out,
                      "    IF to_regnamespace('orgd') IS NOT NULL THEN\n"
                      "        ALTER DEFAULT PRIVILEGES IN SCHEMA orgd\n"
                      "            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %s;\n"
                      "        GRANT EXECUTE ON FUNCTION orgd.audit_fold() TO %s;\n"
                      "    END IF;\n",
                      role, role);
}

void rights_write_grants(const char *program, const char *reader, struct buffer *out)
{
    buffer_format(
        out,
        "-- Rights of the role %s, as which orgd serves%s%s%s.\n"
        "-- Their owner runs this in the core database and in the tracing database, after orgd migrate up and\n"
        "-- again after each upgrade: psql -v ON_ERROR_STOP=1 -f FILE DATABASE\n"
        "DO $grants$\n"
        "DECLARE\n"
        "    item record;\n"
        "BEGIN\n"
        "    EXECUTE format('GRANT CONNECT ON DATABASE %%I TO %s%s%s', current_database());\n"
        "    EXECUTE format('GRANT TEMPORARY ON DATABASE %%I TO CURRENT_USER', current_database());\n"
        "    EXECUTE format('REVOKE TEMPORARY ON DATABASE %%I FROM PUBLIC, %s%s%s', current_database());\n",
        program, reader ? ", and of the role " : "", reader ? reader : "", reader ? ", which only reads" : "", program,
        reader ? ", " : "", reader ? reader : "", program, reader ? ", " : "", reader ? reader : "");
    write_schemas(program, true, out);
    if (reader)
        write_schemas(reader, false, out);
    buffer_text(out, "    FOR item IN\n"
                     "        SELECT c.oid::regclass AS name, coalesce(r.reader, false) AS reader,\n"
                     "               coalesce(r.rights, CASE WHEN n.nspname = 'orgd'\n"
                     "                                       THEN 'SELECT, INSERT, UPDATE, DELETE' END) AS rights\n"
                     "          FROM pg_class c\n"
                     "          JOIN pg_namespace n ON n.oid = c.relnamespace\n"
                     "          LEFT JOIN (VALUES\n");
    write_table(out);
    buffer_format(out,
                  "          ) AS r (name, rights, reader) ON to_regclass(r.name) = c.oid\n"
                  "         WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'orgd')\n"
                  "    LOOP\n"
                  "        EXECUTE format('REVOKE ALL ON %%s FROM %s%s%s', item.name);\n"
                  "        IF item.rights IS NOT NULL THEN\n"
                  "            EXECUTE format('GRANT %%s ON %%s TO %s', item.rights, item.name);\n"
                  "        END IF;\n",
                  program, reader ? ", " : "", reader ? reader : "", program);
    if (reader)
        buffer_format(out,
                      "        IF item.reader THEN\n"
                      "            EXECUTE format('GRANT SELECT ON %%s TO %s', item.name);\n"
                      "        END IF;\n",
                      reader);
    buffer_text(out, "    END LOOP;\n"
                     "END\n"
                     "$grants$;\n");
}

/* ---- check ---- */

enum err rights_look(struct db *db, void *arena, bool owner, struct result *found)
{
    struct buffer names = buffer_make(arena, NAMES_MAX), rights = buffer_make(arena, NAMES_MAX);

    for (size_t i = 0; i < ROWS; i++) {
        buffer_format(&names, "%s%s", i == 0 ? "{" : ",", rows[i].table);
        buffer_format(&rights, "%s%s", i == 0 ? "" : ";", rows[i].rights);
    }
    buffer_char(&names, '}');
    if (!buffer_string(&names) || !buffer_string(&rights))
        return ERR_MEMORY;
    return DB_RUN(db, rights_findings, found, param_text(buffer_string(&names)), param_text(buffer_string(&rights)),
                  param_bool(owner));
}
