"""What the tests of the catalog share beyond the scratch cluster."""
import pytest


@pytest.fixture(scope="session")
def shared(cluster):
    """Empty databases. Tests leave them empty."""
    return cluster.pair()
