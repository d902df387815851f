"""Fixtures for the catalog, in addition to the scratch cluster."""
import pytest


@pytest.fixture(scope="session")
def shared(cluster):
    """Empty databases. Tests leave them empty."""
    return cluster.pair()
