"""The dump has the format of the reference files, does not depend on what must not matter, and is never half written."""
import os

import scratch


def test_header_names_database_and_server(shared):
    lines = shared.dump().split("\n")
    assert lines[0] == lines[2] == "#" * 64
    assert lines[1] == f"## SCHEMA DUMP — database: {shared.core}"
    assert lines[3].startswith("server: ") and lines[4] == ""


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


def test_a_database_that_is_not_there(shared, tmp_path):
    out, err = shared.run("schema", "dump", shared.cluster.uri("missing"), "-o", str(tmp_path / "x"), status=3)
    assert out == "" and '"missing"' in err and err.count("\n") == 1
    assert os.listdir(tmp_path) == []
