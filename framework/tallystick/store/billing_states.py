"""Billing states of source time entries, one row each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import String, and_, cast, func, select

from tallystick.plan.context import EntryState
from tallystick.store.database import Database, among, table
from tallystick.store.tuples import write_tuples

_BATCH, _WRITES = 2000, 2000
_STATE = EntryState._fields


class Work(NamedTuple):
    """Entries of one project, task or bug, and user; `linked` are those that the accounts hold."""

    project_id: str
    task_id: str | None
    bug_id: str | None
    user_id: str | None
    linked: bool
    entries: int
    minutes: int
    example: str
    """The id of one of them."""


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

    def held_before(self, connection_id: str, day: date) -> int:
        """Approved billable entries dated before a day that the rules hold, but not as late."""
        of, entries = table("billing_state"), table("time_entry")
        query = (
            select(func.count())
            .select_from(of.join(entries, of.c.external_id == entries.c.external_id))
            .where(of.c.connection_id == connection_id, entries.c.connection_id == connection_id)
            .where(of.c.state == "held", cast(of.c.codes, String).not_like("%TS-12%"))
            .where(entries.c.deleted_at.is_(None), entries.c.work_date < day)
            .where(entries.c.billable.is_(True), entries.c.approval == "approved")
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

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

    def work(
        self,
        connection_id: str,
        state: str,
        *,
        projects: Collection[str] | None = None,
        alone: bool = False,
        by_minutes: bool = False,
    ) -> list[Work]:
        """The entries in a state, in groups that are priced alike; deleted entries are left out.

        `by_minutes` keeps entries of different length apart, `alone` every single one. With
        `projects`, only those of some.
        """
        of, entries, links = table("billing_state"), table("time_entry"), table("link")
        here = entries.c.connection_id == connection_id
        same = and_(here, of.c.external_id == entries.c.external_id)
        paired = and_(
            links.c.source_connection == connection_id,
            links.c.source_type == "time_entry",
            links.c.source_id == entries.c.external_id,
            links.c.closed_at.is_(None),
        )
        named = [entries.c[n] for n in ("project_id", "task_id", "bug_id", "user_id")]
        key = [*named, links.c.id.is_not(None)]
        key += [entries.c.minutes] if by_minutes or alone else []
        key += [entries.c.external_id] if alone else []
        query = (
            select(
                *named,
                links.c.id.is_not(None),
                func.count(),
                func.coalesce(func.sum(entries.c.minutes), 0),
                func.min(entries.c.external_id),
            )
            .select_from(of.join(entries, same).outerjoin(links, paired))
            .where(of.c.connection_id == connection_id, of.c.state == state)
            .where(entries.c.deleted_at.is_(None))
            .group_by(*key)
        )
        if projects is not None:
            query = query.where(among(self._database, of.c.project_id, sorted(projects)))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Work(str(r[0]), r[1], r[2], r[3], bool(r[4]), int(r[5]), int(r[6]), r[7]) for r in rows
        ]

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
