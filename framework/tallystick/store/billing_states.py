"""Billing states of source time entries, one row each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import and_, func, select

from tallystick.plan.context import EntryState
from tallystick.store.database import Database, among, table
from tallystick.store.tuples import write_tuples

_BATCH, _WRITES = 2000, 2000
_STATE = EntryState._fields


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
        while batch := list(islice(iterator, _WRITES)):
            known = self.get_many(connection_id, [s.external_id for s in batch])
            rows = []
            for state in batch:
                before = known.get(state.external_id)
                if before == state:
                    continue
                rows.append((state, before is not None and before.state == state.state))
            self._write(connection_id, rows, run_id, now)
            written += len(rows)
        return written

    def _write(
        self,
        connection_id: str,
        rows: Sequence[tuple[EntryState, bool]],
        run_id: int,
        now: datetime,
    ) -> None:
        of = table("billing_state")
        moved = [(*state, connection_id, run_id, now) for state, same in rows if not same]
        kept = [(*state, connection_id) for state, same in rows if same]
        with self._database.write() as connection:
            moved_columns = (*_STATE, "connection_id", "run_id", "since")
            write_tuples(connection, of, moved_columns, moved, replace=True)
            write_tuples(connection, of, (*_STATE, "connection_id"), kept, replace=True)

    def get_many(self, connection_id: str, ids: Sequence[str]) -> dict[str, EntryState]:
        """States by entry; entries never judged are left out."""
        of = table("billing_state")
        found: dict[str, EntryState] = {}
        for start in range(0, len(ids), _BATCH):
            query = select(*(of.c[n] for n in _STATE)).where(
                of.c.connection_id == connection_id,
                among(self._database, of.c.external_id, ids[start : start + _BATCH]),
            )
            with self._database.read() as connection:
                for row in connection.execute(query):
                    state = EntryState(*row)
                    found[state.external_id] = state._replace(codes=tuple(state.codes or ()))
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
