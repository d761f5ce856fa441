"""Errors of records: opened, kept, closed with a date, never deleted (R-221)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from tallystick.model.record import RecordKey
from tallystick.store.database import Database, plain_rows, table

_DEPTH_MAX = 10


@dataclass(frozen=True, slots=True)
class ErrorInput:
    """One record with a reason; `cause` is the (type, id) it waits for."""

    module: str
    key: RecordKey
    title: str
    code: str
    severity: str
    kind: str
    reason: str
    fix: str | None
    cause: tuple[str, str] | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class ErrorData:
    """One stored error; see `records.ledger.RecordErrorRow`."""

    id: int
    integration: str
    module: str
    connection_id: str
    type: str
    external_id: str
    title: str
    code: str
    severity: str
    kind: str
    reason: str
    fix: str | None
    cause_type: str | None
    cause_id: str | None
    root_id: int | None
    minutes: int
    opened_at: datetime
    closed_at: datetime | None
    retry_at: datetime | None


_FIELDS = tuple(f.name for f in fields(ErrorData))
_KINDS = {"root": 0, "held": 1, "cascade": 2}
"""Which of several errors of a record is the cause of what waits for it."""

Identity = tuple[str, str, str, str]
Records = dict[tuple[str | None, str, str], Mapping[str, Any]]


class ErrorStore:
    """The error queue of each integration."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(
        self,
        integration: str,
        modules: Sequence[str],
        found: Sequence[ErrorInput],
        *,
        now: datetime,
        run_id: int,
    ) -> None:
        """Make the open errors of these modules those found now."""
        with self._database.write() as connection:
            standing = self._open(connection, integration)
            known = {identity: number for identity, (number, _) in standing.items()}
            wanted = {_identity(e): e for e in found}
            gone = [
                number
                for identity, (number, module) in standing.items()
                if module in modules and identity not in wanted
            ]
            of = table("record_error")
            for start in range(0, len(gone), 500):
                connection.execute(
                    update(of).where(of.c.id.in_(gone[start : start + 500])).values(closed_at=now)
                )
            self._put(connection, integration, wanted, known, now, run_id)
            self._roots(connection, integration)

    def add(
        self, integration: str, found: Sequence[ErrorInput], *, now: datetime, run_id: int
    ) -> None:
        """Open errors without closing others."""
        with self._database.write() as connection:
            standing = self._open(connection, integration)
            known = {identity: number for identity, (number, _) in standing.items()}
            wanted = {_identity(e): e for e in found}
            self._put(connection, integration, wanted, known, now, run_id)
            self._roots(connection, integration)

    def _open(self, connection: Connection, integration: str) -> dict[Identity, tuple[int, str]]:
        """Row and module of every open error."""
        of = table("record_error")
        query = select(
            of.c.id, of.c.module, of.c.connection_id, of.c.type, of.c.external_id, of.c.code
        ).where(of.c.integration == integration, of.c.closed_at.is_(None))
        return {(r[2], r[3], r[4], r[5]): (int(r[0]), r[1]) for r in connection.execute(query)}

    def _put(
        self,
        connection: Connection,
        integration: str,
        wanted: Mapping[Identity, ErrorInput],
        known: Mapping[Identity, int],
        now: datetime,
        run_id: int,
    ) -> None:
        of = table("record_error")
        fresh = [
            {
                **_values(error),
                "integration": integration,
                "opened_run": run_id,
                "opened_at": now,
            }
            for identity, error in wanted.items()
            if identity not in known
        ]
        if fresh:
            connection.execute(insert(of), fresh)
        for identity, error in wanted.items():
            if identity in known:
                values = _values(error)
                connection.execute(update(of).where(of.c.id == known[identity]).values(**values))

    def _roots(self, connection: Connection, integration: str) -> None:
        """Lead every cascade row to its root (R-219)."""
        of = table("record_error")
        columns = (
            of.c.id,
            of.c.connection_id,
            of.c.type,
            of.c.external_id,
            of.c.kind,
            of.c.cause_type,
            of.c.cause_id,
            of.c.root_id,
        )
        rows = plain_rows(
            connection.execute(
                select(*columns).where(of.c.integration == integration, of.c.closed_at.is_(None))
            ).mappings()
        )
        by_record: Records = {}
        for row in sorted(rows, key=lambda r: (_KINDS.get(r["kind"], 0), r["id"])):
            name = (row["type"], row["external_id"])
            by_record.setdefault((row["connection_id"], *name), row)
            by_record.setdefault((None, *name), row)
        for row in rows:
            root = _root(row, by_record)
            if row["root_id"] != root:
                connection.execute(update(of).where(of.c.id == row["id"]).values(root_id=root))

    def open(self, integration: str) -> list[ErrorData]:
        """Open errors, oldest first; warnings too."""
        of = table("record_error")
        return self._select(of.c.integration == integration, of.c.closed_at.is_(None))

    def holding(self, integration: str, type: str) -> dict[str, ErrorData]:
        """What keeps the records of a type back, by external id; a cause before what waits."""
        of = table("record_error")
        rows = self._select(
            of.c.integration == integration,
            of.c.closed_at.is_(None),
            of.c.type == type,
            of.c.kind.in_(sorted(_KINDS)),
        )
        found: dict[str, ErrorData] = {}
        for row in sorted(rows, key=lambda r: (_KINDS[r.kind], r.id)):
            found.setdefault(row.external_id, row)
        return found

    def get(self, error_id: int) -> ErrorData | None:
        """One error, open or closed."""
        found = self._select(table("record_error").c.id == error_id)
        return found[0] if found else None

    def count(self, integration: str, *, kinds: Sequence[str]) -> int:
        """Number of open errors of these kinds."""
        of = table("record_error")
        query = select(func.count()).where(
            of.c.integration == integration, of.c.closed_at.is_(None), of.c.kind.in_(list(kinds))
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _select(self, *conditions: Any) -> list[ErrorData]:
        of = table("record_error")
        query = select(*(of.c[n] for n in _FIELDS)).where(*conditions).order_by(of.c.id)
        with self._database.read() as connection:
            return [ErrorData(**r) for r in plain_rows(connection.execute(query).mappings())]


def _identity(error: ErrorInput) -> Identity:
    return error.key.connection_id, error.key.type, error.key.external_id, error.code


def _values(error: ErrorInput) -> dict[str, Any]:
    return {
        "module": error.module,
        "connection_id": error.key.connection_id,
        "type": error.key.type,
        "external_id": error.key.external_id,
        "title": error.title,
        "code": error.code,
        "severity": error.severity,
        "kind": error.kind,
        "reason": error.reason,
        "fix": error.fix,
        "cause_type": error.cause[0] if error.cause else None,
        "cause_id": error.cause[1] if error.cause else None,
        "minutes": error.minutes,
    }


def _root(row: Mapping[str, Any], by_record: Records) -> int | None:
    """The row a chain of causes ends at; a root is its own, a held row has none."""
    if row["kind"] not in {"root", "cascade"}:
        return None
    current = row
    for _ in range(_DEPTH_MAX):
        if current["kind"] != "cascade":
            return int(current["id"])
        name = (current["cause_type"], current["cause_id"])
        # the cause is looked for on the record's own side first: ids repeat across systems
        following = by_record.get((current["connection_id"], *name)) or by_record.get((None, *name))
        if following is None or following["id"] == current["id"]:
            return int(current["id"])
        current = following
    return None
