"""Bringing a store to this version's schema, after a backup."""

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
from tallystick.store.database import Database, translated

VERSION_TABLE = "tallystick_version"
_FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What the doctor shows of a store."""

    dialect: str
    version: str
    integrity: str
    sound: bool


def _config(connection: Any = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The schema version of this release."""
    return ScriptDirectory.from_config(_config()).get_current_head() or "none"


def current(database: Database) -> str | None:
    """The schema version of a store; None for an empty one."""
    with translated(), database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision()


def prepare(database: Database) -> None:
    """Migrate at start-up where that is safe; refuse a store of a newer version (STO-02)."""
    version = current(database)
    if version == head():
        return
    if version is None:
        _refuse_strangers(database)
        migrate(database)
        return
    known = {r.revision for r in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version not in known:
        raise StoreError(
            f"The store has schema {version}, made by a newer Tallystick than this one.",
            code="STO-02",
            fix="Upgrade tallystick; nothing was changed.",
        )
    if not database.sqlite:
        raise StoreError(
            f"The store has schema {version}, this version needs {head()}.",
            code="STO-02",
            fix="Stop the workers, then run `tallystick db upgrade`.",
        )
    source = Path(str(database.url.database))
    backup(database, source.with_suffix(f".{version}.backup"))
    migrate(database)


def _refuse_strangers(database: Database) -> None:
    with translated():
        found = inspect(database.engine).get_table_names()
    if found and "integration" not in found and "run" in found:
        raise StoreError("The database holds tables of another program.", code="STO-06")


def migrate(database: Database) -> str:
    """Run all missing migrations in one transaction; returns the version."""
    with database.write_durable() as connection:
        command.upgrade(_config(connection), "head")
    return head()


def backup(database: Database, out: Path) -> Path:
    """Copy a SQLite store to a file, also while others use it."""
    if not database.sqlite:
        raise StoreError(
            "A PostgreSQL store is backed up with its own tools.",
            code="STO-06",
            fix="pg_dump, or your provider's backups.",
        )
    try:
        with (
            closing(sqlite3.connect(str(database.url.database))) as source,
            closing(sqlite3.connect(out)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"The backup {out} cannot be written: {error}.", code="STO-03") from None
    return out


def info(database: Database) -> StoreInfo:
    """Dialect, schema version and integrity of a store."""
    integrity, sound = "reachable", True
    if database.sqlite:
        with database.read() as connection:
            integrity = str(connection.execute(text("PRAGMA quick_check")).scalar())
        sound = integrity == "ok"
        integrity = "integrity checked" if sound else integrity
    return StoreInfo(database.dialect, current(database) or "none", integrity, sound)
