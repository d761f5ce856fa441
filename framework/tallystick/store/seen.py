"""What complete lists no longer show: rows become absent, then deleted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, and_, delete, func, select, true, update

from tallystick.store.database import Database, table

_INSERT = "INSERT INTO seen_page (connection_id, type, run_id, page, ids) VALUES "


@dataclass(frozen=True, slots=True)
class Absent:
    """Rows that a complete run no longer saw: for the first time, confirmed as deleted, and not
    believed to be deleted because they are too many.
    """

    first_time: int
    deleted: int
    doubted: int = 0


@dataclass(frozen=True, slots=True)
class Brake:
    """How many rows of one type a run may find deleted: so many, and so many per cent (R-060)."""

    records: int
    percent: int

    def holds(self, gone: int, total: int) -> bool:
        """True when so many deletions of so many rows are for a person to believe."""
        return gone > self.records or gone * 100 > total * self.percent


def note_seen(
    connection: Connection, key: tuple[str, str, int], page: int, ids: Sequence[str]
) -> None:
    """Note which rows a page held; `key` is connection, type, run."""
    marks = "(?, ?, ?, ?, ?)" if connection.dialect.name == "sqlite" else "(%s, %s, %s, %s, %s)"
    connection.exec_driver_sql(_INSERT + marks, (*key, page, orjson.dumps(ids).decode()))


class Absences:
    """Rows that complete lists missed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget(self, connection_id: str, type: str) -> None:
        """Forget what runs saw of a type: its list was read to the end, or is begun anew."""
        of = table("seen_page")
        mine = and_(of.c.connection_id == connection_id, of.c.type == type)
        with self._database.write() as connection:
            connection.execute(delete(of).where(mine))

    def mark(
        self,
        of: Table,
        key: tuple[str, str, int],
        now: datetime,
        *,
        listed: Sequence[str] = (),
        brake: Callable[[], Brake] | None = None,
    ) -> Absent:
        """Note rows a complete run missed; the second run that agrees makes them deleted.

        `key` is connection, type, run. `listed` are rows that were listed but could not be
        understood: they are not missing. Where the brake holds, nothing becomes deleted.
        """
        connection_id, _, run_id = key
        mine = and_(of.c.connection_id == connection_id, of.c.deleted_at.is_(None))
        missed = and_(
            mine,
            of.c.last_seen_run != run_id,
            of.c.external_id.not_in(listed),
            of.c.external_id.not_in(self._seen(key)),
        )
        old = and_(of.c.absent_since_run.is_not(None), of.c.absent_since_run != run_id)
        new = of.c.absent_since_run.is_(None)
        with self._database.write() as connection:
            if not listed and self._all_seen(connection, of, key):
                return Absent(0, 0)
            counts = select(func.count().filter(old), func.count().filter(new)).where(missed)
            gone, first = connection.execute(counts).one()
            doubted = 0
            if gone and brake is not None:
                total = connection.execute(select(func.count()).where(mine)).scalar_one()
                doubted = gone if brake().holds(gone, total) else 0
            if gone and not doubted:
                connection.execute(update(of).where(missed, old).values(deleted_at=now))
            if first:
                connection.execute(update(of).where(missed, new).values(absent_since_run=run_id))
        return Absent(first, 0 if doubted else gone, doubted)

    def _all_seen(self, connection: Connection, of: Table, key: tuple[str, str, int]) -> bool:
        """True when a run saw every row that is there, by their number: what it saw is there.

        Both counts are taken from indexes, where comparing the rows would read them all.
        """
        mine = select(func.count()).select_from(of).where(of.c.connection_id == key[0])
        there = connection.execute(mine).scalar_one()
        deleted = connection.execute(mine.where(of.c.deleted_at.is_not(None))).scalar_one()
        seen = self._seen(key).subquery()
        counted = select(func.count(func.distinct(seen.c.value)))
        return bool(connection.execute(counted).scalar_one() == there - deleted)

    def _seen(self, key: tuple[str, str, int]) -> Any:
        """Ids of the rows that a run saw."""
        of = table("seen_page")
        each = func.json_each if self._database.sqlite else func.json_array_elements_text
        ids = each(of.c.ids).table_valued("value", name="seen_id")
        mine = and_(of.c.connection_id == key[0], of.c.type == key[1], of.c.run_id == key[2])
        return select(ids.c.value).select_from(of.join(ids, true())).where(mine)
