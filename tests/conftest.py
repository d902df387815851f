"""Fixtures of all tests: one server over a private cluster for the whole run, and separate servers for tests that break them."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import scratch  # noqa: E402  (in this folder)
import serving  # noqa: E402


@pytest.fixture(scope="session")
def server():
    """One server for the session. Tests leave it running and use data of their own."""
    server = serving.Server().start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def console(server):
    """For tests of the console: skips them if the program was built without it."""
    answer = server.request("GET", "/")
    if answer.status == 404:
        assert answer.body == b"This orgd was built without its console; its API answers under /api.\n"
        pytest.skip("this orgd was built with CONSOLE=false")


@pytest.fixture
def make_server():
    """Makes servers that a test may stop and kill; all are removed afterwards."""
    made = []

    def make(**options):
        made.append(serving.Server(**options))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def folder():
    """A temporary folder that every user can pass through."""
    folder = serving.make_folder()
    yield folder
    serving.shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL for tests of commands that take database addresses."""
    cluster = scratch.Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def make_pair(cluster):
    """Makes an empty pair of databases for one edition."""
    return cluster.pair


@pytest.fixture
def pair(make_pair):
    return make_pair()
