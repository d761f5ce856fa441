"""What every test of the apply room works on."""

from collections.abc import Iterator

import pytest
from support.scripted import Bench, bench


@pytest.fixture
def place() -> Iterator[Bench]:
    """A bench whose accounts can only be searched (mode C)."""
    with bench() as made:
        yield made
