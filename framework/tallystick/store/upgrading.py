"""Bringing a store to this version's schema, after a backup."""

import contextlib
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tallystick.errors import StoreError
from tallystick.store.database import Database, tables

VERSION_TABLE = "tallystick_version"
_FOLDER = Path(__file__).parent / "migrations"
_MIGRATING = 7_401_937_225_012_211_007
"""Key of the lock that lets one process at a time migrate a PostgreSQL store."""


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What the doctor shows of a store."""

    dialect: str
    version: str
    integrity: str
    sound: bool


def _config(connection: Any = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The schema version of this release."""
    return ScriptDirectory.from_config(_config()).get_current_head() or "none"


def current(database: Database) -> str | None:
    """The schema version of a store; None for an empty one."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision()


def prepare(database: Database, *, new: bool = False, had_store: bool = False) -> None:
    """Migrate at start-up where that is safe; refuse a store of a newer version (STO-02).

    `new` says that no store was ever opened here: only then may the file be empty. `had_store`
    says that one was: then there must be one (STO-11).
    """
    if not new:
        refuse_empty(database)
    if had_store:
        refuse_missing(database)
    version = _checked(database)
    if version == head():
        return
    if version is not None and not database.sqlite:
        raise StoreError(
            f"The store has schema {version}, this version needs {head()}.",
            code="STO-02",
            fix="Stop the workers, then run `tallystick db upgrade`.",
        )
    upgrade(database)


def refuse_empty(database: Database) -> None:
    """Refuse a file without a byte: it was a store once, and must not become a new one unseen."""
    path = database.file
    if path is not None and path.is_file() and not path.stat().st_size:
        raise StoreError(
            f"{path} is empty; a store is never empty, so what it held is lost.",
            code="STO-07",
            fix="Put a backup in its place. To begin with an empty store, which knows nothing that "
            "was billed: tallystick db new.",
        )


def refuse_missing(database: Database) -> None:
    """Refuse where no store is: a new one would not know what was billed."""
    path = database.file
    if (path is not None and not path.exists()) or current(database) is None:
        raise StoreError(
            f"There is no store at {database.place}, though this project had one.",
            code="STO-11",
            fix="Put a backup there, or correct the store's URL in tallystick.toml. To begin with "
            "an empty store, which knows nothing that was billed: tallystick db new.",
        )


def is_there(database: Database) -> bool:
    """True when something is kept where the store should be."""
    path = database.file
    if path is not None:
        return path.exists() and path.stat().st_size > 0
    return current(database) is not None


def upgrade(database: Database) -> str:
    """Run all missing migrations, on SQLite after a backup; returns the version."""
    version = _checked(database)
    if version is not None and version != head() and database.sqlite:
        source = Path(str(database.url.database))
        backup(database, source.with_suffix(f".{version}.backup"))
    return migrate(database)


def _checked(database: Database) -> str | None:
    """The store's version, once it is clear that the store is ours and not newer."""
    version = current(database)
    known = {r.revision for r in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"The store has schema {version}, made by a newer Tallystick than this one.",
            code="STO-02",
            fix="Upgrade tallystick; nothing was changed.",
        )
    if version is None:
        with database.read() as connection:
            strange = set(inspect(connection).get_table_names()) & set(tables().tables)
        if strange:
            raise StoreError(
                f"The database holds tables of another program: {', '.join(sorted(strange))}.",
                code="STO-06",
                fix="Give Tallystick a database of its own.",
            )
    return version


def migrate(database: Database) -> str:
    """Run all missing migrations in one transaction; returns the version."""
    with database.write_durable() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        command.upgrade(_config(connection), "head")
    return head()


def backup(database: Database, out: Path) -> Path:
    """Copy a SQLite store to a file, also while others use it; only its owner reads a new one."""
    if not database.sqlite:
        raise StoreError(
            "A PostgreSQL store is backed up with its own tools.",
            code="STO-06",
            fix="pg_dump, or your provider's backups.",
        )
    with contextlib.suppress(OSError):  # there already, or SQLite says itself what is wrong
        os.close(os.open(out, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with (
            closing(sqlite3.connect(str(database.url.database))) as source,
            closing(sqlite3.connect(out)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"The backup {out} cannot be written: {error}.", code="STO-03") from None
    return out


def checkpoint(database: Database) -> int:
    """Write the write-ahead log of a SQLite store into its file; returns the bytes it had.

    While somebody reads from the log it stays, and nothing is lost: 0.
    """
    path = Path(str(database.url.database))
    log = path.with_name(f"{path.name}-wal")
    if not database.sqlite or not log.is_file() or not (size := log.stat().st_size):
        return 0
    with database.translated(), closing(sqlite3.connect(path)) as connection:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return 0 if busy else size


def info(database: Database) -> StoreInfo:
    """Dialect, schema version and integrity of a store."""
    integrity, sound = "reachable", True
    if database.sqlite:
        with database.read() as connection:
            integrity = str(connection.execute(text("PRAGMA quick_check")).scalar())
        sound = integrity == "ok"
        integrity = "integrity checked" if sound else integrity
    return StoreInfo(database.dialect, current(database) or "none", integrity, sound)
