"""The database behind the store: engines, transactions, plain rows."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from tallystick.errors import StoreError
from tallystick.records import catalogue as _catalogue  # noqa: F401 - defines the tables
from tallystick.records import host as _host  # noqa: F401 - defines the tables
from tallystick.records import ledger as _ledger  # noqa: F401 - defines the tables

BUSY_SECONDS = 5
__all__ = ["AutoString", "Database", "plain_rows", "table", "tables"]


def tables() -> MetaData:
    """Every table of the store."""
    return SQLModel.metadata


def table(name: str) -> Table:
    """One table by name."""
    return SQLModel.metadata.tables[name]


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


class Database:
    """One URL, two engines: `durable` is fully synchronous and used for claims and operations."""

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.dialect = self.url.get_backend_name()
        self.sqlite = self.dialect == "sqlite"
        if self.dialect not in {"sqlite", "postgresql"}:
            raise StoreError(
                f"The store cannot be kept in {self.dialect}.",
                code="STO-01",
                fix="Use sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE.",
            )
        if self.sqlite:
            _writable(self.url)
        self.engine = self._engine("NORMAL")
        self.durable = self._engine("FULL") if self.sqlite else self.engine

    def _engine(self, synchronous: str) -> Engine:
        options: dict[str, Any] = {
            "hide_parameters": True,
            "json_serializer": _dumps,
            "json_deserializer": orjson.loads,
        }
        if self.sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        made = create_engine(self.url, **options)
        if self.sqlite:
            event.listen(made, "connect", _pragmas(synchronous))
            event.listen(made, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
        return made

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; a snapshot of its own."""
        with translated(), self.engine.connect() as connection:
            if self.sqlite:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A short write transaction."""
        with translated(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write_durable(self) -> Iterator[Connection]:
        """A write transaction that is on the disk when the block has ended."""
        with translated(), self.durable.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self.durable.dispose()


def _parsed(url: str) -> URL:
    try:
        found = make_url(url)
    except ArgumentError:
        raise StoreError("The store's URL cannot be understood.", code="STO-01") from None
    if found.drivername == "postgresql":
        found = found.set(drivername="postgresql+psycopg")
    return found


def _writable(url: URL) -> None:
    """Refuse a folder or file that cannot be written, before anything is tried."""
    if not url.database or url.database == ":memory:":
        return
    path = Path(url.database)
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


def _pragmas(synchronous: str) -> Any:
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"synchronous={synchronous}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return connect


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into `StoreError`, without parameters in the text."""
    try:
        yield
    except OperationalError as error:
        text = str(error.orig).splitlines()[0]
        code, fix = "STO-04", "Check that the database server runs and can be reached."
        if "readonly" in text or "read-only" in text:
            code, fix = "STO-03", "Check permissions and that the disk is not read-only."
        elif "locked" in text:
            code, fix = "STO-09", "Another process writes; try again."
        elif "full" in text:
            code, fix = "STO-10", "Free some disk space; nothing already stored is lost."
        raise StoreError(f"The store cannot be used: {text}.", code=code, fix=fix) from error
    except DBAPIError as error:
        text = str(error.orig).splitlines()[0]
        if "not a database" in text or "malformed" in text:
            raise StoreError(
                f"The store is damaged or no store at all: {text}.",
                code="STO-07",
                fix="Restore a backup, then sync again.",
            ) from error
        raise
    except SQLAlchemyError:
        raise


def plain_rows(result: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as dictionaries, with instants aware in UTC."""
    return [{k: aware(v) for k, v in row.items()} for row in result]


def aware(value: Any) -> Any:
    """An instant in UTC; other values as they are."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value
