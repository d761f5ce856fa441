"""The store: one object with a part for each noun."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tallystick.errors import StoreError
from tallystick.model.ports import Clock
from tallystick.records.base import Record
from tallystick.store.billing_states import StateStore
from tallystick.store.buckets import BucketStore, LockStore
from tallystick.store.cursors import CursorStore
from tallystick.store.database import Database
from tallystick.store.decision_history import DecisionHistory
from tallystick.store.decisions import DecisionStore
from tallystick.store.error_rows import ErrorStore
from tallystick.store.links import LinkStore
from tallystick.store.outbox import Outbox
from tallystick.store.plans import PlanStore
from tallystick.store.plugin_types import make_tables
from tallystick.store.presence import ServerPresence
from tallystick.store.records import RecordStore
from tallystick.store.runs import EventStore, RunStore
from tallystick.store.settings import SettingStore
from tallystick.store.upgrading import (
    StoreInfo,
    backup,
    checkpoint,
    info,
    is_there,
    prepare,
    refuse_empty,
    refuse_missing,
    upgrade,
)
from tallystick.store.vault import ENVIRONMENT, LOST_KEY, Vault, load_key, new_key
from tallystick.store.workdays import WorkdayStore

_MARKED = """This project has a store, first kept at {place}.
While this file is here, a store that is missing is told (STO-11) and not made anew.
"""


class Store:
    """An open store. Parts: records, links, cursors, outbox, runs, states, decisions,
    history, workdays, errors, plans, settings, events, vault, buckets, locks.
    """

    def __init__(self, database: Database, clock: Clock, key_file: Path | None) -> None:
        self.database = database
        self.records = RecordStore(database)
        self.links = LinkStore(database)
        self.cursors = CursorStore(database)
        self.outbox = Outbox(database, self.records)
        self.runs = RunStore(database)
        self.states = StateStore(database)
        self.decisions = DecisionStore(database)
        self.history = DecisionHistory(database)
        self.workdays = WorkdayStore(database)
        self.errors = ErrorStore(database)
        self.plans = PlanStore(database)
        self.settings = SettingStore(database)
        self.events = EventStore(database)
        self.buckets = BucketStore(database, clock)
        self.locks = LockStore(database, self.folder / "locks" if self.folder else None)
        self.vault = Vault(database, self._key(key_file))

    def _key(self, file: Path | None) -> Callable[[], bytes]:
        """The key, read or made now; where it is lost, an error for whoever needs a secret."""
        lost = file is not None and not file.exists() and ENVIRONMENT not in os.environ
        if not lost or not self.settings.any_credential():
            key = load_key(file)
            return lambda: key

        def refuse() -> bytes:
            raise StoreError(
                f"The key file {file} is missing; credentials are stored that only it opens.",
                code="STO-08",
                fix=f"Restore the key file. {LOST_KEY}",
            )

        return refuse

    @property
    def folder(self) -> Path | None:
        """Where processes that share a SQLite store leave locks for each other: beside its file,
        because project folders may share it too. None on PostgreSQL, which has its own locks.
        """
        file = self.database.file
        return file.parent / ".tallystick" if file else None

    def presence(self) -> ServerPresence | None:
        """Show all who share a PostgreSQL store that this process lives; None on SQLite."""
        return None if self.database.sqlite else ServerPresence(self.database)

    def add_types(self, types: Sequence[type[Record]]) -> Mapping[str, str]:
        """Make room for record types that plugins offer; returns by type what is wrong with one."""
        usable, wrong = make_tables(self.database, types)
        self.records.add_types(usable)
        return wrong

    def info(self) -> StoreInfo:
        """What the doctor shows."""
        return info(self.database)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def open_store(
    url: str,
    *,
    clock: Clock,
    key_file: Path | None = None,
    marker: Path | None = None,
) -> Store:
    """Open a store, made or migrated if need be.

    `key_file` holds the key that encrypts secrets; without it the environment must. `marker` is
    a file that says that the project has a store: it is made with it, and where it or the key
    file stands, a store that is missing is not made anew. Raises `StoreError`: STO-01 no such
    database, STO-02 other version, STO-03 cannot be written, STO-04 cannot be reached, STO-07
    damaged or empty, STO-08 key, STO-11 missing.
    """
    database = Database(url)
    had_store = _had_store(key_file, marker)
    # where nothing could tell, nothing is taken for new
    told = marker is not None or (key_file is not None and ENVIRONMENT not in os.environ)
    try:
        prepare(database, new=told and not had_store, had_store=had_store)
        store = Store(database, clock, key_file)
        _mark(marker, database.place)
    except BaseException:
        database.close()
        raise
    return store


def begin_store(url: str, *, marker: Path) -> str:
    """Make an empty store where none is, though there was one; returns where.

    Raises `StoreError` STO-06 when there is one.
    """
    database = Database(url)
    try:
        if is_there(database):
            raise StoreError(
                f"There is a store at {database.place}; it is not replaced.",
                code="STO-06",
                fix="Move it away first, and keep it: it alone knows what was billed.",
            )
        prepare(database, new=True)
        _mark(marker, database.place)
        return database.place
    finally:
        database.close()


def _had_store(key_file: Path | None, marker: Path | None) -> bool:
    """True where a store was made: the key is made after it, the marker after both."""
    return any(p is not None and p.exists() for p in (key_file, marker))


def _mark(marker: Path | None, place: str) -> None:
    if marker is None or marker.exists():
        return
    try:
        marker.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        marker.write_text(_MARKED.format(place=place), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{marker} cannot be made: {error.strerror}.", code="STO-03") from None


def upgrade_store(url: str, *, key_file: Path | None = None, marker: Path | None = None) -> str:
    """Bring a store to this version's schema, on SQLite after a backup; returns the version.

    Raises `StoreError` STO-11 when it is missing, see `open_store`.
    """
    database = Database(url)
    try:
        refuse_empty(database)
        if _had_store(key_file, marker):
            refuse_missing(database)
        return upgrade(database)
    finally:
        database.close()


def checkpoint_store(url: str) -> int:
    """Write the write-ahead log of a SQLite store into its file; returns the bytes it had."""
    database = Database(url)
    try:
        return checkpoint(database)
    finally:
        database.close()


def rekey_store(url: str, *, key_file: Path) -> int:
    """Forget every stored credential and token and make a new key; all else is kept.

    Returns how many connections had a credential. Where the environment gives the key, that one
    stays. Raises `StoreError` STO-11 when there is no store.
    """
    database = Database(url)
    try:
        refuse_missing(database)
        # first what only the former key opens: a new key beside it would open nothing
        forgotten = Vault(database, lambda: load_key(key_file)).forget()
        new_key(key_file)
        return forgotten
    finally:
        database.close()


def backup_store(url: str, out: Path) -> Path:
    """Copy a SQLite store to a file. Raises `StoreError` STO-11 when there is none."""
    database = Database(url)
    try:
        if database.sqlite:
            refuse_missing(database)
        return backup(database, out)
    finally:
        database.close()
