"""The operator's HTTP answers about migrations and schemas equal the output of the commands for the same databases."""
import json

import old
import pytest
import scratch
import serving

KEY = "k" * 40
ADMIN = {"Authorization": f"Access {KEY}"}
PATHS = [("GET", "/admin/migrations"), ("GET", "/admin/migrations/plan"), ("GET", "/admin/schema/dump?database=core"),
         ("POST", "/admin/schema/diff")]


@pytest.fixture(scope="module")
def upgraded(cluster, templates):
    """A used database after its upgrade, and a server over it."""
    pair = templates.fill(cluster.pair(), "oss", "livedin")
    old.up(pair)
    server = serving.Server(AGENTA_AUTH_KEY=KEY, AGENTA_CRYPT_KEY="c" * 40, **{
        name: value for name, value in pair.environment().items() if name.startswith("POSTGRES")}).start()
    yield pair, server
    server.close()


def ask(server, path, body=None, status=200):
    answer = server.request("GET" if body is None else "POST", "/api" + path, body, ADMIN)
    assert answer.status == status, answer
    return answer.json


def test_only_the_administrator_reads_the_operator_pages(upgraded):
    _, server = upgraded
    for method, path in PATHS:
        for headers in ({}, {"Authorization": "Access wrong"}, {"Authorization": "ApiKey a.b"}):
            answer = server.request(method, "/api" + path, {} if method == "POST" else None, headers)
            assert (answer.status, answer.json) == (401, {"detail": {"message": "Unauthorized"}})


def test_the_state_of_the_migrations(upgraded):
    pair, server = upgraded
    body = ask(server, "/admin/migrations")
    assert (body["edition"], [database["database"] for database in body["databases"]]) == ("oss", ["core", "tracing"])
    for database in body["databases"]:
        assert (database["state"], database["name"]) == ("current", getattr(pair, database["database"]))
        for chain in database["chains"]:
            assert chain["current"] == chain["head"] == chain["revisions"][-1]["revision"]
            assert all(revision["applied"] for revision in chain["revisions"])
            assert pair.sql(f"SELECT version_num FROM {chain['table']}", database=database["name"]) == [(chain["current"],)]
    chains = [[chain["chain"] for chain in database["chains"]] for database in body["databases"]]
    assert chains == [["core", "core_oss", "orgd"], ["tracing", "tracing_oss"]]
    assert [chain["owner"] for chain in body["databases"][0]["chains"]] == ["agenta", "agenta", "orgd"]


def test_the_report_on_the_last_upgrade(upgraded):
    pair, server = upgraded
    body = ask(server, "/admin/migrations")
    rows = pair.sql("SELECT place, outcome, count(*) FROM orgd.backfilled_members GROUP BY 1, 2")
    assert rows and sorted((row["place"], row["outcome"], row["members"]) for row in body["backfill"]) == sorted(rows)
    assert all(row["at"].startswith("20") for row in body["backfill"])
    tables = [row for row in body["archive"] if row["kind"] == "table"]
    assert {row["database"] for row in tables} >= {"core"}
    for row in tables:
        assert pair.sql(f"SELECT count(*) FROM {row['name']}", database=getattr(pair, row["database"])) == [(row["rows"],)]


def test_a_fresh_database_was_never_upgraded(server):
    body = server.admin("GET", "/api/admin/migrations").json
    assert (body["backfill"], body["archive"]) == ([], [])
    assert [chain["chain"] for chain in body["databases"][0]["chains"]] == ["core", "core_oss", "orgd"]


def test_the_plan_is_that_of_the_command(upgraded):
    pair, server = upgraded
    assert ask(server, "/admin/migrations/plan") == json.loads(pair.run("migrate", "plan", "--json")[0])


def test_the_dump_is_that_of_the_command(upgraded):
    pair, server = upgraded
    for name in ("core", "tracing"):
        for full, options in (("", ()), ("&full=false", ()), ("&full=true", ("--full",))):
            body = ask(server, f"/admin/schema/dump?database={name}{full}")
            assert (body["database"], body["dump"]) == (name, pair.dump(getattr(pair, name), *options))


@pytest.mark.parametrize("name", ["", "postgres", "core;", "CORE"])
def test_unknown_databases_are_refused(name, upgraded):
    assert "core and tracing" in ask(upgraded[1], f"/admin/schema/dump?database={name}", status=400)["detail"]


def test_two_dumps_are_compared(upgraded, tmp_path):
    pair, server = upgraded
    sides = {side: (scratch.REFERENCE / f"{name}_core.v0.104.0.txt").read_text(encoding="utf-8") for side, name in (("a", "oss"), ("b", "ee"))}
    body = ask(server, "/admin/schema/diff", sides)
    for side, text in sides.items():
        (tmp_path / side).write_text(text, encoding="utf-8")
    assert body["parity"] == json.loads(pair.run("schema", "parity", "--json", tmp_path / "a", tmp_path / "b")[0])
    assert body["verdict"].rstrip("\n") == pair.run("schema", "diff", tmp_path / "a", tmp_path / "b", status=1)[0].rstrip("\n").split("\n")[-1]
    page = server.request("POST", "/api/admin/schema/diff?format=html", sides, ADMIN)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.body.decode() == pair.run("schema", "diff", "--html", tmp_path / "a", tmp_path / "b", status=1)[0]


def test_a_dump_is_compared_with_the_database(upgraded):
    pair, server = upgraded
    dump = ask(server, "/admin/schema/dump?database=core&full=true")["dump"]
    body = ask(server, "/admin/schema/diff", {"a": dump, "b_database": "core"})
    assert body["parity"]["equal"] and body["parity"]["differences"] == []
    without = "".join(line for line in dump.splitlines(keepends=True) if not line.startswith("TABLE public.users INDEX ix_"))
    assert without != dump
    found = ask(server, "/admin/schema/diff", {"a_database": "core", "b": without})["parity"]["differences"]
    assert found and all((one["change"], one["kind"]) == ("removed", "index") for one in found)
    assert ask(server, "/admin/schema/diff", {"a_database": "core", "b_database": "tracing"})["parity"]["equal"] is False


@pytest.mark.parametrize("body", [{}, {"a": "x"}, {"a": "x", "a_database": "core", "b": "y"}, {"a_database": "c", "b": "y"}, {"a": None, "b": "x"},
                                  {"a": 1, "b": "x"}, []])
def test_each_side_is_either_a_dump_or_a_database(body, upgraded):
    answer = upgraded[1].request("POST", "/api/admin/schema/diff", body, ADMIN)
    assert answer.status == 422, answer


@pytest.mark.parametrize("text", ["", "no dump", "## SCHEMA DUMP\n", "\x01", "é" * 1000])
def test_a_malformed_dump_is_reported(text, upgraded):
    good = (scratch.REFERENCE / "oss_core.v0.104.0.txt").read_text(encoding="utf-8")
    assert ask(upgraded[1], "/admin/schema/diff", {"a": good, "b": text}, 409)["detail"].startswith("B: ")
    assert ask(upgraded[1], "/admin/schema/diff", {"a": text, "b": good}, 409)["detail"].startswith("A: ")
