"""Fixtures for the migrations, in addition to the scratch cluster."""
import old
import pytest


@pytest.fixture(scope="module")
def shared_agenta(cluster):
    """Databases at Agenta's newest revision. Tests leave them there."""
    pair = cluster.pair()
    pair.run("migrate", "up", "--to", "agenta")
    return pair


@pytest.fixture(scope="module")
def shared_head(cluster):
    """Databases at orgd's newest revision. Tests leave them there."""
    pair = cluster.pair()
    pair.run("migrate", "up")
    return pair


@pytest.fixture(scope="session")
def templates(cluster):
    return old.Templates(cluster)


@pytest.fixture
def make_old(templates, make_pair):
    """Makes pairs of v0.103.5 databases, which are removed with the test."""
    made = []

    def make(edition="oss", kind="empty"):
        made.append(templates.fill(make_pair(edition), edition, kind))
        return made[-1]

    yield make
    for pair in made:
        templates.drop(pair.core, pair.tracing)


@pytest.fixture(scope="module")
def lived_in(cluster, templates):
    """A used database after the upgrade. Tests only read it."""
    pair = templates.fill(cluster.pair(), "oss", "livedin")
    old.up(pair, "--to", "agenta")
    return pair
