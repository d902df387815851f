"""Workers that remain for others: unknown callers with random keys, and one tenant whose requests block."""
import concurrent.futures
import contextlib
import re
import secrets
import socket
import threading
import time
import urllib.request

import client
import pytest
import serving

WORKERS = 4


@pytest.fixture
def crowded(another):
    """A server of four workers whose metrics can be read."""
    return another(ORGD_WORKERS=str(WORKERS), ORGD_QUEUE="32", ORGD_METRICS_LISTEN=f"127.0.0.1:{serving.unused_port()}")


def metric(server, name):
    with urllib.request.urlopen(f"http://{server.environment['ORGD_METRICS_LISTEN']}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M).group(1))


def busy(server):
    return metric(server, "orgd_workers_busy")


def busy_unknown(server):
    return metric(server, 'orgd_workers_busy_unknown{pool="default"}')


@contextlib.contextmanager
def held(server, statement, *parameters):
    """Runs a statement in an open transaction, so that others wait for its locks until it ends."""
    with contextlib.closing(server.connect()) as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            yield connection.rollback


@contextlib.contextmanager
def crowd(count, work):
    """Background threads; their answers are in the list at the end."""
    answers = []
    threads = [threading.Thread(target=lambda number=number: answers.append(work(number).status_code)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        for thread in threads:
            thread.join()


def test_unknown_callers_leave_workers_and_places_for_known_ones(crowded, server, people):
    """A table that all requests read is locked, so that each running request keeps its worker."""
    alice, bob = (person.using(person.authorization) for person in people("alice", "bob"))
    alice.url = bob.url = crowded.url
    for person in alice, bob, alice, bob:  # from the second time on they are known
        assert person.get("/organizations/").status_code == 200
    with held(server, "LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE") as give_up:
        strange = lambda _: client.Api(crowded.url, f"ApiKey {secrets.token_hex(4)}.{secrets.token_hex(32)}").get("/organizations/")  # noqa: E731
        with crowd(60, strange) as answers:
            assert client.eventually(lambda: busy_unknown(crowded) == WORKERS / 2, 3)
            for _ in range(20):
                assert alice.get("/organizations/").status_code == 200
                assert bob.get("/organizations/").status_code == 200
                assert busy_unknown(crowded) <= WORKERS / 2
            assert client.eventually(lambda: answers.count(503) >= 20, 3), "the queue keeps places for others"
            assert set(answers) == {503} and len(answers) < 60, "two strangers wait for the table, and others for them"
            give_up()
    assert len(answers) == 60 and set(answers) == {401, 503}


def test_a_tenant_whose_requests_wait_leaves_workers_for_others(crowded, server, people):
    alice, bob, carol = people("alice", "bob", "carol")
    for person in alice, bob, carol, alice, bob, carol:
        person.url = crowded.url
        assert person.get("/organizations/").status_code == 200
    with held(server, "SELECT id FROM organizations WHERE id = %s FOR UPDATE", bob.organization) as give_up:
        rename = lambda n: bob.using(bob.authorization).patch(f"/organizations/{bob.organization}", {"name": f"N{n}"})  # noqa: E731
        with crowd(12, rename) as answers:
            assert client.eventually(lambda: busy(crowded) >= WORKERS / 2, 3)
            for _ in range(20):
                assert alice.get("/organizations/").status_code == 200
                assert carol.patch(f"/organizations/{carol.organization}", {"name": "Carol's"}).status_code == 200
                assert busy(crowded) <= WORKERS / 2
            assert not answers, "all of them still wait for the row"
            give_up()
    assert answers == [200] * 12


def test_a_lone_caller_has_all_workers(crowded, server, people):
    bob, = people("bob")
    bob.url = crowded.url
    assert bob.get("/organizations/").status_code == 200
    with held(server, "SELECT id FROM organizations WHERE id = %s FOR UPDATE", bob.organization) as give_up:
        rename = lambda n: bob.using(bob.authorization).patch(f"/organizations/{bob.organization}", {"name": f"N{n}"})  # noqa: E731
        with crowd(6, rename):
            # a moment ago there was an unknown caller: bob himself
            assert client.eventually(lambda: busy(crowded) == WORKERS, 9)
            give_up()


def test_one_tenants_crowd_does_not_delay_another_caller(serve_slowly):
    """One worker: of 30 requests of one client and one of another, the latter is among the first."""
    order = []
    server = serve_slowly(workers=1, queue=64)
    with crowd(30, lambda number: server(f"198.51.100.1/{number}", order)):
        assert client.eventually(lambda: len(order) >= 2, 5)
        assert server("198.51.100.2/other", order).status_code == 401
    assert order.index("198.51.100.2/other") < 12, order


@pytest.fixture
def serve_slowly(another, server):
    """Requests by clients behind a proxy, each of which takes a while, because the table of keys is locked now and then."""
    def make(workers, queue):
        made = another(ORGD_WORKERS=str(workers), ORGD_QUEUE=str(queue), ORGD_TRUSTED_PROXIES="127.0.0.1")

        def ask(name, order):
            caller = client.Api(made.url, f"ApiKey {secrets.token_hex(4)}.{secrets.token_hex(32)}")
            answer = caller.get("/organizations/", headers={"X-Forwarded-For": name.split("/", maxsplit=1)[0]})
            order.append(name)
            return answer

        return ask

    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        stop = threading.Event()

        def lock_now_and_then():
            while not stop.wait(0.002):
                cursor.execute("BEGIN; LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(0.05); COMMIT")

        thread = threading.Thread(target=lock_now_and_then)
        thread.start()
        yield make
        stop.set()
        thread.join()


FLOOD = 2000


def flood(server, path):
    """Sends many requests at once on one connection, and reads until the last is answered."""
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        sender = threading.Thread(target=connection.sendall, args=((request + "\r\n").encode() * (FLOOD - 1)
                                                                   + (request + "Connection: close\r\n\r\n").encode(),))
        sender.start()
        received = b"".join(iter(lambda: connection.recv(1 << 20), b""))
        sender.join()
    return received.count(b"HTTP/1.1 200 OK")


def test_an_unknown_client_is_read_no_faster_than_allowed(another, people):
    """300 answers per tenth of a second, on all of its connections together; known callers from the same address are not limited."""
    server = another(ORGD_RATE_LIMITS="on")
    alice, = people("alice")
    alice.url = server.url
    for _ in range(2):
        assert alice.get("/workspaces/roles").status_code == 200
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answered = [pool.submit(flood, server, "/health") for _ in range(4)]
        for _ in range(30):
            assert alice.get("/workspaces/roles").status_code == 200
        assert not any(one.done() for one in answered), "strangers wait, alice did not"
    assert [one.result() for one in answered] == [FLOOD] * 4, "nothing is lost"
    assert time.monotonic() - began > 4 * FLOOD / 300 * 0.1 - 0.2


def test_a_big_answer_counts_for_more(another):
    server = another(ORGD_RATE_LIMITS="on")
    size = len(server.request("GET", "/openapi.json").body)
    began = time.monotonic()
    assert flood(server, "/openapi.json") == FLOOD
    assert time.monotonic() - began > FLOOD * (1 + size // 8192) / 300 * 0.1 * 0.8
