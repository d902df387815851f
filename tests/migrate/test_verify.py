"""verify finds differences from the expected schema, and purge empties the archive."""
import json
import subprocess

import old
import pytest
import scratch


def findings(pair, *options, status=0):
    out, _ = pair.run("migrate", "verify", "--json", *options, status=status)
    core, tracing = json.loads(out)
    assert (status == 0) == (core["equal"] and tracing["equal"])
    return [(one["kind"], one["found"], one["expected"]) for one in core["findings"]]


@pytest.mark.parametrize("edition", ["oss", "ee"])
def test_a_fresh_database_matches(make_pair, edition):
    pair = make_pair(edition)
    pair.run("migrate", "up")
    assert findings(pair) == []
    assert pair.run("migrate", "verify")[0] == "core: schema matches\ntracing: schema matches\n"


@pytest.mark.parametrize("edition, kind", [("oss", "livedin"), ("ee", "empty")])
def test_an_upgraded_database_matches(make_old, edition, kind):
    pair = make_old(edition, kind)
    old.up(pair, "--to", "agenta")
    assert findings(pair, "--to", "agenta") == []
    pair.run("migrate", "up")
    assert findings(pair) == []


@pytest.mark.parametrize("edition, kind", [("oss", "livedin"), ("ee", "empty")])
def test_an_upgraded_database_at_head_equals_a_fresh_one(make_old, edition, kind):
    pair = make_old(edition, kind)
    old.up(pair)
    for name, database in (("core", pair.core), ("tracing", pair.tracing)):
        text = (scratch.TREE / "chains" / "shapes" / f"{edition}_{name}.txt").read_text(encoding="utf-8")
        own = [line for line in old.shape(pair, database).split("\n") if " orgd_archive." not in line]
        assert own == text.split("\n")


def test_a_changed_edition_has_another_column_order(pair):
    pair.run("migrate", "up")
    pair.edition = "ee"
    pair.run("migrate", "up")
    assert {(kind, found.split(" ")[1]) for kind, found, _ in findings(pair)} == {
        ("order", "public.api_keys"), ("order", "public.meters"), ("order", "public.subscriptions")}


def test_the_expected_schemas_match_the_chains(cluster, tmp_path):
    """`tools/shapes BUILD-FOLDER` writes them."""
    for edition in ("oss", "ee"):
        pair = cluster.pair(edition)
        pair.run("migrate", "up")
        for name, database in (("core", pair.core), ("tracing", pair.tracing)):
            text = (scratch.TREE / "chains" / "shapes" / f"{edition}_{name}.txt").read_text(encoding="utf-8")
            assert text == scratch.without_header(pair.dump(database)), "run tools/shapes and look at the difference"


def lines(text):
    return [line for line in text.split("\n") if line and not line.startswith(("#", "ALEMBIC", "server: "))]


@pytest.mark.parametrize("edition", ["oss", "ee"])
@pytest.mark.parametrize("name", ["core", "tracing"])
def test_a_shape_without_the_schema_orgd_equals_agentas(edition, name):
    text = (scratch.TREE / "chains" / "shapes" / f"{edition}_{name}.txt").read_text(encoding="utf-8")
    agenta = [line for line in lines(text) if " orgd." not in line.split("CONSTRAINT")[0] and " orgd_" not in " ".join(line.split(" ")[:4])]
    assert agenta == lines(scratch.reference(f"{edition}_{name}"))


@pytest.mark.parametrize("sql, expected", [
    ("DROP INDEX ix_projects_organization_id", [("missing", None, "TABLE public.projects INDEX ix_projects_organization_id")]),
    ("ALTER TABLE projects ALTER COLUMN organization_id DROP NOT NULL", [("changed", "TABLE public.projects COLUMN organization_id",
      "TABLE public.projects COLUMN organization_id uuid NOT NULL")]),
    ("ALTER TABLE users ADD CONSTRAINT mine CHECK (email <> '')", [("added", "TABLE public.users CONSTRAINT mine", None)]),
    ("DROP TRIGGER orgd_follow_project ON projects", [("missing", None, "TABLE public.projects TRIGGER orgd_follow_project")]),
    ("ALTER INDEX ix_projects_organization_id RENAME TO mine", [("changed", "TABLE public.projects INDEX mine",
      "TABLE public.projects INDEX ix_projects_organization_id")]),
    ("DROP TABLE folders CASCADE", None),
])
def test_differences_are_reported(pair, sql, expected):
    pair.run("migrate", "up")
    pair.sql(sql)
    found = findings(pair, status=1)
    if expected is None:
        assert found and all(kind == "missing" for kind, _, _ in found)
        return
    assert len(found) == len(expected)
    for (kind, got, wanted), (expected_kind, expected_got, expected_wanted) in zip(found, expected):
        assert kind == expected_kind
        assert (got or "").startswith(expected_got or "") and (wanted or "").startswith(expected_wanted or "")
    assert "schema differs" in pair.run("migrate", "verify", status=1)[0]


def test_an_additional_column_is_a_difference(pair):
    pair.run("migrate", "up")
    pair.sql("ALTER TABLE users ADD COLUMN mood text NOT NULL DEFAULT 'good'")
    assert {kind for kind, _, _ in findings(pair, status=1)} == {"added"}


def test_objects_of_other_programs_are_no_difference(pair):
    pair.run("migrate", "up")
    pair.sql("CREATE TABLE reports (id int PRIMARY KEY); CREATE INDEX reports_users ON users (username);"
             " CREATE VIEW people AS SELECT email FROM users; CREATE EXTENSION pg_stat_statements; CREATE TYPE mood AS ENUM ('good')")
    found = findings(pair)
    assert found and {kind for kind, _, _ in found} == {"unrelated"}


def test_outdated_databases_are_not_compared(make_old):
    pair = make_old("oss", "empty")
    out, _ = pair.run("migrate", "verify", status=1)
    assert "b3c4d5e6f7a9" in out
    pair.run("migrate", "up", "--to", "agenta")
    assert findings(pair, "--to", "agenta") == []
    findings(pair, status=1)


def test_purge_lists_its_losses_before_removing_them(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE VIEW applications AS SELECT app_name FROM app_db")
    old.up(pair)
    out, _ = pair.run("migrate", "purge", status=1)
    assert "core database: table orgd_archive.app_db with 9 rows\n" in out and "view applications" in out and "purge --yes" in out
    assert pair.sql("SELECT count(*) FROM applications") == [(9,)]
    listed = json.loads(pair.run("migrate", "purge", "--json", status=1)[0])
    assert not listed["removed"] and {"database": "core", "kind": "table", "name": "orgd_archive.app_db", "rows": 9} in listed["archived"]
    assert json.loads(pair.run("migrate", "purge", "--yes", "--json")[0]) == {**listed, "removed": True}
    for database in (pair.core, pair.tracing):
        assert pair.sql("SELECT to_regnamespace('orgd_archive'), to_regclass('applications')", database=database) == [(None, None)]
    assert pair.run("migrate", "purge")[0] == "the archive is empty\n"
    pair.run("migrate", "verify")
    _, err = pair.run("migrate", "down", "--to", "b3c4d5e6f7a9", status=3)
    assert "archive" in err and err.count("\n") == 1


def test_purge_limits_its_wait_for_locks(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair)
    reading = subprocess.Popen([scratch.postgres_programs() / "psql", "-q", "-h", pair.cluster.folder, "-U", "postgres", pair.core, "-c",
                                "BEGIN; SELECT FROM orgd_archive.app_db; SELECT pg_sleep(60)"], stdout=subprocess.DEVNULL)
    old.wait(lambda: pair.sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = %s", [pair.core]))
    _, err = pair.run("migrate", "purge", "--yes", status=3)
    reading.kill()
    reading.wait()
    assert err.startswith("orgd: the archive of the core database") and err.count("\n") == 1
    assert pair.sql("SELECT count(*) FROM orgd_archive.app_db") == [(9,)]
