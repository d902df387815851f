"""Rows can only be added to the audit, and its hash chain shows rows that a superuser changed, removed or inserted."""
import contextlib
import csv
import io
import json
import re
import signal
import subprocess
import threading
import time
import urllib.request

import client
import psycopg2
import pytest
import serving

UNSEALED = "SELECT count(*) FROM orgd.audit a WHERE NOT EXISTS (SELECT FROM orgd.audit_seals s WHERE s.audit_id = a.id)"


class Watched(serving.Server):
    def run(self, *arguments):
        done = subprocess.run([serving.PROGRAM, *arguments], env=serving.clean_environment(ORGD_DATA_DIR=str(self.data)),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def verify(self, *arguments):
        status, out, err = self.run("audit", "verify", "--json", *arguments)
        assert status in (0, 1), err
        report = json.loads(out)
        assert report["whole"] == (status == 0) == (report["break"] is None)
        return report

    def forge(self, text, numbers=()):
        """Changes rows like a superuser, without the triggers."""
        self.superuser_sql("SET session_replication_role = replica; " + text % tuple(numbers), "agenta_oss_core")

    def sealed(self):
        """Waits until every row has its seal."""
        serving.wait_for("all rows are sealed", lambda: self.sql(UNSEALED) == [(0,)], 20)

    def fill(self, number=3):
        """Some rows, sealed at different times: their ids in order."""
        admin = client.Api(self.url, f"Access {self.auth_key}")
        for _ in range(number):
            client.make_accounts(admin, "ann")
            self.sealed()
        return [row for (row,) in self.sql("SELECT id FROM orgd.audit ORDER BY id")]


def begin(server, text):
    connection = server.connect()
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute(text)
    return connection


@pytest.fixture
def server():
    made = Watched(ORGD_METRICS_LISTEN=f"127.0.0.1:{serving.unused_port()}").start()
    yield made
    made.close()


# ---- only inserts ----

@pytest.mark.parametrize("table", ["audit", "audit_seals", "audit_anchors"])
def test_rows_can_be_added_only(server, table):
    server.fill(1)
    for statement in (f"UPDATE orgd.{table} SET {'actor' if table == 'audit' else 'hash'} = DEFAULT", f"DELETE FROM orgd.{table}",
                      f"TRUNCATE orgd.{table}", f"DELETE FROM orgd.{table} WHERE false"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="can be added only"):
            server.sql(statement)
    assert server.verify()["whole"]


def test_a_role_with_the_programs_privileges_alters_nothing(server):
    """It cannot remove rows by the retention function either, whatever it sets in its session."""
    server.fill(1)
    def as_superuser(text):
        return server.superuser_sql(text, "agenta_oss_core")

    as_superuser("CREATE ROLE program; GRANT USAGE ON SCHEMA orgd TO program; GRANT SELECT ON ALL TABLES IN SCHEMA orgd TO program;"
               " GRANT INSERT ON orgd.audit_seals TO program; GRANT SELECT, INSERT, UPDATE, DELETE ON orgd.audit_counts TO program;"
               " GRANT EXECUTE ON FUNCTION orgd.audit_fold() TO program")
    for statement in ("INSERT INTO orgd.audit (actor, action, object) VALUES ('user', 'create', 'users')", "DELETE FROM orgd.audit",
                      "UPDATE orgd.audit SET actor = 'user'", "TRUNCATE orgd.audit", "DELETE FROM orgd.audit_seals",
                      "SELECT orgd.audit_prune(1, 1)", "ALTER TABLE orgd.audit DISABLE TRIGGER ALL"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            as_superuser(f"SET ROLE program; SET orgd.audit_prune = 'on'; {statement}")
    assert as_superuser("SET ROLE program; SELECT orgd.audit_fold()") == [(0,)]


# ---- detection ----

def test_an_altered_row_is_found(server):
    ids = server.fill()
    assert server.verify()["rows"] == len(ids)
    server.forge("UPDATE orgd.audit SET actor_id = 'another user' WHERE id = %s", [ids[7]])
    assert (server.verify()["break"]["kind"], server.verify()["break"]["row"]) == ("altered", ids[7])
    status, out, _ = server.run("audit", "verify")
    assert status == 1 and out.startswith(f"Row {ids[7]} was altered.\n")


COLUMNS = {"at": "at + interval '1 microsecond'", "actor": "'database'", "operation": "NULL", "reason": "''", "request_id": "'x'",
           "action": "'delete'", "object": "'projects'", "object_id": "gen_random_uuid()", "before": "'{}'", "after": "after || '{\"x\": 1}'",
           "address": "'10.0.0.1'", "times": "1", "transaction": "'7'", "actor_id": "'x'"}


def test_every_column_counts(server):
    ids = server.fill(1)
    assert {name for (name,) in server.sql("SELECT attname FROM pg_attribute WHERE attrelid = 'orgd.audit'::regclass AND attnum > 0"
                                           " AND NOT attisdropped")} == {"id", *COLUMNS}
    server.sql("CREATE TABLE public.kept AS SELECT * FROM orgd.audit")
    for column, value in COLUMNS.items():
        server.forge(f"UPDATE orgd.audit SET {column} = {value} WHERE id = %s", [ids[2]])
        assert server.verify()["break"] == {"kind": "altered", "row": ids[2], "seal_no": 3}, column
        server.forge(f"UPDATE orgd.audit a SET {column} = k.{column} FROM public.kept k WHERE k.id = a.id AND k.id = %s", [ids[2]])
    assert server.verify()["whole"]


def test_a_removed_row_is_found(server):
    ids = server.fill()
    server.forge("DELETE FROM orgd.audit WHERE id = %s", [ids[4]])
    assert server.verify()["break"] == {"kind": "removed", "row": ids[4], "seal_no": 5}
    server.forge("DELETE FROM orgd.audit_seals WHERE audit_id = %s", [ids[4]])
    assert server.verify()["break"] == {"kind": "seal_removed", "row": 0, "seal_no": 5}
    server.forge("UPDATE orgd.audit_seals SET seal_no = seal_no - 1 WHERE seal_no > 5")
    assert server.verify()["break"] == {"kind": "altered", "row": ids[5], "seal_no": 5}  # by whatever replaces it


@pytest.mark.parametrize("transaction", ["pg_current_xact_id()", "'700'", "NULL"])
def test_an_inserted_row_is_found(server, transaction):
    """With an unused number among the old ones, and any transaction id."""
    server.fill(1)
    begin(server, "INSERT INTO orgd.audit (actor, action, object) VALUES ('user', 'create', 'users')").close()
    gap, = server.sql("SELECT last_value FROM pg_sequences WHERE sequencename = 'audit_id_seq'")[0]
    server.fill(2)
    assert server.verify()["whole"]
    server.sql("INSERT INTO orgd.audit (id, at, actor, action, object, transaction) OVERRIDING SYSTEM VALUE"
               f" VALUES (%s, now() - interval '1 hour', 'user', 'create', 'users', {transaction})", [gap])
    time.sleep(1.5)
    assert (server.verify()["break"]["kind"], server.verify()["break"]["row"]) == ("inserted", gap)


def test_removed_last_rows_are_found_with_a_kept_head(server):
    ids = server.fill()
    report = server.verify()
    kept = report["head"]["hash"]
    assert report["head"]["seal_no"] == len(ids) and server.verify("--expect", kept)["whole"]
    server.fill(1)
    assert server.verify("--expect", kept)["whole"]  # the chain has continued
    server.forge("DELETE FROM orgd.audit WHERE id >= %s; DELETE FROM orgd.audit_seals WHERE audit_id >= %s", [ids[-2], ids[-2]])
    assert server.verify()["whole"]  # nothing in the database shows it
    assert server.verify("--expect", kept)["break"]["kind"] == "not_expected"


# ---- one sealer ----

def test_writers_do_not_wait_for_the_sealer(server):
    """An open transaction delays its own row, but neither others nor their seals."""
    server.fill(1)
    open_one = begin(server, "INSERT INTO orgd.audit (actor, action, object) VALUES ('user', 'create', 'users') RETURNING id")
    late, = server.sql("SELECT last_value FROM pg_sequences WHERE sequencename = 'audit_id_seq'")[0]
    server.fill(3)
    sealing = begin(server, "SELECT FROM orgd.locks WHERE name = 'audit_seals' FOR UPDATE")
    started = time.monotonic()
    client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "bob")
    assert time.monotonic() - started < 2
    sealing.rollback()
    open_one.commit()
    server.sealed()
    server.fill(2)
    report = server.verify()
    assert report["whole"] and report["unsealed"] == 0
    assert server.sql("SELECT count(*) FROM orgd.audit_seals WHERE audit_id > %s AND seal_no <"
                      " (SELECT seal_no FROM orgd.audit_seals WHERE audit_id = %s)", [late, late])[0][0] > 10
    for connection in (open_one, sealing):
        connection.close()


def test_rows_that_wait_show_in_the_metrics(server):
    def waiting():
        text = urllib.request.urlopen(f"http://{server.environment['ORGD_METRICS_LISTEN']}/metrics", timeout=5).read().decode()
        return {name: float(value) for name, value in re.findall(r"^(orgd_audit_unsealed\w*) (\S+)$", text, re.M)}

    server.fill(1)
    serving.wait_for("nothing waits", lambda: set(waiting().values()) == {0}, 20)
    sealing = begin(server, "SELECT FROM orgd.locks WHERE name = 'audit_seals' FOR UPDATE")
    client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "bob")
    serving.wait_for("some wait", lambda: waiting()["orgd_audit_unsealed"] == 8 and waiting()["orgd_audit_unsealed_seconds"] >= 3, 20)
    sealing.close()
    serving.wait_for("nothing waits", lambda: set(waiting().values()) == {0}, 20)


def write(server, number, stop=None):
    """Rows of short and long transactions, some of which are rolled back."""
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        for i in range(number):
            if stop and stop.is_set():
                return
            cursor.execute("BEGIN; INSERT INTO orgd.audit (actor, action, object) SELECT 'user', 'create', 'users' FROM pg_current_xact_id();"
                           f" SELECT pg_sleep({(i % 7) / 200})")
            cursor.execute("ROLLBACK" if i % 5 == 0 else "COMMIT")


def test_two_servers_race_and_nothing_is_sealed_twice(server):
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={server.data}" for name in ("core", "tracing")}
    others = [serving.Server(AGENTA_AUTH_KEY=server.auth_key, AGENTA_CRYPT_KEY=server.crypt_key, **uris).start() for _ in range(2)]
    try:
        serving.in_parallel(8, lambda _: write(server, 100))
        server.sealed()
        report = server.verify()
        assert report["whole"] and report["rows"] == server.sql("SELECT count(*) FROM orgd.audit")[0][0] >= 640
    finally:
        for other in others:
            other.close()


def test_sealing_continues_after_a_kill(server):
    """Its process gets SIGKILL and its connection is ended by the database, repeatedly, while others write."""
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={server.data}" for name in ("core", "tracing")}
    stop = threading.Event()
    writers = [threading.Thread(target=write, args=(server, 100000, stop)) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(4):
            other = serving.Server(AGENTA_AUTH_KEY=server.auth_key, AGENTA_CRYPT_KEY=server.crypt_key, **uris).start()
            for _ in range(5):
                time.sleep(0.3)
                server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orgd audit'")
            other.process.send_signal(signal.SIGKILL)
            other.process.wait()
            other.close()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    server.sealed()
    report = server.verify()
    assert report["whole"] and report["rows"] == server.sql("SELECT count(*) FROM orgd.audit")[0][0]


def test_rows_from_before_the_chain_are_sealed(server):
    """More rows than one transaction seals, and others are added meanwhile."""
    server.sql("INSERT INTO orgd.audit (actor, action, object, transaction) SELECT 'user', 'create', 'users', NULL FROM generate_series(1, 4500)")
    server.forge("DELETE FROM orgd.audit_seals")
    server.stop()
    server.start()
    server.fill(2)
    report = server.verify()
    assert report["whole"] and report["rows"] > 4500 and report["unsealed"] == 0


# ---- retention and export ----

def test_retention_removes_old_rows_and_keeps_the_chain_valid(server):
    ids = server.fill()
    server.forge("UPDATE orgd.audit SET at = at - interval '40 days' WHERE id <= %s", [ids[9]])
    server.forge("DELETE FROM orgd.audit_seals")  # made again over the older times
    server.stop()
    server.start()
    server.sealed()
    kept = server.verify()["head"]["hash"]
    assert server.run("audit", "prune", "--older-than", "41") == (0, "Removed 0 rows.\n", "")
    assert server.run("audit", "prune", "--older-than", "30", "--json") == (0, '{"removed":10}\n', "")
    assert server.sql("SELECT min(id) FROM orgd.audit") == [(ids[10],)]
    server.fill(1)
    report = server.verify("--expect", kept)
    assert report["whole"] and report["removed"] == 10 and report["anchor"]["seal_no"] == 10
    assert server.sql("SELECT after->>'rows' FROM orgd.audit WHERE action = 'prune'") == [("10",)]
    server.forge("DELETE FROM orgd.audit WHERE id = %s", [ids[10]])
    assert server.verify()["break"] == {"kind": "removed", "row": ids[10], "seal_no": 11}
    assert server.run("audit", "prune")[0] == 2 and server.run("audit", "prune", "--older-than", "0")[0] == 2


def test_retention_can_remove_every_row(server):
    ids = server.fill(1)
    server.stop()
    server.start()
    server.forge("UPDATE orgd.audit SET at = at - interval '3 days'")
    server.forge("DELETE FROM orgd.audit_seals")
    server.stop()
    server.start()
    server.sealed()
    assert server.run("audit", "prune", "--older-than", "1")[1] == f"Removed {len(ids)} rows.\n"
    server.fill(1)
    report = server.verify()
    assert report["whole"] and report["head"]["seal_no"] > len(ids) == report["anchor"]["seal_no"]


def test_an_export_is_resumed_where_it_ended(server):
    ids = server.fill(2)
    rows = [json.loads(line) for line in server.run("audit", "export")[1].splitlines()]
    assert [int(row["id"]) for row in rows] == ids and [int(row["seal_no"]) for row in rows] == list(range(1, len(ids) + 1))
    assert rows[0]["after"]["email"].startswith("ann-") and len(rows[0]["hash"]) == 64
    assert server.run("audit", "export", "--after", rows[-1]["seal_no"]) == (0, "", "")
    server.fill(1)
    more = [json.loads(line) for line in server.run("audit", "export", "--after", rows[-1]["seal_no"])[1].splitlines()]
    assert int(more[0]["seal_no"]) == len(ids) + 1
    late = server.run("audit", "export", "--from", more[0]["at"])[1]
    assert [json.loads(line)["id"] for line in late.splitlines()] == [row["id"] for row in more]
    early = server.run("audit", "export", "--to", more[0]["at"], "--format", "csv")[1]
    table = list(csv.DictReader(io.StringIO(early, newline="")))
    assert [row["id"] for row in table] == [row["id"] for row in rows] and json.loads(table[0]["after"]) == rows[0]["after"]
    assert server.run("audit", "export", "--from", "yesterday")[0] == 2
