"""Fresh databases have exactly the catalog of Agenta v0.104.0, and initializing them is safe."""
import json
import os
import signal
import threading
import time

import pytest
import scratch


@pytest.mark.parametrize("edition", ["oss", "ee"])
def test_fresh_databases_equal_the_reference_dumps(make_pair, edition):
    pair = make_pair(edition)
    pair.run("migrate", "up", "--to", "agenta")
    assert scratch.without_header(pair.dump()) == scratch.reference(f"{edition}_core")
    assert scratch.without_header(pair.dump(pair.tracing)) == scratch.reference(f"{edition}_tracing")


def test_storage_parameters_of_spans(pair):
    pair.run("migrate", "up")
    options = pair.sql("SELECT reloptions FROM pg_class WHERE relname = 'spans'", database=pair.tracing)[0][0]
    assert sorted(options) == [
        "autovacuum_analyze_scale_factor=0.01",
        "autovacuum_vacuum_cost_delay=5",
        "autovacuum_vacuum_cost_limit=4000",
        "autovacuum_vacuum_scale_factor=0.02",
    ]


def test_fresh_databases_hold_nothing_but_version_rows(pair):
    pair.run("migrate", "up")
    for database in (pair.core, pair.tracing):
        counts = [line for line in pair.dump(database, "--counts").split("\n") if line.startswith("COUNT ")]
        filled = [line for line in counts if not line.endswith(" 0") and line != "COUNT orgd.locks 67"]
        # the state of the leases is one row that is always there
        assert counts and all(("version" in line or "orgd.lease_state" in line) and line.endswith(" 1") for line in filled), filled


def test_a_second_run_changes_nothing(pair):
    pair.run("migrate", "up")
    before = pair.dump(pair.core, "--counts"), pair.dump(pair.tracing, "--counts")
    out, _ = pair.run("migrate", "up")
    assert out == "both databases are current\n"
    assert (pair.dump(pair.core, "--counts"), pair.dump(pair.tracing, "--counts")) == before


def test_runners_at_the_same_time_all_succeed(pair):
    runners = [pair.start("migrate", "up") for _ in range(4)]
    results = [(runner.communicate(timeout=60), runner.returncode) for runner in runners]
    assert [status for _, status in results] == [0] * 4, results
    initialized = [line for (out, _), _ in results for line in out.split("\n") if "is initialized" in line]
    assert len(initialized) == 2, results
    pair.run("migrate", "status", "--exit-code")


def test_killed_during_initialization(pair):
    # Whenever it is killed, each database is empty or complete, and the next run finishes the work.
    seen = set()
    for delay in (0.0, 0.02, 0.05, 0.09, 0.15):
        pair.cluster.create(pair.core, pair.tracing)
        runner = pair.start("migrate", "up")
        time.sleep(delay)
        os.kill(runner.pid, signal.SIGKILL)
        runner.communicate()
        states = json.loads(pair.run("migrate", "status", "--json")[0])
        seen.update(state["state"] for state in states)
        pair.run("migrate", "up")
        pair.run("migrate", "status", "--exit-code")
    assert seen <= {"empty", "current"} and "empty" in seen, seen


def test_killed_while_waiting_in_the_middle_of_the_transaction(pair):
    # The runner waits inside its transaction for a lock that its last steps need, and is then killed.
    with pair.cluster.connect(pair.core) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1869768548, 1)")
        runner = pair.start("migrate", "up")
        time.sleep(0.3)
        assert runner.poll() is None, "the runner did not wait for the other one"
        os.kill(runner.pid, signal.SIGKILL)
        runner.communicate()
        cursor.execute("SELECT pg_advisory_unlock(1869768548, 1)")
    connection.close()
    assert json.loads(pair.run("migrate", "status", "--json")[0])[0]["state"] == "empty"
    pair.run("migrate", "up")


def test_a_backend_that_is_terminated_leaves_an_empty_database(pair):
    stop = threading.Event()
    hit = []

    def terminate():
        connection = pair.cluster.connect("postgres")
        with connection.cursor() as cursor:
            while not stop.is_set():
                cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                               " WHERE application_name = 'orgd migrate' AND xact_start < clock_timestamp() - interval '5 ms'")
                hit.append(cursor.fetchone()[0])
        connection.close()

    thread = threading.Thread(target=terminate)
    thread.start()
    _, err = pair.run("migrate", "up", status=3)
    stop.set()
    thread.join()
    assert sum(hit) > 0
    assert err.startswith("orgd: ") and err.count("\n") == 1, err
    assert json.loads(pair.run("migrate", "status", "--json")[0])[0]["state"] == "empty"
    pair.run("migrate", "up")
