"""When a read is tried again, after which pause, and what a person is told about it."""

from tallystick.errors import Throttled, Unreachable
from tallystick.model.ports import Ports

LONGEST_PAUSE = 300.0


class Tries:
    """The tries of one read: at most `most`; pauses longer than `patience` end it (P-34)."""

    def __init__(self, ports: Ports, *, most: int, patience: float) -> None:
        self._ports, self._most, self._patience = ports, most, patience
        self._number, self._pause, self._words = 0, 0.0, ""

    def again(self, error: Exception) -> bool | float:
        """0.0 where the read may be tried once more after an error, else False.

        stamina sleeps with the operating system's clock, so it is told to sleep 0 s and the
        pause is made by the injected wait as the next try begins.
        """
        if isinstance(error, Throttled):
            self._pause = error.after_seconds or 1.0
            self._words = error.message
            return 0.0 if self._pause <= self._patience else False
        if not isinstance(error, Unreachable):
            return False
        self._pause = min(LONGEST_PAUSE, 2.0 * 4 ** (self._number - 1))
        self._words = error.message
        return 0.0

    def begin(self, number: int) -> None:
        """Begin a try, counted from 1; before all but the first, say so and pause."""
        self._number = number
        if number == 1:
            return
        self._ports.told(f"{self._words}; try {number} of {self._most} in {self._pause:.0f} s")
        self._ports.wait(self._pause)
