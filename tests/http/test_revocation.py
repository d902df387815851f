"""Revoked access is refused from the next request on, on every process, even if processes are frozen or killed.

A removal is answered when no process can use its cache entries any more. REVOCATION_TRIES makes the first test long.
"""
import contextlib
import os
import pathlib
import signal
import threading
import time

import pytest
import revocation
import serving

TRIES = int(os.environ.get("REVOCATION_TRIES", "3000"))
LONG = TRIES > 10000
WIRES, TIMES = (8, 10) if LONG else (1, 2)  # connections to each process, and attempts on each after a removal
LEASE_S = 3.0
WHOLE_WAIT_S = LEASE_S + 1.5  # on a busy machine


def children(pid):
    return [int(each.name) for each in pathlib.Path("/proc").iterdir()
            if each.name.isdigit() and parent(each) == pid]


def parent(folder):
    with contextlib.suppress(OSError):
        return int((folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])


@contextlib.contextmanager
def stopped(*pids):
    """Freezes processes."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Processes:
    """One process with the database, and others over it."""

    def __init__(self, count, **settings):
        first = serving.Server(**settings).start()
        self.servers = [first]
        self.settings = {"AGENTA_AUTH_KEY": first.auth_key, "AGENTA_CRYPT_KEY": first.crypt_key, **{
            f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={first.data}" for name in ("core", "tracing")}}
        self.listeners = [self.new_listener(set())]
        for _ in range(count - 1):
            self.add()

    def add(self, **settings):
        self.servers.append(serving.Server(**self.settings, **settings).start())
        self.listeners.append(self.new_listener(set(self.listeners)) if settings.get("AGENTA_API_CACHING_ENABLED") != "false" else None)
        return self.servers[-1]

    def new_listener(self, known):
        """The backend of the newest listener."""
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'orgd listener'"
        def find():
            return {pid for pid, in self.servers[0].sql(query)} - known
        return serving.wait_for("the process listens", find).pop()

    def leases(self):
        return dict(self.servers[0].sql("SELECT process::text, confirmed FROM orgd.leases"))

    def settle(self):
        """Waits until every process has a lease and all leases are known."""
        caching = sum(listener is not None for listener in self.listeners)
        serving.wait_for("all leases are known", lambda: self.servers[0].sql("SELECT complete FROM orgd.lease_state") == [(True,)])
        serving.wait_for("only living processes have leases", lambda: len(self.leases()) == caching)

    def close(self):
        for server in reversed(self.servers):
            with contextlib.suppress(ProcessLookupError):
                os.kill(server.pid, signal.SIGCONT)
            server.close()


@pytest.fixture(scope="module", params=[2, 5], ids=["two", "five"])
def processes(request):
    processes = Processes(request.param)
    yield processes
    processes.close()


@pytest.fixture
def field(processes):
    processes.settle()
    field = revocation.Field(processes.servers, WIRES)
    yield field
    field.close()


@pytest.fixture
def pair():
    """Two processes that the test may break."""
    made = []

    def make(count=2, **settings):
        made.append(Processes(count, **settings))
        made[-1].settle()
        made.append(revocation.Field(made[-1].servers))
        return made[-2:]

    yield make
    for each in reversed(made):
        each.close()


def test_nothing_is_allowed_after_the_answer(field):
    """Keys, sessions and members, removed on any process and tried on all of them at once."""
    kinds = ["key"] * 8 + ["session", "member"]
    turn = 0
    while field.tries < TRIES // 2:
        field.round(kinds[turn % len(kinds)], TIMES)
        turn += 1
    print(f"{field.allowed} allowed of {field.tries} tries after {field.removals} removals")
    assert field.allowed == 0


def test_the_caches_were_in_use(field):
    """Cached entries are answered without the database: otherwise the other tests would prove nothing."""
    key = field.make_key()
    field.remember(key.authorization)
    with stopped(*children(field.servers[0].postmaster)):
        field.try_everywhere(key.authorization, 1)
    assert field.allowed == WIRES * len(field.servers)
    field.remove_key(key, field.servers[0])


def test_a_stopped_process(pair):
    """Its lease expires, and the removal waits for that. When the process continues, it does not answer from the cache."""
    processes, field = pair()
    remover, other = processes.servers
    key = field.make_key()
    field.remember(key.authorization)
    with stopped(other.pid):
        field.remove_key(key, remover)
        for wire in field.wires[1]:
            wire.send(key.authorization)
    assert [wire.status() for wire in field.wires[1]] == [401]
    assert LEASE_S - 1.5 < field.seconds[-1] < WHOLE_WAIT_S
    field.try_everywhere(key.authorization, 20)
    assert field.allowed == 0


def test_a_stopped_listener(pair):
    """The process continues without notifications: after its lease has expired it asks the database."""
    processes, field = pair()
    remover, other = processes.servers
    key = field.make_key()
    field.remember(key.authorization)
    with stopped(processes.listeners[1]):
        field.remove_key(key, remover)
        field.try_everywhere(key.authorization, 50)
        assert LEASE_S - 1.5 < field.seconds[-1] < WHOLE_WAIT_S
        serving.wait_for("it listens again", lambda: len(processes.leases()) == 2)
    assert field.allowed == 0


def test_a_stopped_database(pair):
    """Nothing is answered from the cache after the lease; access revoked meanwhile is refused."""
    processes, field = pair()
    remover, other = processes.servers
    key, kept = field.make_key(), field.make_key()
    for each in (key, kept):
        field.remember(each.authorization)
    backends = children(remover.postmaster)
    with stopped(remover.postmaster, *backends):
        assert [wires[0].ask(kept.authorization) for wires in field.wires] == [200, 200]
        time.sleep(LEASE_S + 0.5)
        for wires in field.wires:
            wires[0].send(kept.authorization)
        time.sleep(0.5)
        for wires in field.wires:  # they wait for the database
            wires[0].socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                wires[0].socket.recv(1)
            wires[0].socket.settimeout(60)
    assert all(wires[0].status() in (200, 503, 504) for wires in field.wires)
    serving.wait_for("both are back", lambda: remover.is_ready() and other.is_ready())
    field.remove_key(key, remover)
    field.try_everywhere(key.authorization, 20)
    assert field.allowed == 0


def test_a_killed_process(pair):
    """The first removals wait until its lease is over; then nobody waits for it any more."""
    processes, field = pair()
    remover, other = processes.servers
    other.kill()
    field.wires.pop()
    key, later = field.make_key(), field.make_key()
    field.remember(key.authorization, [remover])
    field.remove_key(key, remover)
    assert field.seconds[-1] < WHOLE_WAIT_S
    serving.wait_for("its lease is gone", lambda: len(processes.leases()) == 1, 2 * LEASE_S + 3)
    field.remove_key(later, remover)
    assert field.seconds[-1] < 1


def test_removals_do_not_wait_for_an_ended_process(pair):
    processes, field = pair()
    remover, other = processes.servers
    other.stop()
    assert len(processes.leases()) == 1
    key = field.make_key()
    field.remove_key(key, remover)
    assert field.seconds[-1] < 1


def test_a_crashed_database_has_forgotten_the_leases(pair):
    """The table is empty, and a stopped process still has its lease: the first removals wait for its end."""
    processes, field = pair()
    remover, other = processes.servers
    key = field.make_key()
    field.remember(key.authorization)
    old = remover.postmaster
    with stopped(other.pid):
        stopped_at = time.monotonic()
        os.kill(old, signal.SIGQUIT)
        serving.wait_for("it is back", lambda: remover.postmaster not in (None, old) and remover.is_ready())
        field.remove_key(key, remover)
        answered_at = time.monotonic()
        field.wires[1][0].send(key.authorization)
    assert field.wires[1][0].status() in (401, 503)  # its connections to the database have ended
    assert answered_at - stopped_at > LEASE_S - 1.2
    serving.wait_for("all leases are known", lambda: remover.sql("SELECT complete FROM orgd.lease_state") == [(True,)])
    field.try_everywhere(key.authorization, 20)
    assert field.allowed == 0


def test_leases_in_a_restored_dump_are_ignored(pair):
    """Leases in a dump are valid only on the server that the dump was made on."""
    processes, field = pair()
    remover = processes.servers[0]
    remover.sql("UPDATE orgd.lease_state SET server = 'another', complete = true")
    key = field.make_key()
    field.remember(key.authorization)
    field.remove_key(key, remover)
    assert field.seconds[-1] > LEASE_S - 1.5
    field.try_everywhere(key.authorization, 20)
    assert field.allowed == 0


def test_a_remover_that_is_cut_off_waits_as_long_as_a_lease(pair):
    """It cannot see whether others have confirmed, and answers when their leases have ended."""
    processes, field = pair()
    remover, other = processes.servers
    key = field.make_key()
    field.remember(key.authorization)
    with stopped(processes.listeners[1]):  # so that the removal waits
        def cut():
            serving.wait_for("the removal is waiting", lambda: remover.sql("SELECT count(*) FROM api_keys WHERE prefix = %s",
                                                                           (key.authorization[7:15],)) == [(0,)])
            remover.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%FROM orgd.lease_state%'"
                        " AND application_name = 'orgd'")

        serving.in_parallel(2, lambda number: field.remove_key(key, remover) if number else cut())
        assert LEASE_S - 0.5 < field.seconds[-1] < WHOLE_WAIT_S
        field.try_everywhere(key.authorization, 20)
    assert field.allowed == 0


def test_a_process_without_a_cache_waits_for_the_others(pair):
    processes, field = pair()
    remover = processes.add(AGENTA_API_CACHING_ENABLED="false")
    key = field.make_key()
    field.remember(key.authorization, processes.servers[:2])
    field.remove_key(key, remover)
    field.try_everywhere(key.authorization, 20, processes.servers[:2])
    assert field.allowed == 0
    with stopped(processes.listeners[1]):
        key = field.make_key()
        field.remember(key.authorization, processes.servers[:2])
        field.remove_key(key, remover)
        assert field.seconds[-1] > LEASE_S - 1.5
        field.try_everywhere(key.authorization, 20, processes.servers[:2])
    assert field.allowed == 0


def test_removals_at_once(field):
    """Many wait at the same time, each for a generation of its own."""
    keys = [field.make_key() for _ in range(20)]
    for key in keys:
        field.remember(key.authorization)
    answers = serving.in_parallel(len(keys), lambda number: field.at(field.alice, field.servers[number % 2]).delete(
        f"/keys/{keys[number].authorization[7:15]}"))
    assert [answer.status_code for answer in answers] == [200] * len(keys)
    for key in keys:
        field.try_everywhere(key.authorization, 1)
    assert field.allowed == 0


def test_a_removal_and_its_generation_are_one_transaction(pair):
    """Generations have the order of the commits, and no removal is seen before others hear of it."""
    processes, field = pair()
    remover = processes.servers[0]
    key = field.make_key()
    field.remember(key.authorization)
    waiting = threading.Thread(target=lambda: field.remove_key(key, remover))
    with contextlib.closing(remover.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("SELECT FROM orgd.lease_state FOR UPDATE")
        waiting.start()
        serving.wait_for("the removal waits", lambda: remover.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(1,)])
        assert remover.sql("SELECT count(*) FROM api_keys WHERE prefix = %s", (key.authorization[7:15],)) == [(1,)]
        connection.rollback()
        waiting.join()
    assert remover.sql("SELECT count(*) FROM api_keys WHERE prefix = %s", (key.authorization[7:15],)) == [(0,)]
    field.try_everywhere(key.authorization, 20)
    assert field.allowed == 0


def test_a_removal_that_fails_takes_nothing_away(pair):
    """Its statement, generation and commit are sent together; none of what follows an error is done."""
    processes, field = pair()
    remover = processes.servers[0]
    key = field.make_key()
    prefix = key.authorization[7:15]
    generation = remover.sql("SELECT generation FROM orgd.lease_state")
    with contextlib.closing(remover.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("SELECT FROM api_keys WHERE prefix = %s FOR UPDATE", (prefix,))
        assert field.at(field.alice, remover).delete(f"/keys/{prefix}").status_code == 503
        connection.rollback()
    assert remover.sql("SELECT generation FROM orgd.lease_state") == generation
    field.remember(key.authorization)
    field.remove_key(key, remover)
    field.try_everywhere(key.authorization, 20)
    assert field.allowed == 0


def test_an_answer_that_is_repeated_waits_as_well(pair):
    """The stored answer may be that of a removal whose process was killed while it waited."""
    processes, _ = pair()
    server = processes.servers[0]
    before = server.sql("SELECT generation FROM orgd.lease_state")[0][0]
    body = {"accounts": {"a": {"user": {"email": "once@example.com"}}}, "options": {"idempotency_key": "once"}}
    for _ in range(2):  # the second gets the answer of the first
        assert server.admin("POST", "/admin/simple/accounts/", body).status == 200
    assert server.sql("SELECT generation FROM orgd.lease_state")[0][0] > before
