"""What all tests share: one server over a private cluster for the whole run, and servers of their own for those that break things."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import serving  # noqa: E402  (beside this file)


@pytest.fixture(scope="session")
def server():
    """One server for the session; tests leave it running and tell their data apart."""
    server = serving.Server().start()
    yield server
    server.close()


@pytest.fixture
def make_server():
    """Makes servers that the test may stop and kill; all are gone afterwards."""
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
