"""A dump runs no function of the database, reads one snapshot, and neither damages files nor reveals passwords."""
import contextlib
import json
import os
import subprocess

import psycopg2
import pytest
import scratch
import serving

# Fails if the program calls it, but not in another session.
CALLED = """CREATE FUNCTION called() RETURNS int LANGUAGE plpgsql AS $$BEGIN
 IF current_setting('application_name') LIKE 'orgd%' THEN RAISE EXCEPTION 'called'; END IF; RETURN 1; END$$;
CREATE FUNCTION calls(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RETURN public.called(); END$$;"""


@contextlib.contextmanager
def meanwhile(pair, table, *options):
    """Statements in this block are committed while a dump waits for a lock on the table."""
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        cursor.execute(f"BEGIN; LOCK TABLE {table}")
        process = pair.start("schema", "dump", pair.cluster.uri(pair.core), *options)
        serving.wait_for("the dump waits", lambda: pair.sql(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'orgd schema dump' AND wait_event_type = 'Lock'"))
        yield cursor, process
        cursor.execute("COMMIT")


def test_no_function_of_an_index_is_called(pair):
    pair.sql(CALLED + "CREATE TABLE alembic_version (version_num text); CREATE INDEX ON alembic_version ((calls(1)));"
             "CREATE TABLE t (x int); CREATE INDEX ON t (x) WHERE calls(1) = 1; INSERT INTO t SELECT generate_series(1, 1000);"
             "INSERT INTO alembic_version VALUES ('a')")
    with pytest.raises(psycopg2.Error, match="called"):
        pair.sql("SET application_name = 'orgd'; SELECT version_num FROM alembic_version")
    dump = pair.dump(pair.core, "--full", "--counts")
    assert "\nCOUNT public.t 1000\n" in dump and "\nALEMBIC_VERSION a\n" in dump


@pytest.mark.parametrize("before, made", [
    ("CREATE TABLE z (x int)", "DROP TABLE z; CREATE VIEW z AS SELECT public.called() AS x"),
    ("CREATE TABLE alembic_version (version_num text)",
     "DROP TABLE alembic_version; CREATE VIEW alembic_version AS SELECT public.called()::text AS version_num")])
def test_a_view_that_takes_the_place_of_a_table_is_not_read(pair, before, made):
    pair.sql(f"{CALLED}CREATE TABLE a (x int); {before}")
    with meanwhile(pair, "a", "--counts") as (cursor, process):
        cursor.execute(made)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (3, "") and "cannot copy from view" in err or "changed while it was read" in err, out + err


def test_foreign_tables_are_not_read(pair, tmp_path):
    proof = tmp_path / "proof"
    tmp_path.chmod(0o777)
    pair.sql("CREATE EXTENSION file_fdw; CREATE SERVER f FOREIGN DATA WRAPPER file_fdw;"
             "CREATE TABLE alembic_version (version_num text) PARTITION BY LIST (version_num);"
             f"CREATE FOREIGN TABLE one PARTITION OF alembic_version DEFAULT SERVER f OPTIONS (program 'echo x; touch {proof}', format 'csv');"
             "CREATE TABLE alembic_version_oss (version_num text); INSERT INTO alembic_version_oss VALUES ('own');"
             f"CREATE FOREIGN TABLE two () INHERITS (alembic_version_oss) SERVER f OPTIONS (program 'echo x; touch {proof}', format 'csv')")
    dump = pair.dump(pair.core, "--full", "--counts")
    assert "\nALEMBIC_VERSION (hidden: partitioned)\nALEMBIC_VERSION_OSS own\n" in dump and "COUNT public.alembic_version_oss 1\n" in dump
    assert not proof.exists()


def test_revisions_of_any_text(pair):
    revisions = ['a"b', "a,b", "\\.", "", " ", "two\nlines", "ä", "(null)", '"', "\t"]
    pair.sql("CREATE TABLE alembic_version (version_num text)")
    for revision in revisions:
        pair.sql("INSERT INTO alembic_version VALUES (%s)", (revision,))
    pair.sql("INSERT INTO alembic_version VALUES (NULL)")
    found = json.loads(pair.dump(pair.core, "--json"))["sections"][-1]["objects"]
    assert [one["revision"] for one in found if one["name"] == "ALEMBIC_VERSION"] == [*sorted(revisions, key=str.encode), "(null)"]


def test_counting_tables_without_columns(pair):
    pair.sql("CREATE TABLE a (); INSERT INTO a DEFAULT VALUES; INSERT INTO a DEFAULT VALUES; CREATE DOMAIN d AS text; CREATE TYPE e AS ENUM ('x');"
             "CREATE TABLE b (x d, y jsonb, z e); INSERT INTO b VALUES (NULL, NULL, NULL), ('a' || chr(10), '{}', 'x');"
             "CREATE TABLE c (x int, y int GENERATED ALWAYS AS (x) STORED); ALTER TABLE c DROP x CASCADE;"
             "CREATE TABLE f (x int, y int GENERATED ALWAYS AS (x) STORED); INSERT INTO f VALUES (1);"
             "DROP ROLE IF EXISTS dump_counter; CREATE ROLE dump_counter LOGIN; GRANT SELECT (y) ON f TO dump_counter; GRANT SELECT (z) ON b TO dump_counter")
    counts = {line for line in pair.dump(pair.core, "--counts").split("\n") if line.startswith("COUNT ")}
    assert counts == {"COUNT public.a 2", "COUNT public.b 2", "COUNT public.c 0", "COUNT public.f 1"}
    out = pair.run("schema", "dump", "--counts", pair.cluster.uri(pair.core).replace("postgres@", "dump_counter@"))[0]
    assert "COUNT public.b 2\n" in out and "COUNT public.f (hidden: no SELECT on the table)\n" in out


@pytest.mark.parametrize("before, change", [
    ("CREATE TYPE gone AS ENUM ('a'); CREATE TYPE pair AS (x int, y gone)", "DROP TYPE gone CASCADE"),
    ("CREATE EXTENSION file_fdw; CREATE SERVER f FOREIGN DATA WRAPPER file_fdw;"
     "CREATE FOREIGN TABLE ft (x int, g int GENERATED ALWAYS AS (x + 1) STORED) SERVER f OPTIONS (filename '/dev/null')", "DROP FOREIGN TABLE ft"),
    ("CREATE TABLE pol (x int); CREATE POLICY p ON pol USING (x > 0)", "DROP TABLE pol"),
    ("CREATE TABLE rn (x int); CREATE RULE r AS ON DELETE TO rn DO INSTEAD NOTHING", "ALTER TABLE rn RENAME TO other"),
    ("CREATE TABLE col (x int CHECK (x > 0))", "ALTER TABLE col RENAME x TO y"),
    ("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE m (x mood DEFAULT 'sad')", "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'"),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION f()")])
def test_a_change_during_the_dump_is_reported(pair, before, change):
    pair.sql(f"CREATE TABLE base (x int); CREATE VIEW v AS SELECT x FROM base; {before}")
    with meanwhile(pair, "base", "--full") as (cursor, process):
        cursor.execute(change)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (3, "") and err.count("\n") == 1 and "read it again" in err, out + err


def test_changes_outside_of_definitions_are_ignored(pair):
    pair.sql("CREATE TABLE base (x int); CREATE VIEW v AS SELECT x FROM base; CREATE TABLE other (x int)")
    dump = pair.dump(pair.core, "--full")
    with contextlib.closing(pair.cluster.connect(pair.core)) as other:
        other.cursor().execute("CREATE TYPE pg_temp.e AS ENUM ('a'); CREATE DOMAIN pg_temp.d AS int CHECK (VALUE > 0); CREATE TYPE pg_temp.k AS (a int);"
                               "CREATE TEMP TABLE u (x serial PRIMARY KEY, y text DEFAULT 'a' CHECK (y <> ''), z pg_temp.e, w pg_temp.d);"
                               "CREATE TEMP VIEW v2 AS SELECT x FROM u; CREATE STATISTICS pg_temp.s ON x, y FROM u; CREATE TEMP TABLE c () INHERITS (u);"
                               "CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE POLICY p ON u;"
                               "CREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION pg_temp.f(); CREATE INDEX ON u (lower(y));"
                               "CREATE OPERATOR pg_temp.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq); CREATE COLLATION pg_temp.o FROM \"C\"")
        with meanwhile(pair, "base", "--full") as (cursor, process):
            cursor.execute("TRUNCATE other; CREATE TEMP TABLE t (x int); CREATE TABLE made (x int)")
            other.cursor().execute("DISCARD TEMP")
        assert process.communicate(timeout=30) == (dump, "")


def test_a_reader_without_usage_of_a_schema_during_other_changes(pair):
    pair.sql("CREATE SCHEMA secret; CREATE TABLE secret.t (x int); CREATE TABLE base (x int); CREATE VIEW v AS SELECT x FROM base;"
             "DROP ROLE IF EXISTS dump_outsider; CREATE ROLE dump_outsider LOGIN")
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN; ALTER TABLE secret.t RENAME TO u; ROLLBACK; BEGIN; LOCK TABLE base")
        process = pair.start("schema", "dump", pair.cluster.uri(pair.core).replace("postgres@", "dump_outsider@"))
        serving.wait_for("the dump waits", lambda: pair.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'dump_outsider' AND wait_event_type = 'Lock'"))
        cursor.execute("CREATE TABLE made (x int); COMMIT")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "") and "TABLE secret.t COLUMN x integer" in out


def test_a_long_item_of_a_list(pair):
    pair.sql("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (a %s)", ("q" * 1100000,))
    assert f'"a={"q" * 1100000}"' in pair.dump(pair.core, "--full")


def test_names_in_the_order_of_utf_8_whatever_the_encoding(pair):
    made = "CREATE TABLE ю (a int PRIMARY KEY); CREATE TABLE а (b int REFERENCES ю); CREATE TABLE ц (b int REFERENCES ю); INSERT INTO ю VALUES (1)"
    pair.sql(f"DROP DATABASE {pair.tracing}; ", database="postgres")
    pair.sql(f"CREATE DATABASE {pair.tracing} ENCODING 'KOI8R' LOCALE 'C' TEMPLATE template0", database="postgres")
    for database in (pair.core, pair.tracing):
        with contextlib.closing(pair.cluster.connect(database)) as connection, connection.cursor() as cursor:
            connection.set_client_encoding("UTF8")
            cursor.execute(made)
    ours, theirs = (scratch.without_header(pair.dump(database, "--full", "--counts")) for database in (pair.core, pair.tracing))
    assert ours == theirs
    pictures = [pair.dump(database, "--graph", "dot") for database in (pair.core, pair.tracing)]
    assert pictures[0].count("->") == 2 and pictures[0] == pictures[1]


def test_the_name_of_a_role_in_another_encoding(pair):
    pair.sql(f"DROP DATABASE {pair.tracing}", database="postgres")
    pair.sql(f"CREATE DATABASE {pair.tracing} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", database="postgres")
    with contextlib.closing(pair.cluster.connect(pair.tracing)) as connection, connection.cursor() as cursor:
        connection.set_client_encoding("LATIN1")
        cursor.execute('CREATE ROLE "\u00fc"')
    try:
        pair.sql("CREATE TABLE mine (x int); DO $$BEGIN EXECUTE format('CREATE POLICY p ON mine TO %I', (SELECT rolname FROM pg_roles WHERE"
                 " length(rolname::bytea) = 1 AND rolname::bytea = '\\xfc')); END$$")
        dump = pair.dump(pair.core, "--full")
        assert "POLICY p AS PERMISSIVE FOR ALL TO (\ufffd)" in dump
        json.loads(pair.dump(pair.core, "--full", "--json"))
        assert pair.run("schema", "diff", pair.cluster.uri(pair.core), pair.cluster.uri(pair.core))[0] == "They are equal.\n"
    finally:
        pair.cluster.create(pair.core)
        with contextlib.closing(pair.cluster.connect(pair.tracing)) as connection, connection.cursor() as cursor:
            connection.set_client_encoding("LATIN1")
            cursor.execute('DROP ROLE "\u00fc"')


def test_money(pair):
    locales = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.split()
    other = next((one for one in locales if one != "POSIX" and not one.startswith("C")), "C")  # a bare machine has no other locale
    pair.sql("SET lc_monetary = 'C'; CREATE TABLE t (m money DEFAULT '1234.50'::money)")
    pair.sql(f"ALTER DATABASE {pair.core} SET lc_monetary = '{other}'")
    assert "COLUMN m money DEFAULT '$1,234.50'::money" in pair.dump()


def test_a_recreated_schema_public(pair):
    dump = pair.dump(pair.core, "--full")
    pair.sql("DROP SCHEMA public; CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC;"
             "COMMENT ON SCHEMA public IS 'standard public schema'")
    assert pair.dump(pair.core, "--full") == dump
    pair.sql("COMMENT ON SCHEMA public IS NULL")
    assert set(pair.dump(pair.core, "--full").split("\n")) - set(dump.split("\n")) == {"COMMENT ON schema NAMED public IS "}
    file = pair.run("schema", "diff", pair.cluster.uri(pair.core), pair.cluster.uri(pair.tracing), status=1)[0]
    assert file.splitlines()[0].startswith("removed    comment schema public"), file


def test_a_cast_of_a_temporary_type(pair):
    dump = pair.dump(pair.core, "--full")
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE tt (x int); CREATE FUNCTION pg_temp.f(tt) RETURNS int LANGUAGE sql AS 'SELECT 1';"
                       "CREATE CAST (tt AS int) WITH FUNCTION pg_temp.f(tt)")
        assert pair.dump(pair.core, "--full") == dump


def test_functions_of_a_custom_text_parser_are_not_called(pair):
    pair.sql("CREATE TEXT SEARCH PARSER p (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);"
             "CREATE TEXT SEARCH CONFIGURATION c (PARSER = p); ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word WITH simple;"
             "CREATE TEXT SEARCH CONFIGURATION d (PARSER = pg_catalog.\"default\"); ALTER TEXT SEARCH CONFIGURATION d ADD MAPPING FOR word WITH simple")
    dump = pair.dump(pair.core, "--full")
    assert "MAPPING FOR 2 WITH simple" in dump and "MAPPING FOR word WITH simple" in dump


def test_settings_of_a_subscription(pair):
    pair.sql("CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = NONE)")
    try:
        before = pair.dump(pair.core, "--full")
        pair.sql("ALTER SUBSCRIPTION s SET (binary = true, streaming = true, disable_on_error = true, synchronous_commit = 'local')")
        changed = set(pair.dump(pair.core, "--full").split("\n")) - set(before.split("\n"))
        assert changed == {"SUBSCRIPTION s TO (p) DISABLED OPTIONS (\"binary=true\", \"disable_on_error=true\", \"slot_name=NONE\","
                           " \"streaming=t\", \"synchronous_commit=local\")"}
    finally:
        pair.sql("DROP SUBSCRIPTION s")


@pytest.mark.parametrize("command", ["$DUMP -o /dev/stdout >> file", "(echo before; $DUMP -o /dev/stdout) > file",
                                     "(echo before; $DUMP -o /dev/fd/3 3>&1) > file", "$DUMP -o /proc/self/fd/1 >> file"])
def test_open_outputs_are_written_to_and_not_replaced(pair, tmp_path, command):
    (tmp_path / "file").write_text("before\n", encoding="utf-8")
    subprocess.run(["sh", "-c", command.replace("$DUMP", f'{scratch.PROGRAM} schema dump "{pair.cluster.uri(pair.core)}"')], cwd=tmp_path,
                   env=pair.environment(), check=True, timeout=60)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "before\n" + pair.dump()


def test_a_file_with_the_longest_name(pair, tmp_path):
    pair.dump(pair.core, "-o", str(tmp_path / ("x" * 255)))
    assert os.listdir(tmp_path) == ["x" * 255]


@pytest.mark.parametrize("arguments, status", [
    (["postgresql://a@b/c", "postgresql://u:secret@h/db"], 2), (["host=/nowhere", "host=/nowhere password=secret"], 2),
    (["postgresql://u:secret/x@127.0.0.1/db"], 3), (["postgresql://u:secret@127.0.0.1:1/db"], 3), ([""], 2),
    (["postgresql://u:secret@127.0.0.1:1/db", "--graph", "dot", "--json"], 2)])
def test_a_message_without_the_password(shared, arguments, status):
    _, err = shared.run("schema", "dump", *arguments, status=status)
    assert "secret" not in err and err.count("\n") == 1
