"""What a measuring process counts of itself: CPU seconds, wall seconds, peak memory."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class Span:
    """One measured stretch of this process."""

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def cpu_seconds() -> float:
    """User and system time of this process with all its threads, so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def span() -> Iterator[Span]:
    """Measure the block."""
    found = Span()
    cpu, wall = cpu_seconds(), time.perf_counter()
    try:
        yield found
    finally:
        found.cpu_seconds = cpu_seconds() - cpu
        found.wall_seconds = time.perf_counter() - wall


def peak_bytes() -> int:
    """The most memory this process has had resident (Linux counts in KiB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    return peak if sys.platform == "darwin" else peak * 1024
