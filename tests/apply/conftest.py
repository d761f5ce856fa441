"""What every test of the apply room works on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.databases import migrated_file
from support.scripted import Bench, bench

__all__ = ["migrated_file", "place"]


@pytest.fixture
def place(tmp_path: Path, migrated_file: Path) -> Iterator[Bench]:
    """A bench whose accounts can only be searched (mode C)."""
    with bench(tmp_path, migrated_file) as made:
        yield made
