"""A fresh simulated service for each test."""

import pytest
from connectors.zoho_projects_simulator.asking import Caller, caller


@pytest.fixture
def asked() -> Caller:
    """A caller with a token, on the demo world."""
    return caller()
