"""Runs, their modules, events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tallystick.errors import Refused
from tallystick.model.connection import MODULES
from tallystick.model.event import Event
from tallystick.store.database import Database, plain_rows, table
from tallystick.store.upserts import upsert

_COUNTS = ("read", "written", "skipped", "held", "failed")


@dataclass(frozen=True, slots=True)
class RunData:
    """One run; see `records.host.RunRow`."""

    id: int
    integration: str
    kind: str
    state: str
    trigger: str
    executor: str
    full: bool
    plan_digest: str | None
    message: str | None
    started_at: datetime
    finished_at: datetime | None


_FIELDS = tuple(f.name for f in fields(RunData))


class RunStore:
    """Runs; at most one is open per integration."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(
        self,
        integration: str,
        *,
        kind: str,
        trigger: str,
        executor: str,
        now: datetime,
        full: bool = False,
    ) -> int:
        """Open a run. Raises `Refused` INT-05 when one is open (R-030)."""
        values = {
            "integration": integration,
            "kind": kind,
            "state": "reading",
            "trigger": trigger,
            "executor": executor,
            "full": full,
            "started_at": now,
        }
        try:
            with self._database.write() as connection:
                made = connection.execute(insert(table("run")).values(**values))
                return int(made.inserted_primary_key[0])  # type: ignore[index] # one integer key
        except IntegrityError:
            raise Refused(
                "A run is going on already.",
                code="INT-05",
                fix="Wait for it: `tallystick sync status` shows how far it is.",
            ) from None

    def adopt(self, run_id: int, *, executor: str, seen: str) -> bool:
        """Take over an open run of an executor that is dead."""
        of = table("run")
        query = (
            update(of)
            .where(of.c.id == run_id, of.c.executor == seen, of.c.finished_at.is_(None))
            .values(executor=executor)
        )
        with self._database.write() as connection:
            return connection.execute(query).rowcount == 1

    def state(self, run_id: int, state: str, *, plan_digest: str | None = None) -> None:
        """Note how far a run is."""
        of = table("run")
        values = {"state": state} | ({"plan_digest": plan_digest} if plan_digest else {})
        with self._database.write() as connection:
            connection.execute(update(of).where(of.c.id == run_id).values(**values))

    def finish(self, run_id: int, *, state: str, message: str, now: datetime) -> None:
        """Close a run; one that is closed stays as it is."""
        of = table("run")
        query = (
            update(of)
            .where(of.c.id == run_id, of.c.finished_at.is_(None))
            .values(state=state, message=message[:500], finished_at=now)
        )
        with self._database.write() as connection:
            connection.execute(query)

    def get(self, run_id: int) -> RunData | None:
        """One run."""
        found = self._select(table("run").c.id == run_id)
        return found[0] if found else None

    def open_run(self, integration: str) -> RunData | None:
        """The run that is going on."""
        of = table("run")
        found = self._select(of.c.integration == integration, of.c.finished_at.is_(None))
        return found[0] if found else None

    def recent(
        self, integration: str, *, limit: int = 14, kinds: Collection[str] = ()
    ) -> list[RunData]:
        """Runs, newest first; only those of some kinds, if any are named."""
        of = table("run")
        wanted = [of.c.kind.in_(sorted(kinds))] if kinds else []
        return self._select(of.c.integration == integration, *wanted, limit=limit)

    def _select(self, *conditions: Any, limit: int = 1) -> list[RunData]:
        of = table("run")
        query = (
            select(*(of.c[n] for n in _FIELDS))
            .where(*conditions)
            .order_by(of.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [RunData(**r) for r in plain_rows(connection.execute(query).mappings())]

    def module(self, run_id: int, module: str, *, add: bool = False, **values: Any) -> None:
        """Set what a run did in a module; with `add`, counts are added to those stored."""
        of = table("run_module")
        with self._database.write() as connection:
            known = plain_rows(
                connection.execute(
                    select(of).where(of.c.run_id == run_id, of.c.module == module)
                ).mappings()
            )
            row: dict[str, Any] = (
                known[0] if known else {"run_id": run_id, "module": module, "state": "waiting"}
            )
            row = {**dict.fromkeys(_COUNTS, 0), **row}
            for name, value in values.items():
                row[name] = row[name] + value if add and name in _COUNTS else value
            upsert(connection, of, [row])

    def modules(self, run_id: int) -> list[dict[str, Any]]:
        """Modules of a run, in the order of a full run."""
        of = table("run_module")
        with self._database.read() as connection:
            rows = plain_rows(
                connection.execute(select(of).where(of.c.run_id == run_id)).mappings()
            )
        order = {m: n for n, m in enumerate(MODULES)}
        return sorted(rows, key=lambda r: order.get(r["module"], len(order)))


class EventStore:
    """What happened, append only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, event: Event) -> None:
        """Append an event."""
        values = {
            "integration": event.integration,
            "at": event.at,
            "kind": event.kind,
            "run_id": event.run_id,
            "detail": dict(event.detail),
        }
        with self._database.write() as connection:
            connection.execute(insert(table("event")).values(**values))

    def last(self, integration: str, kinds: Sequence[str]) -> dict[str, Any] | None:
        """The newest event of these kinds."""
        of = table("event")
        query = (
            select(of)
            .where(of.c.integration == integration, of.c.kind.in_(list(kinds)))
            .order_by(of.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            found = plain_rows(connection.execute(query).mappings())
        return found[0] if found else None

    def of_kinds(self, integration: str, kinds: Sequence[str]) -> list[dict[str, Any]]:
        """All events of kinds that are few, such as answers of people, newest first."""
        of = table("event")
        query = (
            select(of)
            .where(of.c.integration == integration, of.c.kind.in_(list(kinds)))
            .order_by(of.c.id.desc())
        )
        with self._database.read() as connection:
            return plain_rows(connection.execute(query).mappings())

    def recent(self, *, limit: int = 50) -> list[dict[str, Any]]:
        """Events, newest first."""
        of = table("event")
        with self._database.read() as connection:
            return plain_rows(
                connection.execute(select(of).order_by(of.c.id.desc()).limit(limit)).mappings()
            )
