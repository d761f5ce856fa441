"""The database behind the store: engines, transactions, plain rows."""

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from tallystick.errors import StoreError
from tallystick.records import catalogue as _catalogue  # noqa: F401 - defines the tables
from tallystick.records import host as _host  # noqa: F401 - defines the tables
from tallystick.records import ledger as _ledger  # noqa: F401 - defines the tables

BUSY_SECONDS = 5
_READS = "tallystick_reads"
PLUGIN_TABLES = MetaData()
"""Tables of the record types that plugins offer, which no migration makes."""
_WHY = (
    (("readonly", "read-only", "unable to open"), "STO-03", "Check permissions and the disk."),
    (("locked", "deadlock"), "STO-09", "Another process writes; try again."),
    (("disk is full", "No space left"), "STO-10", "Free some disk space; nothing stored is lost."),
    (("no such table", "no such column", "does not exist"), "STO-06", "Check the store's URL."),
    (("not a database", "malformed"), "STO-07", "Restore a backup, then sync again."),
)
"""What words of the drivers mean: (words, code, what to do)."""


def tables() -> MetaData:
    """Every table of the store."""
    return SQLModel.metadata


def table(name: str) -> Table:
    """One table by name, of the host or of a plugin's record type."""
    found = SQLModel.metadata.tables.get(name)
    return PLUGIN_TABLES.tables[name] if found is None else found


def dumps(value: Any) -> str:
    """A value as the text of a JSON column."""
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


class Database:
    """One URL, two engines: `durable` is fully synchronous and used for claims and operations.

    A SQLite URL without a file is a store of its own that is gone once it is closed.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.dialect = self.url.get_backend_name()
        self.sqlite = self.dialect == "sqlite"
        self._scratch: TemporaryDirectory[str] | None = None
        if self.dialect not in {"sqlite", "postgresql"}:
            raise StoreError(
                f"The store cannot be kept in {self.dialect}.",
                code="STO-01",
                fix="Use sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE.",
            )
        if self.sqlite and self.url.database in {None, "", ":memory:"}:
            # a database in memory belongs to one connection, and the store needs two kinds
            self._scratch = TemporaryDirectory(prefix="tallystick-")
            self.url = self.url.set(database=str(Path(self._scratch.name, "store.db")))
        if self.sqlite:
            _writable(Path(str(self.url.database)))
        self.engine = self._engine("NORMAL")
        self.durable = self._engine("FULL") if self.sqlite else self.engine

    def _engine(self, synchronous: str) -> Engine:
        options: dict[str, Any] = {
            "hide_parameters": True,
            "json_serializer": dumps,
            "json_deserializer": orjson.loads,
        }
        if self.sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        else:
            options["pool_pre_ping"] = True
        made = create_engine(self.url, **options)
        if self.sqlite:
            event.listen(made, "do_connect", self._private)
            event.listen(made, "connect", _pragmas(synchronous))
            event.listen(made, "begin", _begin)
        return made

    def _private(self, *_: Any) -> None:
        """Make the file of a new store its owner's alone; SQLite gives its logs the same mode."""
        with contextlib.suppress(OSError):  # there already, or SQLite says itself what is wrong
            os.close(os.open(str(self.url.database), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    @property
    def file(self) -> Path | None:
        """The file of a SQLite store; None on PostgreSQL."""
        return Path(str(self.url.database)) if self.sqlite else None

    @property
    def place(self) -> str:
        """Where the store is kept, in words and without a password."""
        return str(self.file or self.url.render_as_string(hide_password=True))

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; on SQLite one snapshot, which waits for no writer."""
        with self.translated(), self.engine.connect() as connection:
            yield connection.execution_options(**{_READS: True})

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A short write transaction."""
        with self.translated(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write_durable(self) -> Iterator[Connection]:
        """A write transaction that is on the disk when the block has ended."""
        with self.translated(), self.durable.begin() as connection:
            if not self.sqlite:
                # a server may be set to answer a commit before it is on the disk
                connection.execute(
                    text(
                        "SELECT set_config('synchronous_commit', 'on', true) "
                        "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
                    )
                )
            yield connection

    def session(self) -> Connection:
        """A connection that belongs to its caller until it is closed; each statement commits."""
        alone = create_engine(
            self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
        with self.translated():
            return alone.connect()

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the driver's errors into `StoreError`, without parameters in the text."""
        driver = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (DBAPIError, driver.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            words = next(iter(str(cause).splitlines()), type(cause).__name__)
            for known, code, fix in _WHY:
                if any(word in words for word in known):
                    raise _unusable(words, code, fix) from error
            if isinstance(error, OperationalError | driver.OperationalError):
                fix = "Check that the database server runs and can be reached."
                raise _unusable(words, "STO-04", fix) from error
            raise

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self.durable.dispose()
        if self._scratch is not None:
            self._scratch.cleanup()


def _unusable(words: str, code: str, fix: str) -> StoreError:
    return StoreError(f"The store cannot be used: {words}.", code=code, fix=fix)


def _parsed(url: str) -> URL:
    try:
        found = make_url(url)
    except ArgumentError:
        raise StoreError("The store's URL cannot be understood.", code="STO-01") from None
    if found.drivername == "postgresql":
        found = found.set(drivername="postgresql+psycopg")
    return found


def _writable(path: Path) -> None:
    """Refuse a folder or file that cannot be written, before anything is tried."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    target = path if path.exists() else path.parent
    if not target.exists() or not os.access(target, os.W_OK) or _read_only(target):
        raise StoreError(
            f"{path} cannot be written.",
            code="STO-03",
            fix="Check the folder's permissions, that the disk is not read-only and not full.",
        )


def _read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _begin(connection: Connection) -> None:
    """Writers queue at once, so that none fails half-way; readers take a snapshot."""
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _pragmas(synchronous: str) -> Any:
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "wal_autocheckpoint=4000",  # a page that is written often is copied less often
            "foreign_keys=ON",
            f"synchronous={synchronous}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return connect


def among(database: Database, column: ColumnElement[Any], ids: Sequence[str]) -> Any:
    """A condition that a column is one of many ids, which are one parameter of the statement."""
    if database.sqlite:
        each = func.json_each(dumps(ids)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == func.any(literal(list(ids), ARRAY(String)))


def plain_rows(result: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as dictionaries, with instants aware in UTC."""
    rows = [dict(row) for row in result]
    for name in _instants(rows):
        for row in rows:
            row[name] = aware(row[name])
    return rows


def rows_of(result: CursorResult[Any], instants: Collection[str]) -> list[dict[str, Any]]:
    """The same for many rows, whose `instants` are known."""
    names = tuple(result.keys())
    rows = [dict(zip(names, row, strict=True)) for row in result.all()]
    for name in instants:
        if name in names:
            for row in rows:
                if row[name] is not None:
                    row[name] = aware(row[name])
    return rows


def _instants(rows: list[dict[str, Any]]) -> list[str]:
    """Columns that hold an instant somewhere; all rows have the same columns."""
    if not rows:
        return []
    return [n for n in rows[0] if any(isinstance(r[n], datetime) for r in rows)]


def aware(value: Any) -> Any:
    """An instant in UTC; other values as they are."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value
