"""The store: one object with a part for each noun."""

import os
from collections.abc import Sequence
from pathlib import Path

from tallystick.errors import StoreError
from tallystick.model.ports import Clock
from tallystick.records.base import Record
from tallystick.store.billing_states import StateStore
from tallystick.store.buckets import BucketStore, LockStore
from tallystick.store.cursors import CursorStore
from tallystick.store.database import Database
from tallystick.store.decisions import DecisionStore
from tallystick.store.error_rows import ErrorStore
from tallystick.store.links import LinkStore
from tallystick.store.outbox import Outbox
from tallystick.store.plans import PlanStore
from tallystick.store.records import RecordStore
from tallystick.store.runs import EventStore, RunStore
from tallystick.store.settings import SettingStore
from tallystick.store.upgrading import (
    StoreInfo,
    backup,
    checkpoint,
    info,
    prepare,
    refuse_empty,
    upgrade,
)
from tallystick.store.vault import ENVIRONMENT, Vault, load_key


class Store:
    """An open store. Parts: records, links, cursors, outbox, runs, states, decisions, errors,
    plans, settings, events, vault, buckets, locks.
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
        self.errors = ErrorStore(database)
        self.plans = PlanStore(database)
        self.settings = SettingStore(database)
        self.events = EventStore(database)
        self.buckets = BucketStore(database, clock)
        self.locks = LockStore(database, key_file.parent / "locks" if key_file else None)
        new = key_file is not None and not key_file.exists() and ENVIRONMENT not in os.environ
        if new and self.settings.any_credential():
            raise StoreError(
                f"The key file {key_file} is missing; credentials are stored that only it opens.",
                code="STO-08",
                fix="Restore the key file. Without it: move the store away and connect again.",
            )
        self.vault = Vault(database, load_key(key_file))

    def add_types(self, types: Sequence[type[Record]]) -> None:
        """Know record types that plugins offer."""
        self.records.add_types(types)

    def info(self) -> StoreInfo:
        """What the doctor shows."""
        return info(self.database)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def open_store(url: str, *, clock: Clock, key_file: Path | None = None) -> Store:
    """Open a store, made or migrated if need be.

    `key_file` holds the key that encrypts secrets; without it the environment must. Raises
    `StoreError`: STO-01 no such database, STO-02 other version, STO-03 cannot be written, STO-04
    cannot be reached, STO-07 damaged or empty, STO-08 key.
    """
    database = Database(url)
    new = key_file is not None and not key_file.exists() and ENVIRONMENT not in os.environ
    try:
        prepare(database, new=new)
        return Store(database, clock, key_file)
    except BaseException:
        database.close()
        raise


def upgrade_store(url: str) -> str:
    """Bring a store to this version's schema, on SQLite after a backup; returns the version."""
    database = Database(url)
    try:
        refuse_empty(database)
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


def backup_store(url: str, out: Path) -> Path:
    """Copy a SQLite store to a file."""
    database = Database(url)
    try:
        return backup(database, out)
    finally:
        database.close()
