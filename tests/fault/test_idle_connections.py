"""Database connections that ended while idle: no request fails or waits because of one."""
import os
import pathlib
import signal
import sys
import time

import pytest
import serving

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "http"))
import sessions  # noqa: E402  (from tests/http)

WORKERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'orgd' AND pid <> pg_backend_pid()"


@pytest.fixture
def running(make_server):
    server = make_server(ORGD_WORKERS="4").start()
    session = sessions.sign_up(server.url)
    for _ in range(20):
        assert asks(session)
    return server, session


def asks(session):
    """A request that needs the database."""
    answer = session.get("/projects/")
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer


def backends(server):
    return {pid for (pid,) in server.sql(WORKERS)}


def test_backends_terminated_a_moment_ago(running):
    """Also if the end of the connection has not arrived yet, only the server's last message."""
    server, session = running
    for _ in range(20):
        server.sql(f"SELECT pg_terminate_backend(pid, 5000) FROM ({WORKERS}) AS w")
        assert all(serving.in_parallel(8, lambda _: asks(session)))


def test_ended_connections_are_replaced_before_the_next_request(running):
    server, session = running
    before = backends(server)
    server.sql(f"SELECT pg_terminate_backend(pid, 5000) FROM ({WORKERS}) AS w")
    serving.wait_for("the workers are connected again", lambda: len(backends(server)) >= 4, 5)
    assert not before & backends(server)
    after = backends(server)
    asks(session)
    assert backends(server) == after


def test_every_connection_ended(running):
    """Also the listening connections: the first requests after the server is ready again are answered."""
    server, session = running
    server.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
    serving.wait_for("the server is ready", lambda: server.request("GET", "/health/ready").status == 200, 20)
    assert all(serving.in_parallel(8, lambda _: asks(session)))


def test_connections_that_a_network_dropped_silently(running):
    """The other end is silent: idle workers notice and reconnect."""
    server, session = running
    silent = backends(server)
    for pid in silent:
        os.kill(pid, signal.SIGSTOP)
    try:
        serving.wait_for("the workers are connected again", lambda: len(backends(server) - silent) >= 4, 40)
        began = time.monotonic()
        assert all(serving.in_parallel(4, lambda _: asks(session)))
        assert time.monotonic() - began < 2
    finally:
        for pid in silent:
            os.kill(pid, signal.SIGCONT)
