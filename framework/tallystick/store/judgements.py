"""Decisions and billing states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import and_, func, insert, select

from tallystick.model.record import RecordKey
from tallystick.plan.context import EntryState
from tallystick.store.database import Database, plain_rows, table
from tallystick.store.upserts import upsert

_BATCH = 500


@dataclass(frozen=True, slots=True)
class DecisionInput:
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
_STATE = tuple(f.name for f in fields(EntryState))


class DecisionStore:
    """Decisions whose outcome was new or changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_many(self, decisions: Iterable[DecisionInput], *, now: datetime) -> int:
        """Store those that differ from the record's latest of that decision point."""
        iterator = iter(decisions)
        stored = 0
        while batch := list(islice(iterator, _BATCH)):
            latest = self._latest(batch)
            fresh = [d for d in batch if latest.get(_name(d)) != (d.outcome, d.by, d.code)]
            if fresh:
                with self._database.write() as connection:
                    connection.execute(insert(table("decision")), [_values(d, now) for d in fresh])
                stored += len(fresh)
        return stored

    def _latest(self, batch: Sequence[DecisionInput]) -> dict[tuple[str, ...], tuple[Any, ...]]:
        of = table("decision")
        ids = sorted({d.key.external_id for d in batch})
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
                of.c.connection_id.in_(sorted({d.key.connection_id for d in batch})),
                of.c.type.in_(sorted({d.key.type for d in batch})),
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


def _name(decision: DecisionInput) -> tuple[str, ...]:
    key = decision.key
    return decision.decision, key.connection_id, key.type, key.external_id


def _values(decision: DecisionInput, now: datetime) -> dict[str, Any]:
    key = decision.key
    values = {
        n: getattr(decision, n)
        for n in _DECISION
        if n not in {"id", "connection_id", "type", "external_id", "at"}
    }
    return {
        **values,
        "connection_id": key.connection_id,
        "type": key.type,
        "external_id": key.external_id,
        "at": now,
    }


class StateStore:
    """Billing states of source time entries, one row each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_many(
        self, connection_id: str, states: Iterable[Any], *, run_id: int, now: datetime
    ) -> int:
        """Store states (values with the fields of `EntryState`) that changed; how many did."""
        iterator = iter(states)
        written = 0
        while batch := list(islice(iterator, _BATCH)):
            known = self.get_many(connection_id, [s.external_id for s in batch])
            rows = []
            for state in batch:
                values = {n: getattr(state, n) for n in _STATE}
                before = known.get(state.external_id)
                if before is not None and {n: getattr(before, n) for n in _STATE} == values:
                    continue
                same = before is not None and before.state == state.state
                rows.append((values, same))
            self._write(connection_id, rows, run_id, now)
            written += len(rows)
        return written

    def _write(
        self,
        connection_id: str,
        rows: Sequence[tuple[dict[str, Any], bool]],
        run_id: int,
        now: datetime,
    ) -> None:
        moved = [
            {
                **values,
                "codes": list(values["codes"]),
                "connection_id": connection_id,
                "run_id": run_id,
                "since": now,
            }
            for values, same in rows
            if not same
        ]
        kept = [
            {**values, "codes": list(values["codes"]), "connection_id": connection_id}
            for values, same in rows
            if same
        ]
        with self._database.write() as connection:
            upsert(connection, table("billing_state"), moved)
            upsert(connection, table("billing_state"), kept)

    def get_many(self, connection_id: str, ids: Sequence[str]) -> dict[str, EntryState]:
        """States by entry; entries never judged are left out."""
        of = table("billing_state")
        found: dict[str, EntryState] = {}
        for start in range(0, len(ids), _BATCH):
            query = select(*(of.c[n] for n in _STATE)).where(
                of.c.connection_id == connection_id,
                of.c.external_id.in_(ids[start : start + _BATCH]),
            )
            with self._database.read() as connection:
                for row in connection.execute(query).mappings():
                    values = dict(row)
                    values["codes"] = tuple(values["codes"] or ())
                    found[values["external_id"]] = EntryState(**values)
        return found

    def totals(self, connection_id: str) -> dict[str, tuple[int, int]]:
        """Entries and minutes by state."""
        of = table("billing_state")
        query = (
            select(of.c.state, func.count(), func.coalesce(func.sum(of.c.minutes), 0))
            .where(of.c.connection_id == connection_id)
            .group_by(of.c.state)
        )
        with self._database.read() as connection:
            return {r[0]: (int(r[1]), int(r[2])) for r in connection.execute(query)}

    def minutes_by_project(self, connection_id: str) -> dict[str | None, Mapping[str, int]]:
        """Minutes by project and state (R-224)."""
        of = table("billing_state")
        query = (
            select(of.c.project_id, of.c.state, func.coalesce(func.sum(of.c.minutes), 0))
            .where(of.c.connection_id == connection_id)
            .group_by(of.c.project_id, of.c.state)
        )
        found: dict[str | None, dict[str, int]] = {}
        with self._database.read() as connection:
            for project, state, minutes in connection.execute(query):
                found.setdefault(project, {})[state] = int(minutes)
        return dict(found)

    def minutes_of_work(
        self, connection_id: str, state: str
    ) -> list[tuple[str, str | None, str | None, int]]:
        """Minutes of the entries in a state, by project, task and user."""
        of, entries = table("billing_state"), table("time_entry")
        key = (entries.c.project_id, entries.c.task_id, entries.c.user_id)
        same = and_(
            of.c.connection_id == entries.c.connection_id,
            of.c.external_id == entries.c.external_id,
        )
        query = (
            select(*key, func.coalesce(func.sum(entries.c.minutes), 0))
            .select_from(of.join(entries, same))
            .where(of.c.connection_id == connection_id, of.c.state == state)
            .group_by(*key)
        )
        with self._database.read() as connection:
            return [(str(p), t, u, int(m)) for p, t, u, m in connection.execute(query)]

    def projects_with(self, connection_id: str, state: str) -> list[str]:
        """Projects that have entries in a state."""
        of = table("billing_state")
        query = (
            select(of.c.project_id)
            .where(of.c.connection_id == connection_id, of.c.state == state)
            .distinct()
            .order_by(of.c.project_id)
        )
        with self._database.read() as connection:
            return [str(p) for p in connection.execute(query).scalars() if p is not None]

    def ids_in(self, connection_id: str, states: Sequence[str]) -> list[str]:
        """Entries in any of these states."""
        of = table("billing_state")
        query = select(of.c.external_id).where(
            of.c.connection_id == connection_id, of.c.state.in_(states)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def first(self, connection_id: str, state: str) -> str | None:
        """The first entry in a state."""
        of = table("billing_state")
        query = select(func.min(of.c.external_id)).where(
            of.c.connection_id == connection_id, of.c.state == state
        )
        with self._database.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return found
