"""Tables of the record types that plugins offer: made when a plugin is new, widened as it grows.

Nothing is taken away: what an older version of a plugin needs stays, so processes of two versions
can share a store, and no migration waits for a person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, DateTime, Dialect, Table, TypeDecorator, inspect, text
from sqlalchemy.sql.type_api import TypeEngine
from sqlmodel.main import get_column_from_field

from tallystick.records.base import Record
from tallystick.store.database import PLUGIN_TABLES, Database, aware

_MAKING = 7_401_937_225_012_211_008
"""Key of the lock that lets one process at a time make tables in a PostgreSQL store."""
NAME_MAX = 63
"""Characters of a name on PostgreSQL."""


class _Instant(TypeDecorator[datetime]):
    """An instant that is read in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - as the base
        """The stored instant, aware."""
        return aware(value)

    @property
    def python_type(self) -> type[Any]:
        """What a column of it holds."""
        return datetime


# rows are prepared by the name of a column's type
_Instant.__name__ = "DateTime"


def table_name(type_name: str) -> str:
    """The table of a plugin's record type; no name has two underscores in a row of its own."""
    return f"plugin__{type_name.replace('/', '__')}"


def make_tables(
    database: Database, classes: Sequence[type[Record]]
) -> tuple[list[type[Record]], Mapping[str, str]]:
    """Make the tables of these types, or widen them.

    Returns the classes that can be stored, each with its table's name, and by type what is wrong
    with the others.
    """
    usable: list[type[Record]] = []
    wrong: dict[str, str] = {}
    for cls in classes:
        flaw = _made(database, cls)
        if flaw is not None:
            wrong[cls.type_name] = flaw
            continue
        usable.append(_stored(cls))
    return usable, wrong


def _stored(cls: type[Record]) -> type[Record]:
    """The class with its table's name; the plugin's own stays as it is."""
    members = {"__tablename__": table_name(cls.type_name), "__module__": cls.__module__}
    metaclass: Any = type(cls)
    made: type[Record] = metaclass(cls.__name__, (cls,), {**members, "__doc__": cls.__doc__})
    return made


def _made(database: Database, cls: type[Record]) -> str | None:
    """Make one table or its new columns; returns what keeps the type out of the store."""
    name = table_name(cls.type_name)
    if len(name) > NAME_MAX:
        return f"its name is longer than {NAME_MAX - len('plugin__')} characters"
    wanted = _declared(name, cls)
    with database.read() as connection:
        new, flaw = _compared(connection, wanted)
    if flaw is None and new:
        with database.write_durable() as connection:
            if not database.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
            _make(connection, wanted)
    return flaw


def _declared(name: str, cls: type[Record]) -> Table:
    """The table that a class asks for; a column of the plugin may always be empty."""
    known = PLUGIN_TABLES.tables.get(name)
    if known is not None:
        PLUGIN_TABLES.remove(known)
    return Table(name, PLUGIN_TABLES, *(_column(n, info) for n, info in cls.model_fields.items()))


def _column(name: str, info: Any) -> Column[Any]:
    found: Column[Any] = get_column_from_field(info)
    base = name in Record.model_fields
    kind = _Instant() if isinstance(found.type, DateTime) else found.type
    made = Column(
        kind,
        primary_key=found.primary_key,
        nullable=found.nullable if base else True,
        index=bool(found.index) and not base,
    )
    # a name that is given to the constructor is no plain text, and rows are keyed by it
    made.name = made.key = name
    return made


def _compared(connection: Connection, wanted: Table) -> tuple[list[str], str | None]:
    """The columns that are missing, and what in the store is of another type than asked for."""
    inspector = inspect(connection)
    if not inspector.has_table(wanted.name):
        return [c.name for c in wanted.columns], None
    there = {c["name"]: c["type"] for c in inspector.get_columns(wanted.name)}
    for column in wanted.columns:
        if column.name in there:
            was = _written(there[column.name], connection.dialect)
            now = _written(column.type, connection.dialect)
            if was != now:
                return [], f"{column.name} is stored as {was} and is now {now}"
    return [c.name for c in wanted.columns if c.name not in there], None


def _written(kind: TypeEngine[Any], dialect: Dialect) -> str:
    return kind.compile(dialect=dialect)


def _make(connection: Connection, wanted: Table) -> None:
    """Make what is missing now, inside the transaction that makes it."""
    missing, _ = _compared(connection, wanted)
    if len(missing) == len(wanted.columns):
        wanted.create(connection)
        return
    for name in missing:
        column = wanted.columns[name]
        kind = _written(column.type, connection.dialect)
        connection.exec_driver_sql(f'ALTER TABLE "{wanted.name}" ADD COLUMN "{name}" {kind}')
        for index in (i for i in wanted.indexes if list(i.columns) == [column]):
            index.create(connection)
