"""Progress as a value; whoever shows it listens."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one module is: phase is waiting, reading, planning, applying, done or failed."""

    module: str
    phase: str
    done: int
    total: int | None = None
    message: str = ""


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Listen to nothing."""
