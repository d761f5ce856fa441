"""Decisions with their evidence, stored when their outcome is new or changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from tallystick.model.decision import Decision
from tallystick.model.record import RecordKey
from tallystick.store.database import Database, plain_rows, table
from tallystick.store.tuples import write_tuples

_BATCH, _WRITES = 500, 2000


class DecisionInput(NamedTuple):
    """A decision to be stored if its outcome is new or changed."""

    integration: str
    decision: str
    key: RecordKey
    outcome: str
    by: str
    code: str | None
    because: str
    fix: str | None
    place: str
    nearest: str | None
    evidence: list[Any]
    subject: dict[str, Any]
    pack_hash: str
    versions: dict[str, str]
    run_id: int | None


@dataclass(frozen=True, slots=True)
class DecisionData:
    """A stored decision; see `records.ledger.DecisionRow`."""

    id: int
    integration: str
    decision: str
    connection_id: str
    type: str
    external_id: str
    outcome: str
    by: str
    code: str | None
    because: str
    fix: str | None
    place: str
    nearest: str | None
    evidence: list[Any]
    subject: dict[str, Any]
    pack_hash: str
    versions: dict[str, str]
    run_id: int | None
    at: datetime


_DECISION = tuple(f.name for f in fields(DecisionData))
_OWN = tuple(n for n in DecisionInput._fields if n != "key")
_STORED = (*_OWN, "connection_id", "type", "external_id", "at")
_KEY = DecisionInput._fields.index("key")


class DecisionStore:
    """Decisions whose outcome was new or changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_many(self, decisions: Iterable[DecisionInput], *, now: datetime) -> int:
        """Store those that differ from the record's latest of that decision point."""
        iterator = iter(decisions)
        stored = 0
        while batch := list(islice(iterator, _BATCH)):
            fresh = self.fresh([(d, d.key) for d in batch])
            stored += self.add((d for d, new in zip(batch, fresh, strict=True) if new), now=now)
        return stored

    def fresh(self, named: Sequence[tuple[Decision | DecisionInput, RecordKey]]) -> list[bool]:
        """Which of these decisions differ from the record's latest of that decision point."""
        found: list[bool] = []
        for start in range(0, len(named), _BATCH):
            batch = named[start : start + _BATCH]
            latest = self._latest([key for _, key in batch])
            found += [
                latest.get((d.decision, key.connection_id, key.type, key.external_id))
                != (d.outcome, d.by, d.code)
                for d, key in batch
            ]
        return found

    def add(self, decisions: Iterable[DecisionInput], *, now: datetime) -> int:
        """Store decisions that are known to be new or changed."""
        iterator = iter(decisions)
        stored = 0
        while batch := list(islice(iterator, _WRITES)):
            rows = [_values(d, now) for d in batch]
            with self._database.write() as connection:
                write_tuples(connection, table("decision"), _STORED, rows)
            stored += len(rows)
        return stored

    def _latest(self, batch: Sequence[RecordKey]) -> dict[tuple[str, ...], tuple[Any, ...]]:
        of = table("decision")
        ids = sorted({key.external_id for key in batch})
        query = (
            select(
                of.c.decision,
                of.c.connection_id,
                of.c.type,
                of.c.external_id,
                of.c.outcome,
                of.c.by,
                of.c.code,
            )
            .where(
                of.c.connection_id.in_(sorted({key.connection_id for key in batch})),
                of.c.type.in_(sorted({key.type for key in batch})),
                of.c.external_id.in_(ids),
            )
            .order_by(of.c.id)
        )
        with self._database.read() as connection:
            return {tuple(r[:4]): tuple(r[4:]) for r in connection.execute(query)}

    def for_record(self, key: RecordKey) -> list[DecisionData]:
        """Every decision about a record, newest first."""
        of = table("decision")
        return self._select(
            of.c.connection_id == key.connection_id,
            of.c.type == key.type,
            of.c.external_id == key.external_id,
        )

    def latest(self, integration: str, *, limit: int) -> list[DecisionData]:
        """The newest decisions that held, refused or linked something."""
        of = table("decision")
        return self._select(
            of.c.integration == integration,
            of.c.outcome.in_(("skip", "hold", "refuse", "review", "link", "create")),
            limit=limit,
        )

    def get(self, number: int) -> DecisionData | None:
        """One decision."""
        found = self._select(table("decision").c.id == number)
        return found[0] if found else None

    def _select(self, *conditions: Any, limit: int | None = None) -> list[DecisionData]:
        of = table("decision")
        query = select(*(of.c[n] for n in _DECISION)).where(*conditions).order_by(of.c.id.desc())
        with self._database.read() as connection:
            rows = plain_rows(connection.execute(query.limit(limit)).mappings())
        return [DecisionData(**r) for r in rows]


def _values(decision: DecisionInput, now: datetime) -> tuple[Any, ...]:
    key = decision.key
    own = (*decision[:_KEY], *decision[_KEY + 1 :])
    return (*own, key.connection_id, key.type, key.external_id, now)
