"""A service of short lists, and a store that reads them."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from support.databases import migrated_file
from tallystick.errors import Unreachable
from tallystick.model.connector import ReadSpec
from tallystick.model.record import Cursor, Malformed, Page
from tallystick.read import Job, ReadResult, read_type
from tallystick.store import Brake, Store, open_store
from tallystick.testing.clock import FakeClock

__all__ = ["PER_PROJECT", "SINCE", "SPEC", "Lists", "Reading", "migrated_file", "reading"]
SPEC = ReadSpec("task")
PER_PROJECT = ReadSpec("task", per="project")
SINCE = ReadSpec("task", since=True)


@dataclass(slots=True)
class Lists:
    """A service with one list per parent, two rows a page."""

    lists: dict[str | None, list[str]]
    asked: list[tuple[str | None, str]] = field(default_factory=list)
    since: list[datetime | None] = field(default_factory=list)
    fails_at: int | None = None
    malformed: tuple[Malformed, ...] = ()
    stuck: bool = False

    def read(self, type: str, cursor: Cursor) -> Page:
        """Two rows from the position on."""
        assert type == "task"
        self.asked.append((cursor.parent, cursor.position))
        self.since.append(cursor.since)
        if self.fails_at == len(self.asked):
            raise Unreachable("no connection")
        start = 0 if self.stuck else int(cursor.position or 0)
        ids = self.lists[cursor.parent]
        rows: list[dict[str, Any]] = [
            {"external_id": i, "name": f"task {i}", "project_id": cursor.parent}
            for i in ids[start : start + 2]
        ]
        more = self.stuck or start + 2 < len(ids)
        following = Cursor(str(int(cursor.position or 0) + 2), cursor.parent) if more else None
        return Page(rows, following, self.malformed)


@dataclass(slots=True)
class Reading:
    """A store and what reads into it."""

    store: Store
    clock: FakeClock
    connector: Lists
    run_id: int = 1

    def __call__(
        self,
        spec: ReadSpec = SPEC,
        *,
        full: bool = True,
        brake: Callable[[], Brake] | None = None,
        **options: Any,
    ) -> ReadResult:
        """Read once in the current run."""
        connector: Any = self.connector
        job = Job(self.store, connector, "portal", self.run_id, self.clock, full=full, brake=brake)
        return read_type(job, spec, **options)

    def next_run(self, *ids: str) -> None:
        """A new run begins; the list holds these now."""
        self.run_id += 1
        self.connector.lists[None] = list(ids)
        self.connector.asked.clear()

    def stored(self) -> Mapping[str, Any]:
        """Rows that are there, deleted ones included."""
        rows = self.store.records.scan("portal", "task", include_deleted=True)
        return {r["external_id"]: r for r in rows}


@pytest.fixture
def reading(tmp_path: Path, migrated_file: Path) -> Iterator[Reading]:
    """A list of five."""
    shutil.copy(migrated_file, tmp_path / "store.db")
    clock = FakeClock()
    store = open_store(f"sqlite:///{tmp_path}/store.db", clock=clock, key_file=tmp_path / "key")
    try:
        yield Reading(store, clock, Lists({None: ["1", "2", "3", "4", "5"]}))
    finally:
        store.close()
