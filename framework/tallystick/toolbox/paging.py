"""Walking through pages to a certain end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.errors import Unreachable

MOST_PAGES = 50_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page held, and whether the service says that more follow."""

    items: Sequence[Any]
    more: bool


def _endless(pages: int) -> Unreachable:
    return Unreachable(f"the list does not end after {pages} pages", code="DATA-01")


def numbered(
    fetch: Callable[[int], Batch], *, first: int = 1, most: int = MOST_PAGES
) -> Iterator[Any]:
    """Yield the items of pages `first`, `first + 1`, … until the service says it was the last.

    A page equal to the one before it ends the walk: such a server would go on for ever. Raises
    Unreachable after `most` pages.
    """
    before: Sequence[Any] | None = None
    for page in range(first, first + most):
        batch = fetch(page)
        if batch.items and batch.items == before:
            return
        yield from batch.items
        if not batch.more:
            return
        before = batch.items
    raise _endless(most)


def indexed(
    fetch: Callable[[int, int], Sequence[Any]],
    *,
    size: int,
    first: int = 1,
    most: int = MOST_PAGES,
) -> Iterator[Any]:
    """Yield the items at positions `first`, `first + size`, … until a page is not full.

    `fetch(position, size)` gives one page. A page equal to the one before ends the walk.
    Raises Unreachable after `most` pages.
    """

    def one(number: int) -> Batch:
        items = fetch(first + number * size, size)
        return Batch(items, more=len(items) >= size)

    return numbered(one, first=0, most=most)
