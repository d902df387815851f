"""Deadlines, limits and shutdown: nothing waits forever, and nothing takes all resources."""
import contextlib
import resource
import socket
import time

import pytest

from parser_fixture import SLACK, Client, Fixture, serve, server  # noqa: F401  (two are fixtures)


def test_a_full_queue_answers_at_once_and_health_never_waits(serve):
    server = serve(workers=1, queue=2)
    clients = [server.connect() for _ in range(8)]
    try:
        for client in clients:
            client.request("GET", "/slow?ms=700")
            time.sleep(0.02)
        begun = time.monotonic()
        assert server.get("/health").status == 200
        refused = [client.answer() for client in clients[3:]]
        assert time.monotonic() - begun < 0.5 * SLACK
        for answer in refused:
            assert answer.status == 503 and answer.headers["retry-after"] == "1"
            assert answer.headers["connection"] == "keep-alive"
        assert server.metrics()['orgd_queue_full_total{pool="default"}'] == 5
        assert [client.answer().status for client in clients[:3]] == [200] * 3
    finally:
        for client in clients:
            client.socket.close()


def test_the_slow_queue_does_not_delay_the_default_one(serve):
    server = serve(workers=1, slow_workers=1)
    with server.connect() as slow:
        slow.request("GET", "/slow-pool?ms=700")
        begun = time.monotonic()
        assert server.get("/slow?ms=1").status == 200
        assert time.monotonic() - begun < 0.5 * SLACK
        assert slow.answer().status == 200


def test_deadline_while_the_worker_is_stuck(serve):
    server = serve(workers=1, request_timeout=1)
    with server.connect() as stuck, server.connect() as queued:
        begun = time.monotonic()
        stuck.request("GET", "/slow?ms=1800", "X-Request-Id: late-1", "Origin: http://localhost:3000")
        time.sleep(0.05)
        queued.request("GET", "/slow?ms=1", "X-Request-Id: late-2")
        answer = stuck.answer()
        assert 0.9 < time.monotonic() - begun < 1.5 * SLACK
        assert answer.status == 504 and answer.headers["x-request-id"] == "late-1"
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
        assert queued.answer().status == 504, "its turn did not come"
        assert stuck.is_open(), "the connection is as good as before"
    line, = server.log_lines("id=late-1")
    assert "route=/slow" in line and "status=504" in line
    time.sleep(1)
    assert server.get("/slow?ms=1").status == 200, "the worker is back"


def test_slow_clients_are_closed_at_their_deadline_without_delaying_others(serve):
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, min(most, 4096)), most))
    server = serve(read_timeout=1, connections=1200)
    clients = [server.connect() for _ in range(1000)]
    try:
        begun = time.monotonic()
        left = dict.fromkeys(clients)
        sent = 0
        while left and time.monotonic() - begun < 6 * SLACK:
            for client in list(left):
                try:
                    client.socket.send(b"GET /health HTTP/1.1\r\nHost: test\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaa"[sent:sent + 1])
                    client.socket.setblocking(False)
                    if b"" == client.socket.recv(4096):
                        del left[client]
                except BlockingIOError:
                    pass
                except (BrokenPipeError, ConnectionResetError):
                    del left[client]
            sent += 1
            before = time.monotonic()
            assert server.get("/health").status == 200
            assert time.monotonic() - before < 0.5 * SLACK
            time.sleep(0.15)
        assert not left
        assert time.monotonic() - begun < 2.5 * SLACK
    finally:
        for client in clients:
            client.socket.close()
    assert len(server.log_lines("status=408", 1000)) == 1000


def test_a_key_in_a_path_is_not_logged_in_full(serve):
    server = serve()
    key = "AbCdEfGh." + "0123456789abcdef" * 4
    server.get(f"/keys/{key}/x?{key}")
    line, = server.log_lines("path=/keys/")
    assert "path=/keys/AbCdEfGh.../x " in line
    assert key not in server.log()


def test_a_slow_body_has_the_same_deadline(serve):
    server = serve(read_timeout=1)
    with server.connect() as client:
        begun = time.monotonic()
        client.request("POST", "/echo", "Content-Length: 100", body=b"a")
        time.sleep(0.6)
        client.send(b"b")
        assert client.answer().status == 408
        assert time.monotonic() - begun < 1.5 * SLACK


def test_idle_connections_are_closed(serve):
    server = serve(idle_timeout=1, read_timeout=1)
    with server.connect() as used, server.connect() as silent:
        assert used.is_open()
        begun = time.monotonic()
        assert used.is_closed() and silent.is_closed()
        assert 0.8 < time.monotonic() - begun < 1.5 * SLACK


def test_a_client_that_does_not_read_its_answer(serve):
    server = serve(request_timeout=1)
    with server.connect() as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.request("GET", "/big?bytes=20000000", "X-Request-Id: deaf-1")
        assert server.log_lines("id=deaf-1", within=4)[0].count("status=499") == 1
        assert server.metrics()["orgd_http_connections"] == 0


@pytest.mark.parametrize("limit", ["connections", "connections_per_address"])
def test_too_many_connections(serve, limit):
    server = serve(**{limit: 3})
    clients = [server.connect() for _ in range(3)]
    try:
        assert all(client.is_open() for client in clients)
        with server.connect() as refused:
            refused.request("GET", "/health")
            answer = refused.answer()
            assert answer.status == 503 and answer.headers["retry-after"] == "1"
            assert "connections" in answer.json()["detail"]
            assert refused.is_closed()
        assert clients.pop().is_open()
        time.sleep(0.1)
        assert server.get("/health").status == 200, "a place became free"
        assert server.metrics()["orgd_http_connections"] == 2
    finally:
        for client in clients:
            client.socket.close()


def test_addresses_that_take_all_connections_make_room(serve):
    """For the connections of others; what a worker is busy with stays."""
    server = serve(connections=6, connections_per_address=5)
    with contextlib.ExitStack() as stack:
        def connect(source):
            client = Client(server.port, source)
            stack.callback(client.socket.close)
            return client

        many = [connect("127.0.0.2") for _ in range(5)]
        many[0].request("GET", "/slow?ms=2000")
        few = connect("127.0.0.3")
        few.request("GET", "/health")
        assert few.answer().status == 200
        for place, source in enumerate(("127.0.0.4", "127.0.0.5")):
            newcomer = connect(source)
            newcomer.request("GET", "/health")
            assert newcomer.answer().status == 200
            assert sum(client.is_closed(0.2) for client in many[1:]) == place + 1
            assert few.is_open() and newcomer.is_open()
        refused = connect("127.0.0.2")
        refused.request("GET", "/health")
        assert refused.answer().status == 503, "an address with more connections than others gets none of theirs"
        assert many[0].answer().status == 200


def test_a_database_that_disappears_and_returns(serve):
    server = serve(workers=2)
    assert server.get("/echo").status == 200
    server.post("/database?down=1")
    for _ in range(5):
        answer = server.get("/echo")
        assert answer.status == 503 and answer.headers["retry-after"] == "1"
        assert server.get("/health").status == 200
    server.post("/database?down=0")
    begun = time.monotonic()
    while server.get("/echo").status != 200:
        assert time.monotonic() - begun < 0.25 * SLACK
        time.sleep(0.01)


# ---- shutdown ----

def test_running_requests_are_finished(serve):
    server = serve(drain_timeout=3)
    with server.connect() as busy, server.connect() as idle, server.connect() as halfway:
        assert idle.is_open()
        halfway.send(b"GET /health HTTP/1.1\r\n")
        busy.request("GET", "/slow?ms=600")
        time.sleep(0.1)
        server.process.terminate()
        assert idle.is_closed(within=0.5)
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        halfway.send(b"Host: test\r\n\r\n")
        answer = halfway.answer()
        assert answer.status == 200 and answer.headers["connection"] == "close"
        assert busy.answer().status == 200
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 0.7 * SLACK


def test_requests_beyond_their_deadline_are_given_up(serve):
    server = serve(drain_timeout=1, request_timeout=20)
    with server.connect() as client:
        client.request("GET", "/slow?ms=15000")
        time.sleep(0.1)
        begun = time.monotonic()
        assert server.stop() == 3
        assert time.monotonic() - begun < 2.2 * SLACK
    assert "drain timeout of 1 s" in server.log()


def test_a_port_in_use_is_one_sentence(server, tmp_path):
    with pytest.raises(AssertionError) as failure:
        Fixture(tmp_path, listen=f"127.0.0.1:{server.port}")
    assert f"cannot listen on 127.0.0.1:{server.port}: Address already in use" in str(failure.value)


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999999", "::1:80", "a b:x"])
def test_a_malformed_listen_address(tmp_path, address):
    with pytest.raises(AssertionError) as failure:
        Fixture(tmp_path, listen=address)
    assert "is not an address to listen on" in str(failure.value)


def test_metrics(server):
    before = server.metrics().get('orgd_http_requests_total{route="/health",method="GET",status="200"}', 0)
    server.get("/health")
    with server.connect() as client:
        client.request("GET", "/none")
        client.answer()
    after = server.metrics()
    assert after['orgd_http_requests_total{route="/health",method="GET",status="200"}'] == before + 1
    assert after['orgd_http_requests_total{route="",method="GET",status="404"}'] >= 1
    assert after['orgd_http_request_duration_seconds_count{route="/health",method="GET"}'] == before + 1
    assert after["process_resident_memory_bytes"] > 1e6
    assert "fixture_connects_total" in after
    with server.connect(server.metrics_port) as client:
        client.request("GET", "/health")
        assert client.answer().status == 404, "only metrics are served there"
