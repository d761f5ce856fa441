"""Insert or replace rows of the host's own tables, on both databases."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


@lru_cache(maxsize=64)
def _statement(of: Table, dialect: str, columns: tuple[str, ...]) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement: Any = insert(of)
    keys = [c.name for c in of.primary_key.columns]
    rest = {n: statement.excluded[n] for n in columns if n not in keys}
    if not rest:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def upsert(connection: Connection, of: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows or replace those with the same primary key; all rows have the same columns."""
    if rows:
        statement = _statement(of, connection.dialect.name, tuple(rows[0]))
        connection.execute(statement, [dict(r) for r in rows])


def insert_new(
    connection: Connection, of: Table, rows: Sequence[Mapping[str, Any]], unique: Sequence[str]
) -> int:
    """Insert rows that are not there yet; returns how many were new."""
    insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    keys = list(unique)
    # what comes back is counted: an insert does not say on every driver how many rows it made
    statement = insert(of).on_conflict_do_nothing(index_elements=keys).returning(of.c[keys[0]])
    return sum(len(connection.execute(statement, dict(row)).all()) for row in rows)
