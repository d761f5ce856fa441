"""Many rows of the host's own tables as driver tuples: no objects, one prepared statement."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table

from tallystick.store.database import dumps

Convert = Callable[[Any], Any]


def write_tuples(
    connection: Connection,
    of: Table,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    replace: bool = False,
    written: tuple[str, ...] = (),
) -> None:
    """Insert rows, whose values stand in the order of `columns`; `replace` those that are there.

    Values of the columns `written` are as the driver takes them already.
    """
    if not rows:
        return
    sql, converts = _prepared(
        of, connection.dialect.name, columns, replace=replace, written=written
    )
    ready: list[Any] = list(rows)
    if converts:
        for number, row in enumerate(rows):
            values = ready[number] = list(row)
            for place, convert in converts:
                if values[place] is not None:
                    values[place] = convert(values[place])
    connection.exec_driver_sql(sql, [tuple(row) for row in ready])


@lru_cache(maxsize=64)
def _prepared(
    of: Table, dialect: str, columns: tuple[str, ...], *, replace: bool, written: tuple[str, ...]
) -> tuple[str, list[tuple[int, Convert]]]:
    sqlite = dialect == "sqlite"
    known: dict[str, Convert] = {
        "JSON": dumps,
        **({"DateTime": _instant, "Date": date.isoformat} if sqlite else {}),
    }
    kinds = [type(of.c[name].type).__name__ for name in columns]
    converts = [
        (n, known[kind])
        for n, kind in enumerate(kinds)
        if kind in known and columns[n] not in written
    ]
    named = ", ".join(f'"{c}"' for c in columns)
    marks = ", ".join(["?" if sqlite else "%s"] * len(columns))
    sql = f'INSERT INTO "{of.name}" ({named}) VALUES ({marks})'  # noqa: S608 - names of our own tables
    if replace:
        keys = [c.name for c in of.primary_key.columns]
        update = ", ".join(f'"{c}" = excluded."{c}"' for c in columns if c not in keys)
        on = ", ".join(f'"{k}"' for k in keys)
        sql += f" ON CONFLICT ({on}) DO UPDATE SET {update}"
    return sql, converts


@lru_cache(maxsize=64)
def _instant(value: datetime) -> str:
    """As SQLAlchemy writes an instant to SQLite; most rows of a batch share one."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
