"""The state of every kind of database is reported in one sentence, and an unsuitable one is not touched."""
import copy
import json

import old
import pytest
import scratch
import test_guarantees


def states(pair, *options):
    found = json.loads(pair.run("migrate", "status", "--json", *options)[0])
    return [state["state"] for state in found], [state["sentence"] for state in found]


def refused(pair, *words):
    """`migrate up` refuses with this text and changes nothing."""
    before = pair.dump(pair.core, "--counts"), pair.dump(pair.tracing, "--counts")
    out, err = pair.run("migrate", "up", status=3)
    assert out == "" and err.startswith("orgd: the ") and err.count("\n") == 1, err
    for word in words:
        assert word in err
    assert (pair.dump(pair.core, "--counts"), pair.dump(pair.tracing, "--counts")) == before


VERSIONS = ["alembic_version", "alembic_version_oss", "orgd.orgd_version"]


@pytest.fixture
def current(shared_head):
    """Databases at the newest revision, whose version rows a test may change."""
    places = [(database, table) for database in (shared_head.core, shared_head.tracing) for table in VERSIONS
              if database == shared_head.core or table != "orgd.orgd_version"]
    rows = {(database, table): shared_head.sql(f"TABLE {table}", database=database) for database, table in places}
    yield shared_head
    for (database, table), [(revision,)] in rows.items():
        shared_head.sql(f"DELETE FROM {table}; INSERT INTO {table} VALUES (%s)", [revision], database)


def test_empty_then_current(pair):
    assert states(pair)[0] == ["empty", "empty"]
    pair.run("migrate", "status", "--exit-code", status=1)
    pair.run("migrate", "up")
    assert states(pair)[0] == ["current", "current"]
    pair.run("migrate", "status", "--exit-code")


def test_extensions_alone_leave_a_database_empty(pair):
    pair.sql("CREATE SCHEMA tools; CREATE EXTENSION pg_stat_statements SCHEMA tools")
    assert states(pair)[0] == ["empty", "empty"]
    pair.run("migrate", "up")


def test_agenta_head_is_current_for_agenta_and_behind_for_us(pair):
    pair.run("migrate", "up", "--to", "agenta")
    assert states(pair, "--to", "agenta")[0] == ["current", "current"]
    found, sentences = states(pair)
    assert found == ["behind", "current"] and "orgd.orgd_version" in sentences[0]
    out, _ = pair.run("migrate", "up")
    assert out.split("\n")[:1] == ["the core database: applied orgd00000001"]
    assert states(pair)[0] == ["current", "current"]


def test_one_empty_database_is_initialized(pair):
    pair.run("migrate", "up")
    pair.cluster.create(pair.tracing)
    assert states(pair)[0] == ["current", "empty"]
    pair.run("migrate", "up")
    assert states(pair)[0] == ["current", "current"]


@pytest.mark.parametrize("database, revision", [("core", "b3c4d5e6f7a9"), ("core", "4f5a6b7c8d9e"), ("tracing", "d1e2f3a4b5c6")])
def test_an_old_revision_with_later_chains_is_refused(current, database, revision):
    current.sql("UPDATE alembic_version SET version_num = %s", [revision], getattr(current, database))
    assert states(current)[0][database == "tracing"] == "unknown"
    refused(current, database, revision, "forked")


@pytest.mark.parametrize("table, revision, state", [
    ("alembic_version", "0123456789ab", "unknown"),
    ("alembic_version", "nonsense", "unknown"),
    ("alembic_version_oss", "oss000000002", "ahead"),
    ("alembic_version_oss", "oss0000000x2", "unknown"),
    ("orgd.orgd_version", "orgd99999999", "ahead"),
])
def test_unknown_and_ahead_are_refused(current, table, revision, state):
    current.sql(f"UPDATE {table} SET version_num = %s", [revision])
    found, sentences = states(current)
    assert found == [state, "current"] and revision in sentences[0]
    refused(current, "core", revision, table)


@pytest.mark.parametrize("sql, word", [
    ("DELETE FROM alembic_version_oss", "no rows"),
    ("INSERT INTO alembic_version_oss VALUES ('oss000000000')", "several rows"),
])
def test_a_version_table_without_exactly_one_row_is_refused(current, sql, word):
    current.sql(sql)
    assert states(current)[0] == ["unknown", "current"]
    refused(current, word, "alembic_version_oss")


def test_a_foreign_database_is_refused_before_the_other_is_touched(pair):
    pair.sql("CREATE TABLE invoices (id int)", database=pair.tracing)
    assert states(pair)[0] == ["empty", "foreign"]
    refused(pair, "tracing", "alembic_version")


def test_swapped_databases_are_refused(current):
    current = copy.copy(current)
    current.core, current.tracing = current.tracing, current.core
    assert states(current)[0] == ["foreign", "foreign"]
    refused(current, "swapped")


def test_the_same_database_twice_is_refused(pair):
    pair.tracing = pair.core
    pair.run("migrate", "up", status=3)
    assert states(pair)[0] == ["current", "foreign"]
    refused(pair, "tracing", "the same")


def test_configuration_that_names_one_database(current):
    _, err = current.run("migrate", "status", status=2, POSTGRES_URI_TRACING="")
    assert err.startswith("orgd: POSTGRES_URI_CORE is set and POSTGRES_URI_TRACING is not; set both") and err.count("\n") == 1


def test_a_database_that_is_not_there(current):
    missing = current.cluster.uri("missing")
    _, err = current.run("migrate", "status", status=3, POSTGRES_URI_CORE=missing)
    assert err.startswith("orgd: the core database: ") and '"missing"' in err and err.count("\n") == 1


def test_down_to_agenta_and_up_again(pair):
    pair.run("migrate", "up", "--to", "agenta")
    agenta = pair.dump()
    pair.run("migrate", "up")
    head = pair.dump()
    pair.run("migrate", "down", "--to", "agenta")
    assert pair.dump() == agenta
    pair.run("migrate", "up")
    assert pair.dump() == head


def test_down_stops_at_the_given_revision(pair):
    pair.run("migrate", "up")
    ours = [row["revision"] for row in json.loads(pair.run("migrate", "history", "--json")[0]) if row["chain"] == "orgd"]
    out, _ = pair.run("migrate", "down", "--to", ours[-2])
    assert out == f"the core database: undone {ours[-1]}\n"
    pair.run("migrate", "down", "--to", "park00000000")
    assert pair.sql("SELECT to_regclass('alembic_version_oss'), to_regclass('orgd.orgd_version')") == [(None, None)]
    pair.run("migrate", "up")
    assert states(pair)[0] == ["current", "current"]


LOST = """
INSERT INTO orgd.logins (id, method, email, password_hash)
VALUES (gen_random_uuid(), 'emailpassword', 'ann@acme.io', 'x'), (gen_random_uuid(), 'passwordless', 'ann@acme.io', NULL);
INSERT INTO orgd.code_devices (device_hash, email, expires_at) VALUES ('a', 'ann@acme.io', now());
"""


@pytest.mark.parametrize("to", ["agenta", "orgd00000004", "park00000000"] if old.LONG else ["agenta"])
def test_down_refuses_to_delete_unarchived_rows(pair, to):
    pair.run("migrate", "up")
    pair.sql(LOST)
    before = old.state(pair)
    _, err = pair.run("migrate", "down", "--to", to, status=3)
    assert err == ("orgd: the core database loses 3 tables with 5 rows for good (orgd.audit: 2, orgd.logins: 2, orgd.code_devices: 1); if that is meant, run"
                   f" `orgd migrate down --to {to} --allow DELETES_DATA`.\n")
    assert old.state(pair) == before
    pair.run("migrate", "down", "--to", to, "--allow", "MUCH", status=2)
    pair.run("migrate", "down", "--to", to, "--allow", "DELETES_DATA")
    assert pair.sql("SELECT to_regclass('orgd.logins')") == [(None,)]
    pair.run("migrate", "up")
    assert old.shape(pair) == before[0][0]


def test_down_deletes_keys_that_are_restricted_to_their_project(pair):
    """Older versions know no restriction and would give these keys full reach; so it is asked for, and other keys stay."""
    pair.run("migrate", "up")
    pair.run("account", "create", "ann@acme.io", "--key")
    pair.run("key", "create", "ann@acme.io", "--restricted")
    _, err = pair.run("migrate", "down", "--to", "agenta", status=3)
    assert "api_keys: 1" in err and "orgd.api_key_restrictions: 1" in err
    pair.run("migrate", "down", "--to", "agenta", "--allow", "DELETES_DATA")
    assert pair.sql("SELECT count(*) FROM api_keys") == [(1,)]


def test_down_ignores_rows_that_up_recreates(pair):
    pair.run("migrate", "up")
    pair.sql(test_guarantees.WORLD)
    pair.sql(test_guarantees.INVITE, ["carl@acme.io", test_guarantees.ACME])
    pair.sql(scratch.EMPTY_AUDIT)  # the record of that is not restored
    before = old.state(pair)
    pair.run("migrate", "down", "--to", "agenta")
    pair.run("migrate", "up")
    assert old.state(pair) == before


def test_down_asks_for_every_table_of_orgd(current):
    """If a revision adds a table, the decision of its way down has to name it."""
    decision = "".join(path.read_text(encoding="utf-8") for path in (scratch.TREE / "chains" / "decisions").glob("own_*.sql"))
    made_again = {"orgd.orgd_version", "orgd.live_invitations", "orgd.backfilled_members", "orgd.locks", "orgd.rate_limits"}  # or it is empty anyway
    tables = {name for (name,) in current.sql("SELECT c.oid::regclass::text FROM pg_class c"
                                              " WHERE c.relnamespace = 'orgd'::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'")}
    assert tables - made_again == {name for name in tables if f"'{name}'" in decision}


def test_down_refuses_unknown_revisions(current):
    _, err = current.run("migrate", "down", "--to", "9f8e7d6c5b4a", status=2)
    assert "9f8e7d6c5b4a" in err and err.count("\n") == 1
    current.run("migrate", "down", status=2)


def test_history_lists_each_revision(current):
    listed = [row["revision"] for row in json.loads(current.run("migrate", "history", "--json")[0]) if row["database"] == "core"]
    chain = iter(listed)
    assert all(revision in chain for revision in ("b3c4d5e6f7a9", "4f5a6b7c8d9e", "park00000000", "oss000000001", "ee0000000002"))
    text, _ = current.run("migrate", "history")
    assert all(revision in text for revision in listed)


def test_reading_commands_make_no_private_cluster(current):
    nowhere = current.cluster.folder / "nowhere"
    nothing = {"POSTGRES_URI_CORE": "", "POSTGRES_URI_TRACING": "", "ORGD_DATA_DIR": str(nowhere)}
    for command in (["status"], ["down", "--to", "agenta"]):
        _, err = current.run("migrate", *command, status=3, **nothing)
        assert "no private cluster" in err and str(nowhere) in err and err.count("\n") == 1
    assert not nowhere.exists()
