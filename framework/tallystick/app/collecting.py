"""The garbage collector, out of the way of work that makes many short-lived values."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLD = (50_000, 20, 50)
"""Reading and planning make and drop some hundred values an entry and no cycles; with the usual 700
values a collection, planning spent a quarter of its time looking through what stays.
"""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector run rarely within the block; as before when it has ended."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*before)
