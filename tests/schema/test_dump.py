"""The dump has the format of the reference files, does not depend on irrelevant settings, and is never half written."""
import contextlib
import gzip
import os
import pty
import re
import subprocess
import sys
import time

import pytest
import scratch
import serving

DATABASES = sorted((scratch.TREE / "tests" / "reference" / "databases").glob("*.sql.gz"))


def test_header_names_database_and_server(shared):
    lines = shared.dump().split("\n")
    assert lines[0] == lines[2] == "#" * 64
    assert lines[1] == f"## SCHEMA DUMP — database: {shared.core}"
    assert lines[3].startswith("server: ") and lines[4] == ""


@pytest.mark.parametrize("path", DATABASES, ids=lambda path: path.name[:-len(".sql.gz")])
def test_loaded_databases_equal_the_reference_dumps(pair, path):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", pair.cluster.uri(pair.core)], input=gzip.decompress(path.read_bytes()),
                   stdout=subprocess.DEVNULL, check=True)
    name = re.match(r"(\w+\.v[0-9.]+)\.", path.name).group(1)
    expected = (scratch.REFERENCE / f"{name}.txt").read_text(encoding="utf-8")
    assert scratch.without_header(pair.dump()) == scratch.without_header(expected)


def test_an_empty_database(pair):
    dump = scratch.without_header(pair.dump())
    assert dump.startswith("## EXTENSIONS\nEXTENSION plpgsql 1.0\n\n## ENUM TYPES\n\n## SEQUENCES\n\n")
    assert dump.endswith("## ALEMBIC\nALEMBIC_VERSION (absent)\nALEMBIC_VERSION_OSS (absent)\nALEMBIC_VERSION_EE (absent)\n\n")


def test_settings_of_the_database_do_not_matter(pair):
    pair.run("migrate", "up")
    before = pair.dump()
    pair.sql(f"ALTER DATABASE {pair.core} SET search_path = pg_catalog; ALTER DATABASE {pair.core} SET quote_all_identifiers = on")
    assert pair.dump() == before


def test_order_of_creation_does_not_matter(pair):
    pair.sql("CREATE TABLE b (y int, x int); CREATE INDEX b_x ON b (x); CREATE TABLE a (z text); CREATE VIEW v AS SELECT 1 AS one")
    first = scratch.without_header(pair.dump())
    pair.sql("CREATE VIEW v AS SELECT 1 AS one; CREATE TABLE a (z text); CREATE TABLE b (y int, x int); CREATE INDEX b_x ON b (x)",
             database=pair.tracing)
    assert scratch.without_header(pair.dump(pair.tracing)) == first
    assert "VIEW public.v SELECT 1 AS one;" in first
    assert "TABLE public.b COLUMN-ORDER (y, x)" in first


def test_counts(shared):
    shared.sql('CREATE TABLE "Odd name" (x int); INSERT INTO "Odd name" SELECT generate_series(1, 7)')
    assert '## ROW COUNTS\nCOUNT public."Odd name" 7\n\n' in shared.dump(shared.core, "--counts")
    assert "COUNT" not in shared.dump()
    shared.sql('DROP TABLE "Odd name"')


def test_to_a_file(shared, tmp_path):
    target = tmp_path / "dump.txt"
    shared.run("schema", "dump", shared.cluster.uri(shared.core), "-o", str(target))
    assert target.read_text(encoding="utf-8") == shared.dump()
    assert os.listdir(tmp_path) == ["dump.txt"]


def test_a_file_that_cannot_be_written(shared, tmp_path):
    _, err = shared.run("schema", "dump", shared.cluster.uri(shared.core), "-o", str(tmp_path / "no" / "dump.txt"), status=3)
    assert "cannot be written" in err and err.count("\n") == 1
    (tmp_path / "folder").mkdir()
    shared.run("schema", "dump", shared.cluster.uri(shared.core), "-o", str(tmp_path / "folder"), status=3)
    assert os.listdir(tmp_path) == ["folder"]


def test_an_output_file_keeps_its_mode_and_link(shared, tmp_path):
    """Its permissions, and its target if it is a link; a file that is not a regular file is written to."""
    uri, expected = shared.cluster.uri(shared.core), shared.dump()
    private = tmp_path / "private.txt"
    private.write_text("old", encoding="utf-8")
    private.chmod(0o600)
    (tmp_path / "link.txt").symlink_to("private.txt")
    shared.run("schema", "dump", uri, "-o", str(tmp_path / "link.txt"))
    assert (tmp_path / "link.txt").is_symlink() and private.read_text(encoding="utf-8") == expected
    assert private.stat().st_mode & 0o777 == 0o600
    old = os.umask(0o027)
    shared.run("schema", "dump", uri, "-o", str(tmp_path / "new.txt"))
    os.umask(old)
    assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o640
    os.mkfifo(tmp_path / "pipe")
    process = shared.start("schema", "dump", uri, "-o", str(tmp_path / "pipe"))
    assert (tmp_path / "pipe").read_text(encoding="utf-8") == expected and process.wait(60) == 0
    assert (tmp_path / "pipe").is_fifo()
    assert shared.run("schema", "dump", uri, "-o", "/dev/stdout")[0] == expected
    (tmp_path / "dangling").symlink_to("nowhere")
    _, err = shared.run("schema", "dump", uri, "-o", str(tmp_path / "dangling"), status=3)
    assert "cannot be written" in err and (tmp_path / "dangling").is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["dangling", "link.txt", "new.txt", "pipe", "private.txt"]


def test_options_of_the_connection(shared):
    uri = shared.cluster.uri(shared.core)
    shared.sql("CREATE TABLE at (t timestamptz DEFAULT '2026-01-01 00:00+00')")
    plain = shared.dump()
    assert "'2026-01-01 00:00:00+00'" in plain
    options = "-c%20geqo%3Doff%20-c%20TimeZone%3DAsia/Tokyo"
    assert shared.run("schema", "dump", f"{uri}&options={options}")[0] == plain, "what the dump rests on stays"
    assert shared.run("schema", "dump", uri, PGOPTIONS="-c TimeZone=Asia/Tokyo -c DateStyle=German")[0] == plain
    _, err = shared.run("schema", "dump", uri, PGOPTIONS="-c no_such_setting=1", status=3)
    assert "no_such_setting" in err, "they count"
    _, err = shared.run("schema", "dump", uri, PGOPTIONS="-c geqo=off " * 500, status=3)
    assert err.count("\n") == 1 and "options" in err
    shared.sql("DROP TABLE at")


def test_a_password_is_not_repeated(shared, tmp_path):
    _, err = shared.run("schema", "dump", "postgresql://me:pa@ss@127.0.0.1:1/x", status=3)
    assert "ss" not in err.replace("password", "") and "%40" in err
    dump = tmp_path / "a.txt"
    dump.write_text(shared.dump(), encoding="utf-8")
    for name in ("host=localhost password=secret", "me:secret@localhost/x"):
        _, err = shared.run("schema", "diff", str(dump), name, status=3)
        assert "secret" not in err and "the second of the two is neither" in err, err


def test_version_tables_of_other_kinds(shared):
    shared.sql("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('b'), (NULL), ('a');"
               "CREATE TABLE alembic_version_oss (version_num integer); CREATE TABLE alembic_version_ee (other text)")
    assert [line for line in shared.dump().split("\n") if line.startswith("ALEMBIC")] == [
        "ALEMBIC_VERSION a",
        "ALEMBIC_VERSION b",
        "ALEMBIC_VERSION (null)",
        "ALEMBIC_VERSION_OSS (hidden: no version_num of a text type)",
        "ALEMBIC_VERSION_EE (hidden: no version_num of a text type)",
    ]
    shared.sql("DROP TABLE alembic_version, alembic_version_oss, alembic_version_ee")


def test_a_database_that_is_not_there(shared, tmp_path):
    out, err = shared.run("schema", "dump", shared.cluster.uri("missing"), "-o", str(tmp_path / "x"), status=3)
    assert out == "" and '"missing"' in err and err.count("\n") == 1
    assert os.listdir(tmp_path) == []


NAMES = ['with "quotes"', "a.b", "tab\tand\nnewline\r", "back\\slash", "(a, b)", "täbel €", "x" * 63, "é" * 31, "plain_name-$1", " ", "\x01\x7f"]


def test_names_are_unambiguous(pair):
    def read(line):
        """The names at the beginning of a line, after TABLE, by the rule of the format."""
        names = re.match(r'TABLE ((?:[^".\s]|"(?:[^"]|"")*")+)\.((?:[^".\s]|"(?:[^"]|"")*")+) COLUMN-ORDER \((.*)\)$', line).groups()
        plain = []
        for name in names:
            if name.startswith('"'):
                name = re.sub(r"\\(u00..|.)", lambda found: {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}.get(
                    found.group(1), chr(int(found.group(1)[1:], 16)) if found.group(1)[0] == "u" else ""), name[1:-1].replace('""', '"'))
            plain.append(name)
        return plain

    quoted = {name: '"' + name.replace('"', '""') + '"' for name in NAMES}
    pair.sql(";".join(f"CREATE SCHEMA {name}; CREATE TABLE {name}.{name} ({name} int)" for name in quoted.values()))
    lines = [line for line in pair.dump(pair.core, "--full").split("\n") if " COLUMN-ORDER (" in line]
    assert [read(line) for line in lines] == [[name] * 3 for name in sorted(NAMES, key=str.encode)]
    assert "TABLE plain_name-$1.plain_name-$1 COLUMN-ORDER (plain_name-$1)" in lines
    assert r'TABLE "tab\tand\nnewline\r"."tab\tand\nnewline\r" COLUMN-ORDER ("tab\tand\nnewline\r")' in lines


def test_a_text_with_control_characters_is_one_line(pair):
    pair.sql("CREATE TABLE t (x text DEFAULT E'a\nb\\c', y text DEFAULT E'a\\\\c', CHECK (x <> E'\t'))")
    lines = pair.dump().split("\n")
    assert r"TABLE public.t COLUMN x text DEFAULT \'a\nbc'::text" in lines, lines
    assert r"TABLE public.t COLUMN y text DEFAULT 'a\c'::text" in lines, lines
    assert r"TABLE public.t CONSTRAINT t_x_check \CHECK ((x <> '\t'::text))" in lines, lines


def make_tables(pair, count, rest=""):
    pair.sql(f"CREATE PROCEDURE make() LANGUAGE plpgsql AS $$BEGIN FOR i IN 1..{count} LOOP"
             f" EXECUTE format('CREATE TABLE a%s (x int) {rest}', i); IF i % 500 = 0 THEN COMMIT; END IF; END LOOP; END$$")
    pair.sql("CALL make()")


def test_ten_thousand_tables(pair, tmp_path):
    make_tables(pair, 10000, "PARTITION BY RANGE (x)")  # without one file per table, which takes long to delete
    measure = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    target = tmp_path / "dump.txt"
    done = subprocess.run([sys.executable, "-c", measure, scratch.PROGRAM, "schema", "dump", "--full", "-o", str(target),
                           pair.cluster.uri(pair.core)], env=pair.environment(), text=True, capture_output=True, check=True)
    lines = target.read_text(encoding="utf-8").split("\n")
    assert sum(" COLUMN-ORDER (x)" in line for line in lines) == 10000
    assert sum(line.endswith(" PARTITION BY RANGE (x)") for line in lines) == 10000
    if not any(name.endswith("SAN_OPTIONS") for name in os.environ):
        assert int(done.stdout) < 100 * 1024, "more than 100 MB"


def test_counting_holds_few_locks_at_a_time(pair):
    make_tables(pair, 450)
    pair.sql("INSERT INTO a450 VALUES (1)")
    counts = [line for line in pair.dump(pair.core, "--counts").split("\n") if line.startswith("COUNT ")]
    assert counts == sorted(f"COUNT public.a{i} {int(i == 450)}" for i in range(1, 451))
    pair.sql("CREATE TABLE held (x int)")
    with waiting_dump(pair) as process:
        locked = pair.sql("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation"
                          " WHERE a.application_name = 'orgd schema dump' AND c.relname ~ '^a[0-9]+$'")[0][0]
    process.communicate(timeout=30)
    assert process.returncode == 0 and 0 < locked <= 200


@contextlib.contextmanager
def waiting_dump(pair, *options, **popen):
    """A dump that waits in the middle of counting for a lock on the table `held`; returns it and then lets it continue."""
    connection = pair.cluster.connect(pair.core)
    connection.autocommit = False
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
        process = subprocess.Popen([scratch.PROGRAM, "schema", "dump", "--counts", pair.cluster.uri(pair.core), *options],
                                   env=pair.environment(), stdout=subprocess.PIPE, **popen)
        serving.wait_for("the dump waits", lambda: pair.sql(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'orgd schema dump' AND wait_event_type = 'Lock'"))
        yield process


@pytest.mark.parametrize("to_file", [True, False])
def test_a_connection_that_is_lost_in_the_middle(pair, tmp_path, to_file):
    pair.sql("CREATE TABLE counted (x int); CREATE TABLE held (x int); CREATE TABLE later (x int)")
    options = ["-o", str(tmp_path / "dump.txt")] if to_file else []
    with waiting_dump(pair, *options, stderr=subprocess.PIPE) as process:
        pair.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orgd schema dump'")
        out, err = process.communicate(timeout=30)
    assert process.returncode == 3 and out == b"" and err.count(b"\n") == 1 and err.startswith(b"orgd: the catalog cannot be read: ")
    assert os.listdir(tmp_path) == []


def test_progress_of_counting_on_a_terminal(pair):
    pair.sql("CREATE TABLE counted (x int); CREATE TABLE held (x int); CREATE TABLE later (x int)")
    ours, theirs = pty.openpty()
    with waiting_dump(pair, stderr=theirs) as process:
        os.close(theirs)
        time.sleep(1.2)
    out, _ = process.communicate(timeout=30)
    shown = b""
    with contextlib.suppress(OSError):  # the terminal reports when its other side is closed
        while chunk := os.read(ours, 10000):
            shown += chunk
    os.close(ours)
    assert process.returncode == 0 and b"COUNT public.later 0\n" in out
    assert shown.startswith(b"\rcounting rows: 2 of 3 tables") and shown.endswith(b"\r\x1b[K"), shown


def test_unreadable_objects_are_named(pair):
    pair.sql("DROP ROLE IF EXISTS dump_reader; CREATE ROLE dump_reader LOGIN; CREATE SCHEMA closed; CREATE TABLE closed.t (x int);"
             "CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int, y int); CREATE TABLE filtered (x int);"
             "CREATE TABLE alembic_version (version_num text); INSERT INTO a SELECT generate_series(1, 3);"
             "ALTER TABLE filtered ENABLE ROW LEVEL SECURITY; GRANT SELECT ON a, filtered TO dump_reader;"
             "GRANT SELECT (y) ON c TO dump_reader; GRANT SELECT ON closed.t TO dump_reader")
    uri = pair.cluster.uri(pair.core).replace("postgres@", "dump_reader@")
    dump = pair.run("schema", "dump", "--counts", "--full", uri)[0]
    assert [line for line in dump.split("\n") if line.startswith("COUNT ")] == [
        "COUNT closed.t (hidden: no USAGE on the schema)",
        "COUNT public.a 3",
        "COUNT public.alembic_version (hidden: no SELECT on the table)",
        "COUNT public.b (hidden: no SELECT on the table)",
        "COUNT public.c 0",
        "COUNT public.filtered (hidden: row security)",
    ]
    assert "\nALEMBIC_VERSION (hidden: no SELECT on the table)\n" in dump
    assert "\nTABLE closed.t COLUMN x integer\n" in dump


def test_a_reader_without_public(pair):
    pair.sql("DROP ROLE IF EXISTS dump_stranger; CREATE ROLE dump_stranger LOGIN; CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE b (x int REFERENCES a)")
    uri = pair.cluster.uri(pair.core).replace("postgres@", "dump_stranger@")
    assert pair.run("schema", "dump", uri) == (pair.dump(), "")
    pair.sql("REVOKE USAGE ON SCHEMA public FROM PUBLIC")
    out, err = pair.run("schema", "dump", uri)
    assert "REFERENCES public.a(x)" in out and "REFERENCES a(x)" in pair.dump()
    assert err.count("\n") == 1 and f"no USAGE on the schema public of {pair.core}" in err
    assert pair.run("schema", "diff", uri, uri) == ("They are equal.\n", 2 * err)


def test_a_view_instead_of_a_version_table_is_not_read(pair):
    pair.sql("CREATE FUNCTION called() RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'called'; END$$;"
             "CREATE VIEW alembic_version AS SELECT called() AS version_num")
    assert "\nALEMBIC_VERSION (absent)\n" in pair.dump()


def test_objects_of_extensions_belong_to_the_extension(pair):
    before = pair.dump(pair.core, "--full")
    pair.sql("CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hstore")
    added = set(pair.dump(pair.core, "--full").split("\n")) - set(before.split("\n"))
    assert all("EXTENSION" in line or line.startswith("COMMENT ON extension") for line in added), added


def test_without_an_address_it_is_the_core_database(shared):
    assert shared.run("schema", "dump")[0] == shared.dump()


def test_without_an_address_it_is_the_private_cluster(server):
    done = subprocess.run([scratch.PROGRAM, "schema", "dump"], env=serving.clean_environment(ORGD_DATA_DIR=str(server.data)),
                          text=True, capture_output=True, check=True)
    assert "## SCHEMA DUMP — database: agenta_oss_core\n" in done.stdout and "TABLE public.users COLUMN" in done.stdout


def test_a_missing_private_cluster_is_not_made(folder):
    done = subprocess.run([scratch.PROGRAM, "schema", "dump"], env=serving.clean_environment(ORGD_DATA_DIR=str(folder / "data")),
                          text=True, capture_output=True, check=False)
    assert done.returncode == 3 and "no private cluster" in done.stderr
    assert os.listdir(folder) == []
