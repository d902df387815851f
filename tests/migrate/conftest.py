"""What the tests of the migrations share beyond the scratch cluster."""
import old
import pytest


@pytest.fixture(scope="module")
def shared_agenta(cluster):
    """Databases at Agenta's head. Tests leave them there."""
    pair = cluster.pair()
    pair.run("migrate", "up", "--to", "agenta")
    return pair


@pytest.fixture(scope="module")
def shared_head(cluster):
    """Databases at orgd's head. Tests leave them there."""
    pair = cluster.pair()
    pair.run("migrate", "up")
    return pair


@pytest.fixture(scope="session")
def templates(cluster):
    return old.Templates(cluster)


@pytest.fixture
def make_old(templates, make_pair):
    """Makes a pair of v0.103.5 databases."""
    return lambda edition="oss", kind="empty": templates.fill(make_pair(edition), edition, kind)
