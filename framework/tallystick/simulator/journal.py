"""What a simulated service was asked, in order."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

ENTRIES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request and its answer; `effect_id` is the id of what it made, if it made something.

    `status` is what the service answered, 0 when nothing was processed; `fault` is what struck.
    """

    number: int
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: str
    status: int
    at: str
    effect_id: str | None = None
    fault: str | None = None


class Journal:
    """The last requests."""

    def __init__(self) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=ENTRIES_MAX)
        self._path: Path | None = None

    def keep_in(self, path: Path) -> None:
        """Write every entry to a file too, one JSON value a line; those it has come first."""
        fresh = list(self._entries)
        self._entries.clear()
        if path.exists():
            self._entries.extend(
                JournalEntry(**{**found, "query": tuple(map(tuple, found["query"]))})
                for found in map(orjson.loads, path.read_bytes().splitlines())
            )
        self._path = path
        for entry in fresh:
            self.add(entry)

    def add(self, entry: JournalEntry) -> None:
        """Note one request."""
        self._entries.append(entry)
        if self._path is not None:
            with self._path.open("ab") as handle:
                handle.write(orjson.dumps(asdict(entry)) + b"\n")

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()
        if self._path is not None:
            self._path.write_bytes(b"")

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def to_json(self) -> list[dict[str, Any]]:
        """All entries as plain values."""
        return [asdict(entry) for entry in self._entries]
