"""Records of other systems: save pages, find rows, see what has gone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, Table, and_, func, select

from tallystick.errors import StoreError
from tallystick.model.record import Page, RecordKey
from tallystick.records.base import Record
from tallystick.records.catalogue import CANONICAL
from tallystick.store.bulk import BulkTable, Saved
from tallystick.store.cursors import CursorState, write_cursor
from tallystick.store.database import Database, among, rows_of, table
from tallystick.store.seen import Absences, Absent, Brake, note_seen

Where = Mapping[str, Any]
_INSTANTS = frozenset(
    column.name
    for cls in CANONICAL
    for column in table(str(cls.__tablename__)).columns
    if isinstance(column.type, DateTime)
)
"""Columns that hold an instant, in whichever record type."""


def _conditions(database: Database, of: Table, where: Where | None) -> list[Any]:
    found = []
    for name, value in (where or {}).items():
        column = of.columns[name]
        if not isinstance(value, list | tuple | set | frozenset):
            found.append(column == value)
        elif all(isinstance(one, str) for one in value):
            found.append(among(database, column, list(value)))
        else:
            found.append(column.in_(list(value)))
    return found


class RecordStore:
    """Rows of every canonical and plugin record type."""

    def __init__(self, database: Database, extra: Sequence[type[Record]] = ()) -> None:
        self._database = database
        self._classes = {cls.type_name: cls for cls in (*CANONICAL, *extra)}
        self._bulk: dict[str, BulkTable] = {}
        self._absences = Absences(database)

    def add_types(self, extra: Sequence[type[Record]]) -> None:
        """Know record types of plugins."""
        self._classes.update({cls.type_name: cls for cls in extra})

    def _table(self, type: str) -> Table:
        if type not in self._classes:
            raise StoreError(f"There is no record type {type}.", code="STO-06")
        return table(str(self._classes[type].__tablename__))

    def _path(self, type: str) -> BulkTable:
        if type not in self._bulk:
            self._table(type)
            self._bulk[type] = BulkTable(self._classes[type], sqlite=self._database.sqlite)
        return self._bulk[type]

    def save_page(
        self,
        connection_id: str,
        type: str,
        page: Page,
        *,
        run_id: int,
        now: datetime,  # noqa: ARG002 - every write of the store is told the time
        cursor: CursorState,
    ) -> Saved:
        """Store a page and the cursor behind it in one transaction (I5)."""
        with self._database.write() as connection:
            saved = self._path(type).save(connection, connection_id, page.rows, run_id)
            if saved.ids:
                note_seen(connection, (connection_id, type, run_id), cursor.pages, saved.ids)
            write_cursor(connection, cursor)
        return saved

    def upsert(
        self, connection_id: str, type: str, rows: Sequence[Mapping[str, Any]], *, run_id: int
    ) -> Saved:
        """Store rows without a cursor: echoes of our own writes, fresh reads."""
        with self._database.write() as connection:
            return self.save_in(connection, connection_id, type, rows, run_id=run_id)

    def save_in(
        self,
        connection: Any,
        connection_id: str,
        type: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        run_id: int,
    ) -> Saved:
        """As `upsert`, within a transaction that is open."""
        path = self._path(type)
        saved = path.save(connection, connection_id, rows, run_id)
        if saved.same:
            path.there(connection, connection_id, saved.ids, run_id)
        return saved

    def get(self, key: RecordKey) -> dict[str, Any] | None:
        """One row, deleted or not."""
        return self.many(key.connection_id, key.type, [key.external_id]).get(key.external_id)

    def many(self, connection_id: str, type: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Rows by external id; unknown ids are left out."""
        of = self._table(type)
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), 2000):
            named = among(self._database, of.c.external_id, ids[start : start + 2000])
            query = select(of).where(of.c.connection_id == connection_id, named)
            found.update({r["external_id"]: r for r in self._rows(query)})
        return found

    def scan(
        self,
        connection_id: str,
        type: str,
        *,
        columns: Sequence[str] | None = None,
        where: Where | None = None,
        include_deleted: bool = False,
        batch: int = 2000,
    ) -> Iterator[dict[str, Any]]:
        """Rows in the order of their ids, read in pages by key so that memory stays bounded."""
        of = self._table(type)
        chosen = [of.c[n] for n in dict.fromkeys(("external_id", *columns))] if columns else [of]
        base = select(*chosen).where(
            of.c.connection_id == connection_id, *_conditions(self._database, of, where)
        )
        if not include_deleted:
            base = base.where(of.c.deleted_at.is_(None))
        last = ""
        while True:
            rows = self._rows(
                base.where(of.c.external_id > last).order_by(of.c.external_id).limit(batch)
            )
            yield from rows
            if len(rows) < batch:
                return
            last = rows[-1]["external_id"]

    def ids(self, connection_id: str, type: str, where: Where | None = None) -> list[str]:
        """External ids of live rows, in order."""
        rows = self.scan(connection_id, type, columns=("external_id",), where=where)
        return [r["external_id"] for r in rows]

    def count(self, connection_id: str, type: str, where: Where | None = None) -> int:
        """Number of live rows."""
        of = self._table(type)
        query = select(func.count()).where(
            of.c.connection_id == connection_id,
            of.c.deleted_at.is_(None),
            *_conditions(self._database, of, where),
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def distinct(
        self, connection_id: str, type: str, columns: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Distinct values of some columns of live rows."""
        of = self._table(type)
        query = (
            select(*(of.c[n] for n in columns))
            .where(of.c.connection_id == connection_id, of.c.deleted_at.is_(None))
            .distinct()
        )
        return self._rows(query)

    def repeated(self, connection_id: str, type: str, column: str) -> dict[str, list[str]]:
        """Rows of one type that share a non-empty value of a column: value -> external ids."""
        of = self._table(type)
        mine = and_(of.c.connection_id == connection_id, of.c.deleted_at.is_(None))
        several = (
            select(of.c[column])
            .where(mine, of.c[column] != "")
            .group_by(of.c[column])
            .having(func.count() > 1)
        )
        query = (
            select(of.c[column], of.c.external_id)
            .where(mine, of.c[column].in_(several))
            .order_by(of.c[column], of.c.external_id)
        )
        found: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for value, external_id in connection.execute(query):
                found.setdefault(value, []).append(external_id)
        return found

    def minutes_by_project(self, connection_id: str) -> dict[str | None, int]:
        """Logged minutes of each project, deleted entries included (R-224)."""
        of = self._table("time_entry")
        query = (
            select(of.c.project_id, func.coalesce(func.sum(of.c.minutes), 0).label("minutes"))
            .where(of.c.connection_id == connection_id)
            .group_by(of.c.project_id)
        )
        return {r["project_id"]: int(r["minutes"]) for r in self._rows(query)}

    def search(
        self, type: str, *, where: Where, sort: str | None = None, limit: int = 50
    ) -> list[dict[str, Any]]:
        """Rows of one type on any connection; `sort` may start with "-" for descending."""
        of = self._table(type)
        query = select(of).where(
            of.c.deleted_at.is_(None), *_conditions(self._database, of, _typed(of, where))
        )
        if sort:
            column = of.c[sort.lstrip("-")]
            query = query.order_by(column.desc() if sort.startswith("-") else column)
        query = query.order_by(of.c.connection_id, of.c.external_id).limit(limit)
        return self._rows(query)

    def total(self, type: str, *, where: Where) -> int:
        """Number of live rows that `search` would find without a limit."""
        of = self._table(type)
        query = select(func.count()).where(
            of.c.deleted_at.is_(None), *_conditions(self._database, of, _typed(of, where))
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def forget_seen(self, connection_id: str, type: str) -> None:
        """Forget which rows the pages of a type held: it is read to the end, or begun anew."""
        self._absences.forget(connection_id, type)

    def mark_absent(
        self,
        connection_id: str,
        type: str,
        run_id: int,
        now: datetime,
        *,
        seen: Sequence[str] = (),
        brake: Callable[[], Brake] | None = None,
    ) -> Absent:
        """Note rows a complete run missed; the second run that agrees makes them deleted.

        `seen` are rows that were listed but could not be understood: they are not missing. Where
        the brake holds, nothing becomes deleted.
        """
        key = (connection_id, type, run_id)
        return self._absences.mark(self._table(type), key, now, listed=seen, brake=brake)

    def index(self, type: str) -> None:
        """Make the index that waits for the first planning, if it is not there."""
        name, columns = self._table(type).name, self._classes[type].looked_up
        if columns:
            named = ", ".join(f'"{c}"' for c in ("connection_id", *columns))
            with self._database.write() as connection:
                connection.exec_driver_sql(
                    f'CREATE INDEX IF NOT EXISTS "{name}_looked_up" ON "{name}" ({named})'
                )

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with self._database.read() as connection:
            return rows_of(connection.execute(query), _INSTANTS)


def _typed(of: Table, where: Where) -> dict[str, Any]:
    """Text from a command line as the column's own type."""
    found: dict[str, Any] = {}
    for name, value in where.items():
        kind = of.columns[name].type.python_type
        if kind is bool and isinstance(value, str):
            found[name] = value.casefold() in {"true", "yes", "1"}
        elif kind is int and isinstance(value, str) and value.lstrip("-").isdigit():
            found[name] = int(value)
        elif kind.__name__ == "date" and isinstance(value, str):
            found[name] = kind.fromisoformat(value)
        else:
            found[name] = value
    return found
