"""What a simulated service was asked, in order."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

ENTRIES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request and its answer; `effect_id` is the id of what it made, if it made something."""

    number: int
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: str
    status: int
    at: str
    effect_id: str | None = None


class Journal:
    """The last requests."""

    def __init__(self) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=ENTRIES_MAX)

    def add(self, entry: JournalEntry) -> None:
        """Note one request."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def to_json(self) -> list[dict[str, Any]]:
        """All entries as plain values."""
        return [asdict(entry) for entry in self._entries]
