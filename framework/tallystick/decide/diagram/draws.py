"""Numbers drawn: by what the caller passes in, or always the same."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")
_MASK = 2**64 - 1


class Draws(Protocol):
    """What is asked of `random.Random`."""

    def randrange(self, start: int, /) -> int:
        """A number from 0 and below `start`."""


class Fixed:
    """The same numbers each time (splitmix64), so that a sample can be repeated."""

    def __init__(self, seed: int = 1) -> None:
        self._state = seed

    def randrange(self, start: int, /) -> int:
        """A number from 0 and below `start`."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return (mixed ^ (mixed >> 31)) % start


def one_of(draws: Draws, members: Sequence[T]) -> T:
    """A member, each as likely."""
    return members[draws.randrange(len(members))]


def weighted(draws: Draws, weights: Sequence[int]) -> int:
    """A place, as likely as its weight; weights may be huge."""
    at = draws.randrange(sum(weights))
    for place, weight in enumerate(weights):
        at -= weight
        if at < 0:
            return place
    return len(weights) - 1
