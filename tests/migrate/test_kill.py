"""The upgrade is interrupted after each statement by killing the runner or its backend, and the next run completes it.

The short form takes a sample of the statements; KILL_SWEEP=all (`make kill-sweep`) takes every one, in both directions.
"""
import contextlib
import itertools
import os
import threading

import old
import pytest
import wire

ALL = os.environ.get("KILL_SWEEP") == "all"
SAMPLES = 4
DATABASES = {"oss": "livedin", "ee": "empty"}
CASES = list(itertools.product(DATABASES, ("up", "down"), ("runner", "backend"))) if ALL else [
    ("oss", "up", "runner"), ("oss", "up", "backend"), ("oss", "down", "runner"), ("ee", "up", "backend")]
DIRECTIONS = {"up": ("up", *old.ACCEPTED), "down": ("down", "--to", old.FLOOR["core"])}


def run_through(pair, proxy, arguments):
    """Starts the runner behind the proxy."""
    return pair.start("migrate", *arguments, POSTGRES_URI_CORE=proxy.uri(pair.core), POSTGRES_URI_TRACING=proxy.uri(pair.tracing))


def count(pair, arguments):
    """The number of requests of a whole run."""
    proxy = wire.Proxy(pair.cluster)
    try:
        runner = run_through(pair, proxy, arguments)
        _, err = runner.communicate(timeout=120)
        assert runner.returncode == 0, err
        return proxy.requests
    finally:
        proxy.close()


def cut(pair, arguments, number, kill):
    """Runs until the given request, where `kill(runner, pid)` interrupts it."""
    runner = None
    started = threading.Event()

    def before(at, pid):
        if at == number:
            started.wait()
            kill(runner, pid)
        return at == number and kill is kill_runner

    proxy = wire.Proxy(pair.cluster, before)
    try:
        runner = run_through(pair, proxy, arguments)
        started.set()
        runner.communicate(timeout=120)
        return runner.returncode
    finally:
        proxy.close()


def kill_runner(runner, pid):
    runner.kill()


@pytest.fixture(scope="module")
def ends(templates, cluster):
    """For each database: the result of a whole run up, the numbers of requests of the way up and back, and the state before."""
    found = {}
    for edition, kind in DATABASES.items():
        pair = templates.fill(cluster.pair(edition), edition, kind)
        before = old.state(pair)
        requests = {"up": count(pair, DIRECTIONS["up"])}
        after = old.state(pair)
        requests["down"] = count(pair, DIRECTIONS["down"])
        found[edition] = {"before": before, "after": after, "requests": requests}
        templates.drop(pair.core, pair.tracing)
    return found


def numbers(total):
    if ALL:
        return range(1, total + 1)
    return sorted({2 + round((total - 2) * sample / SAMPLES) for sample in range(1, SAMPLES + 1)})


@pytest.mark.parametrize("edition, direction, victim", CASES)
def test_interrupted_anywhere_and_run_again(make_old, templates, ends, edition, direction, victim):
    kind = DATABASES[edition]
    total = ends[edition]["requests"][direction]
    assert total > 60
    pair = make_old(edition, kind)
    prepared = None
    if direction == "down":
        old.up(pair)
        prepared = pair.core + "_head", pair.tracing + "_head"
        for database, template in zip((pair.core, pair.tracing), prepared, strict=True):
            templates.copy(database, template)

    def kill_backend(_, pid):
        with contextlib.closing(pair.cluster.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    arguments = DIRECTIONS[direction]
    try:
        for number in numbers(total):
            if prepared:
                for database, template in zip((pair.core, pair.tracing), prepared, strict=True):
                    templates.copy(template, database)
            else:
                templates.fill(pair, edition, kind)
            status = cut(pair, arguments, number, kill_runner if victim == "runner" else kill_backend)
            assert (status == -9) if victim == "runner" else (status in (0, 3)), f"request {number}: exit status {status}"
            again(pair, direction)
            want = ends[edition]["after" if direction == "up" else "before"]
            got = old.state(pair)
            if direction == "down":  # the tracing database has no such revision and was not included
                got, want = got[:1], want[:1]
            assert old.same(got, want), f"cut off at request {number} of {total}"
    finally:
        templates.drop(*(prepared or ()))


def again(pair, direction):
    if direction == "up":
        old.up(pair)
        pair.run("migrate", "status", "--exit-code")
    else:
        pair.run("migrate", "down", "--to", old.FLOOR["core"])
