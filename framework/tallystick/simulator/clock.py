"""The virtual clock of a simulated service: it moves when it is told."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 7, 15, 9, 0, tzinfo=UTC)


class VirtualClock:
    """An instant that does not run by itself; each request may move it by `tick_seconds`."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self.tick_seconds = 0.0

    def tick(self) -> None:
        """Move by what one request takes."""
        if self.tick_seconds:
            self.advance(self.tick_seconds)

    def kept(self) -> tuple[datetime, float]:
        """What a snapshot keeps."""
        return self._now, self.tick_seconds

    def take(self, kept: tuple[datetime, float]) -> None:
        """Take what a snapshot kept."""
        self._now, self.tick_seconds = kept

    def now(self) -> datetime:
        """The set instant, aware UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move by so many seconds."""
        self._now += timedelta(seconds=seconds)

    def set(self, instant: datetime) -> None:
        """Move to an instant."""
        self._now = instant.astimezone(UTC)
