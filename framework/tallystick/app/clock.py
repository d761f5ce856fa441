"""The only reader of the real clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return datetime.now(UTC)


def wait(seconds: float) -> None:
    """Do nothing for so many seconds; the only place that sleeps."""
    time.sleep(seconds)
