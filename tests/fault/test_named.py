"""Named databases: empty, current, behind, ahead, unavailable at the start, lost and back."""
import contextlib
import os
import socket
import subprocess
import threading
import time

import pytest
import scratch
import serving
from serving import wait_for


class Databases(scratch.Cluster):
    """A cluster that can be stopped and restarted."""

    def down(self):
        self.server.send_signal(scratch.signal.SIGINT)
        self.server.wait(30)

    def up(self):
        self.server = subprocess.Popen(self.server.args, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, **self.run_as)
        self._call(scratch.postgres_programs() / "pg_isready", "-q", "-h", self.folder, "-t", "30", tries=100)


@pytest.fixture(scope="module")
def databases():
    databases = Databases()
    yield databases
    databases.stop()


@pytest.fixture
def pair(databases):
    return databases.pair()


@pytest.fixture
def named(pair, make_server):
    """Makes a server on the pair."""
    def make(**environment):
        return make_server(POSTGRES_URI_CORE=pair.cluster.uri(pair.core), POSTGRES_URI_TRACING=pair.cluster.uri(pair.tracing), **environment)
    return make


def accounts(server):
    """A request that needs the database."""
    return server.admin("POST", "/admin/simple/accounts/", {"accounts": {}})


def test_empty_databases_are_initialized(named, pair):
    server = named().start()
    assert server.is_ready()
    assert accounts(server).status == 200
    assert f"databases {pair.core} on " in server.ready_line and pair.tracing in server.ready_line
    assert not (server.data / "postgresql").exists()
    report = server.request("GET", "/health/ready").json
    assert report["status"] == "ready"
    assert report["databases"]["core"]["status"] == report["databases"]["tracing"]["status"] == "current"
    assert report["databases"]["core"]["revisions"]["orgd"].startswith("orgd")


def test_behind_is_refused_unless_asked(named, pair):
    pair.run("migrate", "up", "--to", "agenta")
    status, said = named().refused()
    assert status == 3
    assert pair.core in said and "orgd00" in said
    assert pair.sql("select to_regclass('orgd.orgd_version')") == [(None,)]
    server = named(ALEMBIC_AUTO_MIGRATIONS="true").start()
    assert server.is_ready()


def test_ahead_is_refused(named, pair):
    pair.run("migrate", "up")
    pair.sql("update orgd.orgd_version set version_num = 'orgd99999999'")
    status, said = named(ALEMBIC_AUTO_MIGRATIONS="true").refused()
    assert status == 3
    assert "orgd99999999" in said and pair.core in said


def test_a_foreign_database_is_refused_and_unchanged(named, pair):
    pair.sql("create table customers (name text)")
    status, said = named(ALEMBIC_AUTO_MIGRATIONS="true").refused()
    assert status == 3
    assert pair.core in said
    assert pair.sql("select count(*) from information_schema.tables where table_schema = 'public'") == [(1,)]


def test_ahead_while_running(named, pair):
    """A newer orgd has migrated the databases: this one must not write to them."""
    server = named().start()
    [(before,)] = pair.sql("select version_num from orgd.orgd_version")
    pair.sql("update orgd.orgd_version set version_num = 'orgd99999999'")
    wait_for("it noticed", lambda: not server.is_ready(), 15)
    assert accounts(server).status == 503
    report = server.request("GET", "/health/ready")
    assert report.status == 503
    assert report.json["status"] == "refused"
    assert report.json["databases"]["core"]["status"] == "ahead"
    assert "orgd99999999" in report.json["databases"]["core"]["detail"]
    assert server.request("GET", "/health").status == 200
    pair.sql("update orgd.orgd_version set version_num = %s", (before,))
    wait_for("it noticed", server.is_ready, 5)
    assert accounts(server).status == 200


def test_down_at_the_start_then_up_then_gone_then_back(named, databases):
    databases.down()
    server = named()
    try:
        server.start()
        assert "is listening and waits for its databases" in server.ready_line
        assert server.request("GET", "/health").status == 200
        refused = accounts(server)
        assert refused.status == 503
        assert refused.headers["Retry-After"]
        assert refused.json == {"detail": "The database is not available right now. Please try again."}
        report = server.request("GET", "/health/ready")
        assert report.status == 503
        assert report.json["status"] == "unavailable"
        assert report.json["databases"]["core"] == {"status": "unreachable"}
    finally:
        databases.up()
    wait_for("it is ready", server.is_ready, 10)
    assert accounts(server).status == 200
    for _ in range(3):
        databases.down()
        try:
            wait_for("it noticed", lambda: not server.is_ready(), 2)
            assert accounts(server).status == 503
        finally:
            databases.up()
        begin = time.monotonic()
        wait_for("it answers again", lambda: accounts(server).status == 200, 5)
        assert time.monotonic() - begin < 2
    assert server.stop() == 0


def test_behind_when_it_comes_back(named, pair, databases):
    """There may be another database behind the address than before."""
    server = named().start()
    databases.down()
    wait_for("it noticed", lambda: not server.is_ready(), 2)
    databases.up()
    wait_for("it is ready", server.is_ready, 10)
    pair.sql("update orgd.orgd_version set version_num = 'orgd00000001'")
    databases.down()
    wait_for("it noticed", lambda: not server.is_ready(), 2)
    databases.up()
    wait_for("it looked", lambda: server.request("GET", "/health/ready").json["databases"]["core"]["status"] == "behind", 10)
    assert accounts(server).status == 503
    assert "requests get 503 until this is fixed" in server.messages()


def test_stopped_while_a_request_is_under_way(named, pair):
    server = named().start()
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("lock table users")
        answers = []
        body = {"accounts": {"ann": {"user": {"email": "ann@example.com"}}}}
        request = threading.Thread(target=lambda: answers.append(server.admin("POST", "/admin/simple/accounts/", body)))
        request.start()
        wait_for("it waits for the lock", lambda: pair.sql("select 1 from pg_locks where not granted"), 5)
        server.process.send_signal(serving.signal.SIGTERM)
        time.sleep(0.3)
        assert server.process.poll() is None
        with pytest.raises(OSError):  # no new request is accepted
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            server.request("GET", "/health", timeout=1)
        connection.rollback()
        request.join(10)
    assert [answer.status for answer in answers] == [200]
    assert server.process.wait(10) == 0
    assert pair.sql("select count(*) from users where email = 'ann@example.com'") == [(1,)]


def test_a_lost_outcome_invites_no_repetition(named, pair):
    """A client that only obeys Retry-After must not repeat a request that may have been written."""
    server = named(ORGD_WORKERS="1").start()
    body = {"accounts": {"ann": {"user": {"email": "ann@example.com"}}}}
    key = server.admin("POST", "/admin/simple/accounts/", body).json["accounts"]["ann"]["api_keys"]["key"]
    waiting = "select pid from pg_locks where not granted"

    def change():
        return server.request("PUT", "/profile/username", {"username": "Ann"}, {"Authorization": f"ApiKey {key}"})

    assert change().status == 200  # preparing the statement would wait for the lock as well
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("lock table users in exclusive mode")
        answers = []
        request = threading.Thread(target=lambda: answers.append(change()))
        request.start()
        wait_for("it waits for the lock", lambda: pair.sql(waiting), 5)
        os.kill(pair.sql(waiting)[0][0], serving.signal.SIGKILL)
        request.join(10)
    wait_for("the database is back", lambda: server.is_ready() and change().status == 200, 10)
    assert [answer.status for answer in answers] == [503]
    assert "check before repeating it" in answers[0].json["detail"]
    assert "Retry-After" not in answers[0].headers


def test_a_second_signal_does_not_wait(named, pair):
    server = named().start()
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("lock table users")
        body = {"accounts": {"ann": {"user": {"email": "ann@example.com"}}}}

        def ask():
            with contextlib.suppress(Exception):
                server.admin("POST", "/admin/simple/accounts/", body)

        request = threading.Thread(target=ask)
        request.start()
        wait_for("it waits for the lock", lambda: pair.sql("select 1 from pg_locks where not granted"), 5)
        server.process.send_signal(serving.signal.SIGTERM)
        server.process.send_signal(serving.signal.SIGTERM)  # as `timeout` does it: counts as one signal
        time.sleep(0.8)
        assert server.process.poll() is None
        server.process.send_signal(serving.signal.SIGTERM)
        assert server.process.wait(2) != 0
        connection.rollback()
        request.join(10)


def test_one_of_two_is_not_enough(named):
    status, said = named().refused(POSTGRES_URI_TRACING=None)
    assert status == 2
    assert "POSTGRES_URI_CORE is set and POSTGRES_URI_TRACING is not" in said


def test_passwords_are_not_shown(named, make_server):
    server = make_server(POSTGRES_URI_CORE="postgresql+asyncpg://ann:s3cr3t@127.0.0.1:1/core",
                         POSTGRES_URI_TRACING="postgresql://ann:s3cr3t@127.0.0.1:1/tracing").start()
    assert "databases core on 127.0.0.1:1, tracing on 127.0.0.1:1" in server.ready_line
    report = server.request("GET", "/health/ready")
    assert server.stop() == 0
    assert "s3cr3t" not in server.ready_line + server.messages() + report.body.decode()


@pytest.mark.parametrize("uri", ["postgresql://ann:s3cr3t@[::1/core", "postgresql://ann:s3cr3t%zz@127.0.0.1/core",
                                 "postgresql://ann:s3cr3t@127.0.0.1/core?no=such", "postgresql://ann:s3cr3t@h/" + "x" * 2048])
def test_a_malformed_uri_is_refused_without_showing_it(named, uri):
    status, said = named().refused(POSTGRES_URI_CORE=uri)
    assert status == 2
    assert "POSTGRES_URI_CORE is malformed" in said
    assert "s3cr3t" not in said


@pytest.mark.parametrize("environment, words", [
    ({}, "sign-up open to everybody, everybody may own organizations"),
    ({"AGENTA_ACCESS_ALLOWED_DOMAINS": "acme.io, b.io"}, "sign-up for addresses of acme.io, b.io, everybody"),
    ({"AGENTA_ACCESS_BLOCKED_DOMAINS": "x.io", "AGENTA_ACCESS_BLOCKED_EMAILS": "a@y.io"},
     "sign-up open to everybody but addresses of x.io (1 address blocked)"),
    ({"AGENTA_ACCESS_ALLOWED_OWNER_EMAILS": "a@y.io,b@y.io", "AGENTA_ACCESS_EMAIL_DISABLED": "true",
      "GITHUB_OAUTH_CLIENT_ID": "i", "GITHUB_OAUTH_CLIENT_SECRET": "s"},
     "not by e-mail, organizations only for 2 listed addresses"),
])
def test_the_ready_line_reports_who_may_sign_up(make_server, environment, words):
    server = make_server(POSTGRES_URI_CORE="postgresql://127.0.0.1:1/core", POSTGRES_URI_TRACING="postgresql://127.0.0.1:1/tracing",
                         **environment).start()
    assert words in server.ready_line
    assert "y.io" not in server.ready_line
