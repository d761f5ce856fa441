"""Named places where a process may die; they do nothing unless a test arms them.

The names W0…W8 are crash windows of the write protocol, in its order (W4 and W5 lie in the
transport, where a test puts its own).
"""

from collections.abc import Callable

POINTS = (
    "W0.before-claim",
    "W1.inside-claim",
    "W2.claimed",
    "W3.marked-sending",
    "W6.answered",
    "W7.inside-settle",
    "W8.settled",
    "read.page-fetched",
    "read.page-inside-save",
    "read.page-saved",
    "plan.made",
    "run.started",
)
_armed: list[Callable[[str], None]] = []


def arm(action: Callable[[str], None] | None) -> None:
    """Call `action` with the name of every point that is reached; None disarms."""
    _armed[:] = [action] if action else []


def reach(name: str) -> None:
    """Pass the point `name`, which must be one of `POINTS`."""
    for action in _armed:
        action(name)
