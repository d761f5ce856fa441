"""Ids of a simulated service: strings of 18 digits, the same for the same seed and order."""


class IdFactory:
    """Increasing ids with a prefix of their own."""

    def __init__(self, prefix: int) -> None:
        self._next = prefix * 10**12 + 1001

    def make(self) -> str:
        """The next id."""
        self._next += 2
        return str(self._next)
