"""What the tests of the catalog share: one scratch cluster, and a new pair of databases for each test."""
import itertools
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import scratch  # noqa: E402  (beside this folder)

numbers = itertools.count()


@pytest.fixture(scope="session")
def cluster():
    cluster = scratch.Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def make_pair(cluster):
    """Makes an empty pair of databases for one edition."""
    return lambda edition="oss": scratch.Pair(cluster, f"s{next(numbers)}", edition)


@pytest.fixture
def pair(make_pair):
    return make_pair()


@pytest.fixture(scope="session")
def shared(cluster):
    """Empty databases. Tests leave them empty."""
    return scratch.Pair(cluster, "shared")
