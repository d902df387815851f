"""A disturbed run leaves databases from which the next run completes; the disturbing session is named."""
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import time

import old
import psycopg2
import pytest
import scratch

SLOW = """
CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS
$$ BEGIN IF current_query() LIKE '%%{statement}%%' THEN PERFORM pg_sleep({seconds}); END IF; END $$;
CREATE EVENT TRIGGER slow ON ddl_command_start EXECUTE FUNCTION slow();
"""


def started(pair, *options):
    return pair.start("migrate", "up", *old.ACCEPTED, *options)


def ended(runner, status=0):
    out, err = runner.communicate(timeout=60)
    assert runner.returncode == status, f"exit status {runner.returncode} instead of {status}: {out}{err}"
    return out, err


def finish(pair, *options):
    """The next run completes, with the same result as an undisturbed one."""
    out, _ = old.up(pair, *options)
    pair.run("migrate", "status", "--exit-code")
    pair.run("migrate", "verify")
    return out


@pytest.fixture(scope="module")
def undisturbed(cluster, templates):
    pair = templates.fill(cluster.pair(), "oss", "livedin")
    old.up(pair)
    return old.state(pair)


@contextlib.contextmanager
def reader(pair, name="reader"):
    """A session that has read projects and is idle in its transaction."""
    with contextlib.closing(psycopg2.connect(host=str(pair.cluster.folder), user="postgres", dbname=pair.core,
                                             application_name=name)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM projects")
        yield connection


def sleeping(pair):
    """Waits until the runner is in the slow statement."""
    old.wait(lambda: pair.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'orgd migrate' AND wait_event = 'PgSleep'"
                              " AND datname = %s", [pair.core]))


def test_two_runners_at_once_both_succeed(make_old, undisturbed):
    pair = make_old("oss", "livedin")
    runners = [started(pair) for _ in range(3)]
    results = [ended(runner) for runner in runners]
    applied = [line for out, _ in results for line in out.split("\n") if ": applied " in line]
    assert len(applied) == len(set(applied)) and old.state(pair) == undisturbed
    assert all(out.endswith("both databases are current\n") for out, _ in results)


def test_an_idle_reader_is_named_and_waited_for(make_old, undisturbed):
    pair = make_old("oss", "livedin")
    with reader(pair) as connection:
        runner = started(pair)
        line = runner.stdout.readline()
        assert re.fullmatch(r"waiting: projects is locked by process \d+ \(user postgres, reader\), idle in transaction for \d+ s,"
                            r" last statement: SELECT count\(\*\) FROM projects\n", line), line
        assert str(connection.info.backend_pid) in line
        slowest = 0
        for _ in range(6):  # other readers pass at least each time the runner gives up its place in the queue
            before = time.monotonic()
            pair.sql("SELECT count(*) FROM projects")
            slowest = max(slowest, time.monotonic() - before)
            time.sleep(0.1)
        assert slowest < 3.5 * int(os.environ.get("SLACK", "1"))
    ended(runner)
    assert old.state(pair) == undisturbed


def test_waiting_for_a_lock_is_limited(make_old):
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    with reader(pair, "forgotten"):
        _, err = ended(started(pair, "--wait", "2"), 3)
    assert err.startswith("orgd: the core database: projects is locked by process") and "forgotten" in err and err.count("\n") == 1
    assert old.state(pair) == before
    pair.run("migrate", "up", "--wait", "soon", status=2)


def test_another_runner_is_named(make_old):
    pair = make_old("oss", "livedin")
    with contextlib.closing(pair.cluster.connect(pair.core)) as other, other.cursor() as cursor:
        cursor.execute("SET application_name = 'somebody'; SELECT pg_advisory_lock(1869768548, 1)")
        out, err = ended(started(pair, "--wait", "2"), 3)
    assert "waiting for another runner (process" in out and "somebody" in err and err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_rolls_back_and_reports_remaining_revisions(make_old, undisturbed, number):
    pair = make_old("oss", "livedin")
    pair.sql(SLOW.format(statement="ALTER TABLE api_keys", seconds=60))
    runner = started(pair)
    sleeping(pair)
    runner.send_signal(number)
    _, err = ended(runner, 3)
    assert err.startswith("orgd: stopped") and err.count("\n") == 1
    assert "the core database has b3c4d5e6f7a9" in err and "the tracing database has d1e2f3a4b5c6" in err
    pair.sql("DROP EVENT TRIGGER slow; DROP FUNCTION slow()")
    finish(pair)
    assert old.state(pair) == undisturbed


def test_a_signal_ends_the_waiting(make_old):
    pair = make_old("oss", "livedin")
    with reader(pair):
        runner = started(pair)
        runner.stdout.readline()
        runner.send_signal(signal.SIGINT)
        before = time.monotonic()
        _, err = ended(runner, 3)
        assert time.monotonic() - before < 3 * int(os.environ.get("SLACK", "1")) and err.startswith("orgd: stopped")


def test_a_signal_keeps_committed_revisions(make_old, undisturbed):
    pair = make_old("oss", "livedin")
    pair.sql(SLOW.format(statement="decided_going", seconds=60))
    runner = started(pair)
    sleeping(pair)
    runner.send_signal(signal.SIGINT)
    _, err = ended(runner, 3)
    assert "the core database has 1b2c3d4e5f6a" in err
    pair.sql("DROP EVENT TRIGGER slow; DROP FUNCTION slow()")
    assert "applied 0a1b2c3d4e5f" not in finish(pair)
    assert old.state(pair) == undisturbed


def test_an_atomic_run_is_all_or_nothing(make_old, undisturbed):
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    pair.sql(SLOW.format(statement="decided_going", seconds=60))
    runner = started(pair, "--atomic")
    sleeping(pair)
    runner.send_signal(signal.SIGINT)
    ended(runner, 3)
    pair.sql("DROP EVENT TRIGGER slow; DROP FUNCTION slow()")
    assert old.state(pair) == before
    finish(pair, "--atomic")
    assert old.state(pair) == undisturbed


def on_a_terminal(pair, *arguments):
    """Runs the program with a terminal as its standard error, and returns what it wrote there."""
    near, far = pty.openpty()
    process = subprocess.Popen([scratch.PROGRAM, *arguments], env=pair.environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=far)
    os.close(far)
    written = b""
    with contextlib.suppress(OSError):
        while data := os.read(near, 4096):
            written += data
    os.close(near)
    assert process.wait(60) == 0
    return written.decode()


def test_long_steps_show_progress_on_a_terminal(make_old):
    pair = make_old("oss", "livedin")
    pair.sql(SLOW.format(statement="CREATE TABLE workspace_members", seconds=2.5))
    written = on_a_terminal(pair, "migrate", "up", *old.ACCEPTED)
    assert re.search(r"\r\x1b\[Kcore 0a1b2c3d4e5f: CREATE TABLE workspace_members \(\d+ of \d+\), 1 s", written), repr(written)
    assert re.search(r"\), 2 s", written) and "\r\033[K" in written
    assert "park00000000" not in written  # quick


def test_without_a_terminal_there_is_no_progress(make_old):
    pair = make_old("oss", "livedin")
    pair.sql(SLOW.format(statement="CREATE TABLE workspace_members", seconds=2))
    _, err = old.up(pair)
    assert err == ""


def test_the_remaining_time_is_estimated(make_old):
    pair = make_old("oss", "livedin")
    pair.sql(SLOW.format(statement="CREATE INDEX orgd_api_keys_hash", seconds=2.5)
             + "UPDATE pg_class SET relpages = 500000 WHERE relname = 'api_keys'")
    written = on_a_terminal(pair, "migrate", "up", *old.ACCEPTED)
    assert re.search(r"CREATE INDEX orgd_api_keys_hash ON api_keys \(\d+ of \d+\), 1 s, about \d+ s left", written), repr(written)


# Settings of a database or role that would affect SQL and stored texts.
HOSTILE = ["search_path = nowhere", "quote_all_identifiers = on", "standard_conforming_strings = off", "transform_null_equals = on",
           "array_nulls = off", "datestyle = 'German, DMY'", "intervalstyle = iso_8601", "timezone = 'Asia/Kathmandu'",
           "bytea_output = escape", "extra_float_digits = -5", "xmloption = document", "xmlbinary = hex", "client_encoding = LATIN1",
           "statement_timeout = 1", "lock_timeout = 1", "idle_in_transaction_session_timeout = 1", "session_replication_role = replica",
           "check_function_bodies = off", "row_security = off", "plan_cache_mode = force_generic_plan",
           "default_transaction_isolation = serializable", "default_transaction_deferrable = on"]


def test_settings_of_the_database_do_not_matter_to_a_run(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE TABLE own (key uuid REFERENCES api_keys ON DELETE CASCADE, odd text[], at timestamptz, took interval, f float8);"
             "INSERT INTO own SELECT id, ARRAY[NULL, 'NULL', E'\\\\'], '2026-02-01', '1 day 2 hours', 0.1::float8 + 0.2 FROM api_keys")
    before, found = old.state(pair), []
    for settings in ([], HOSTILE):
        def hostile(settings=settings):
            for database in (pair.core, pair.tracing):
                pair.sql("; ".join(f'ALTER DATABASE "{database}" SET {setting}' for setting in settings) or "SELECT 1", database="postgres")

        def as_usual():
            for database in (pair.core, pair.tracing):
                pair.sql(f'ALTER DATABASE "{database}" RESET ALL', database="postgres")

        hostile()
        planned = json.loads(pair.run("migrate", "plan", "--json")[0])
        old.up(pair)
        pair.run("migrate", "verify")
        as_usual()
        found.append((planned["databases"][0]["decisions"], old.state(pair, skip=("orgd_archive.applied", "orgd.orgd_applied"))))
        hostile()
        old.down(pair)
        as_usual()
        assert old.same(old.state(pair), before)
    assert found[0][0] == found[1][0] and old.same(found[1][1], found[0][1])


def test_a_run_continues_when_its_output_is_closed(make_old):
    pair = make_old("oss", "livedin")
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "wb") as full, os.fdopen(writing, "wb") as broken:
        for to, stdout in ((("up", *old.ACCEPTED), broken), (("down", "--to", old.FLOOR["core"]), full)):
            done = subprocess.run([scratch.PROGRAM, "migrate", *to], env=pair.environment(), stdin=subprocess.DEVNULL, stdout=stdout,
                                  stderr=subprocess.PIPE, text=True, timeout=60, check=False)
            assert (done.returncode, done.stderr) == (3, "orgd: the run is complete, but its output could not be written.\n")
            pair.run("migrate", "status", "--exit-code", status=0 if to[0] == "up" else 1)
    assert pair.sql("TABLE alembic_version") == [(old.FLOOR["core"],)]


def test_no_connection_gets_the_number_of_a_closed_stream(make_old):
    pair = make_old("oss", "livedin")
    done = subprocess.run(["sh", "-c", '"$0" "$@" <&- >&- 2>&-', scratch.PROGRAM, "migrate", "up", *old.ACCEPTED], env=pair.environment(),
                          timeout=60, check=False)
    assert done.returncode == 3
    pair.run("migrate", "status", "--exit-code")


def test_an_unreachable_database_is_one_sentence(pair):
    _, err = pair.run("migrate", "status", status=3, POSTGRES_URI_CORE="postgresql://u:secret@127.0.0.1:1,127.0.0.1:2/x")
    assert err.count("\n") == 1 and "refused. Is the server running" in err and "? connection to" in err and "??" not in err
    assert "secret" not in err
