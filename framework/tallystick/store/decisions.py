"""Decisions with their evidence, stored when their outcome is new or changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from tallystick.model.record import RecordKey
from tallystick.store.database import Database, among, plain_rows, table
from tallystick.store.tuples import write_tuples

_BATCH, _WRITES = 2000, 2000
Place = tuple[str, str, str]
Verdict = tuple[str, str, str | None]


class Led(NamedTuple):
    """A quiet decision that is stored with the one it led to."""

    decision: str
    outcome: str
    by: str
    code: str | None
    pack_hash: str


class DecisionInput(NamedTuple):
    """A decision to be stored if its outcome is new or changed.

    `led_by` are quiet decisions about the record just before; `subject` holds what they saw too.
    """

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
    evidence: str
    """JSON, as `subject`, `versions` and `led_by` are: many decisions share the same text."""
    subject: str
    pack_hash: str
    versions: str
    run_id: int | None
    led_by: str = "[]"
    """A list for each, of the values of `Led`."""


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
_JSON = ("evidence", "subject", "versions", "led_by")
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
            latest = self.latest_of([d.key for d in batch])
            new = [
                d
                for d in batch
                if latest.get(_place(d.key), {}).get(d.decision) != (d.outcome, d.by, d.code)
            ]
            stored += self.add(new, now=now)
        return stored

    def latest_of(self, keys: Sequence[RecordKey]) -> dict[Place, dict[str, Verdict]]:
        """What was decided last of these records, by place and decision point; nothing of others.

        A place is connection, type and id; a verdict is outcome, rule and code.
        """
        found: dict[Place, dict[str, Verdict]] = {}
        for start in range(0, len(keys), _BATCH):
            for key, *row in self._latest(keys[start : start + _BATCH]):
                known = found.setdefault(key, {})
                for led in map(Led._make, row.pop() or ()):
                    known[led.decision] = led[1:4]
                known[row[0]] = (row[1], row[2], row[3])
        return found

    def add(self, decisions: Iterable[DecisionInput], *, now: datetime) -> int:
        """Store decisions that are known to be new or changed."""
        iterator = iter(decisions)
        stored = 0
        while batch := list(islice(iterator, _WRITES)):
            rows = [_values(d, now) for d in batch]
            with self._database.write() as connection:
                write_tuples(connection, table("decision"), _STORED, rows, written=_JSON)
            stored += len(rows)
        return stored

    def _latest(self, batch: Sequence[RecordKey]) -> Iterator[tuple[Any, ...]]:
        of = table("decision")
        names = ("decision", "outcome", "by", "code", "led_by")
        query = (
            select(of.c.connection_id, of.c.type, of.c.external_id, *(of.c[n] for n in names))
            .where(
                of.c.connection_id.in_(sorted({key.connection_id for key in batch})),
                of.c.type.in_(sorted({key.type for key in batch})),
                among(self._database, of.c.external_id, sorted({k.external_id for k in batch})),
            )
            .order_by(of.c.id)
        )
        with self._database.read() as connection:
            for connection_id, type_, external_id, *row in connection.execute(query):
                yield (connection_id, type_, external_id), *row

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
        names = (*_DECISION, "led_by")
        query = select(*(of.c[n] for n in names)).where(*conditions).order_by(of.c.id.desc())
        with self._database.read() as connection:
            rows = plain_rows(connection.execute(query.limit(limit)).mappings())
        return [d for row in rows for d in _with_led(row)]


def _place(key: RecordKey) -> Place:
    return key.connection_id, key.type, key.external_id


def _values(decision: DecisionInput, now: datetime) -> tuple[Any, ...]:
    key = decision.key
    own = (*decision[:_KEY], *decision[_KEY + 1 :])
    return (*own, key.connection_id, key.type, key.external_id, now)


def _with_led(row: dict[str, Any]) -> list[DecisionData]:
    """A stored decision, then those that led to it, the last first; their words are not kept."""
    led_by = row.pop("led_by") or ()
    made = DecisionData(**row)
    quiet = replace(made, because="", fix=None, place="", nearest=None, evidence=[])
    return [made, *(replace(quiet, **Led._make(led)._asdict()) for led in reversed(led_by))]
