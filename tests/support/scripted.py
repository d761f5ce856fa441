"""A connector that answers as a test tells it, and a desk around it on a store in memory."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tallystick.apply.desk import Desk
from tallystick.errors import RemoteError
from tallystick.model.connector import WriteSpec
from tallystick.model.operation import Action, Lookup, Mode, Operation, Receipt
from tallystick.model.record import Row
from tallystick.store import OutboxRow, Store, open_store
from tallystick.testing.clock import FakeClock

Answer = TypeVar("Answer", Receipt, Lookup)
MADE = Receipt("i1", {"external_id": "i1", "number": "INV-1"}, "INV-1")
OTHER = Receipt("i2", {"external_id": "i2", "number": "INV-2"}, "INV-2")
ABSENT = Lookup()


def found(*receipts: Receipt) -> Lookup:
    """A complete search that found these."""
    return Lookup(receipts)


@dataclass(slots=True)
class Scripted:
    """Writes and look-ups answer with the next item told; an error is raised.

    A script that is used up is a test that expected fewer calls.
    """

    answers: list[Receipt | RemoteError] = field(default_factory=list)
    lookups: list[Lookup | RemoteError] = field(default_factory=list)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    writes: dict[str, WriteSpec] = field(default_factory=dict)
    sent: list[Operation] = field(default_factory=list)
    searched: list[Operation] = field(default_factory=list)
    fetched: list[tuple[str, tuple[str, ...], str | None]] = field(default_factory=list)
    unreadable: RemoteError | None = None
    during_write: Callable[[], None] | None = None

    def write(self, operation: Operation) -> Receipt:
        """The next answer."""
        self.sent.append(operation)
        if self.during_write is not None:
            self.during_write()
        return _next(self.answers)

    def find(self, operation: Operation) -> Lookup:
        """The next look-up."""
        self.searched.append(operation)
        return _next(self.lookups)

    def fetch(
        self, type: str, ids: Sequence[str], *, parent: str | None = None
    ) -> Mapping[str, Row]:
        """Rows as told."""
        self.fetched.append((type, tuple(ids), parent))
        if self.unreadable is not None:
            raise self.unreadable
        known = self.rows.get(type, {})
        return {i: known[i] for i in ids if i in known}


def _next(script: list[Answer | RemoteError]) -> Answer:
    answer = script.pop(0)
    if isinstance(answer, RemoteError):
        raise answer
    return answer


_ALL = frozenset({Action.CREATE, Action.UPDATE, Action.DEACTIVATE, Action.VOID})


def specs(mode: Mode) -> dict[str, WriteSpec]:
    """Every type may be written, guarded by this mode."""
    types = ("transaction", "contact", "user", "project", "task", "time_entry")
    return {t: WriteSpec(t, _ALL, mode) for t in types}


@dataclass(slots=True)
class Bench:
    """A store, a clock, the accounts ("books") and the portal, and who works."""

    store: Store
    clock: FakeClock
    books: Scripted
    portal: Scripted
    refusal: tuple[str, str] | None = None

    def desk(self, executor: str = "one") -> Desk:
        """The desk of one process."""
        connectors: Any = {"books": self.books, "portal": self.portal}
        return Desk(
            store=self.store,
            connectors=connectors,
            clock=self.clock,
            executor=executor,
            integration="main",
            precheck=lambda _operation: self.refusal,
            plan_digest="p-1",
            run_id=7,
        )

    def mode(self, mode: Mode) -> None:
        """What the accounts' writes are guarded by from now on."""
        self.books.writes = specs(mode)

    def row(self, operation: Operation) -> OutboxRow:
        """The operation as it is stored."""
        row = self.store.outbox.get(operation.reference)
        assert row is not None
        return row

    def held(self) -> list[str]:
        """Ids of everything claimed."""
        return [c.source_id for c in self.store.outbox.claims()]

    def outcomes(self, operation: Operation) -> list[str | None]:
        """What each attempt came to."""
        return [a["outcome"] for a in self.store.outbox.attempts(operation.reference)]

    def a_process_dies(self, executor: str = "one") -> None:
        """Its leases end."""
        self.store.outbox.release_leases(executor, now=self.clock.now())
        self.clock.advance(seconds=1)


@contextmanager
def bench(folder: Path, migrated: Path, mode: Mode = Mode.C) -> Iterator[Bench]:
    """A new bench on a store of its own, copied from a migrated one."""
    clock = FakeClock()
    shutil.copy(migrated, folder / "bench.db")
    store = open_store(f"sqlite:///{folder / 'bench.db'}", clock=clock, key_file=folder / "key")
    try:
        yield Bench(store, clock, Scripted(writes=specs(mode)), Scripted())
    finally:
        store.close()
