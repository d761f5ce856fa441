"""Cursors: where reading of one type stands."""

from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from tallystick.store.database import Database, plain_rows, table
from tallystick.store.tuples import write_tuples


@dataclass(frozen=True, slots=True)
class CursorState:
    """The cursor of one connection and type; `finished_at` is None while reading goes on."""

    connection_id: str
    type: str
    run_id: int
    position: str | None
    parent: str | None
    pages: int
    rows: int
    started_at: datetime | None
    finished_at: datetime | None
    watermark: datetime | None


_CURSOR = tuple(f.name for f in fields(CursorState))
_values = attrgetter(*_CURSOR)


def write_cursor(connection: Connection, state: CursorState) -> None:
    """Write a cursor within an open transaction."""
    write_tuples(connection, table("cursor"), _CURSOR, [_values(state)], replace=True)


class CursorStore:
    """Cursors by connection and type."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, connection_id: str, type: str) -> CursorState | None:
        """The saved cursor."""
        of = table("cursor")
        query = select(of).where(of.c.connection_id == connection_id, of.c.type == type)
        with self._database.read() as connection:
            rows: list[dict[str, Any]] = plain_rows(connection.execute(query).mappings())
        return CursorState(**rows[0]) if rows else None

    def put(self, state: CursorState) -> None:
        """Replace a cursor."""
        with self._database.write() as connection:
            write_cursor(connection, state)
