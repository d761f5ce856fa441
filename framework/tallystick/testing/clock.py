"""A clock for tests: it stands still until it is told to move."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 7, 15, 9, tzinfo=UTC)


class FakeClock:
    """A clock that moves when told."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        """The set instant."""
        return self._now

    def advance(self, **delta: float) -> None:
        """Move forward."""
        self._now += timedelta(**delta)
