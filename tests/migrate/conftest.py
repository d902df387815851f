"""What the tests of the migrations share beyond the scratch cluster."""
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
