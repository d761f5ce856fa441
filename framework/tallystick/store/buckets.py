"""Token buckets shared by all workers of one organization or portal, and named locks."""

import contextlib
import fcntl
import hashlib
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select, text, update

from tallystick.model.ports import Clock
from tallystick.store.database import Database, aware, table
from tallystick.store.upserts import insert_new

_FRESH = timedelta(seconds=1)


class BucketStore:
    """Calls taken from remote limits, counted in fixed windows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._free_at: dict[str, datetime] = {}
        """When a bucket was last seen without a lock-out."""

    def take(self, name: str, *, limit: int, per_seconds: int) -> float:
        """Take one call: 0.0 when it may go out now, else the seconds to wait (none taken)."""
        if limit <= 0:
            return 0.0
        now = self._clock.now()
        window = timedelta(seconds=per_seconds)
        with self._database.write() as connection:
            start, taken, blocked = self._locked(connection, name)
            if blocked is not None and blocked > now:
                return float((blocked - now).total_seconds())
            # a window that starts in the future was set by a clock that has been put back
            if start is None or not start <= now < start + window:
                start, taken = now, 0
            if taken >= limit:
                return float((start + window - now).total_seconds())
            self._set(connection, name, start, taken + 1, None)
        return 0.0

    def block(self, name: str, until: datetime) -> None:
        """Let nobody take from the bucket before `until`; a longer lock-out stays."""
        self._free_at.pop(name, None)
        with self._database.write() as connection:
            _, _, blocked = self._locked(connection, name)
            self._set(connection, name, None, 0, until if blocked is None else max(blocked, until))

    def _locked(
        self, connection: Connection, name: str
    ) -> tuple[datetime | None, int, datetime | None]:
        """A bucket as it stands; no other process changes it before this transaction ends."""
        of = table("bucket")
        insert_new(connection, of, [{"name": name, "taken": 0}], ("name",))
        row = connection.execute(
            select(of.c.window_start, of.c.taken, of.c.blocked_until)
            .where(of.c.name == name)
            .with_for_update()
        ).one()
        return aware(row[0]), int(row[1]), aware(row[2])

    def _set(
        self,
        connection: Connection,
        name: str,
        start: datetime | None,
        taken: int,
        blocked: datetime | None,
    ) -> None:
        of = table("bucket")
        values = {"window_start": start, "taken": taken, "blocked_until": blocked}
        connection.execute(update(of).where(of.c.name == name).values(**values))

    def blocked_until(self, name: str) -> datetime | None:
        """The end of a lock-out, if one is on; one that another process put is seen in a second."""
        now = self._clock.now()
        free = self._free_at.get(name)
        if free is not None and timedelta(0) <= now - free < _FRESH:
            return None
        of = table("bucket")
        with self._database.read() as connection:
            found = connection.execute(select(of.c.blocked_until).where(of.c.name == name)).scalar()
        until: datetime | None = aware(found)
        if until is not None and until > now:
            return until
        self._free_at[name] = now
        return None


class LockStore:
    """Named locks: files beside a SQLite store, advisory locks on PostgreSQL."""

    def __init__(self, database: Database, folder: Path | None) -> None:
        self._database = database
        self._folder = folder
        self._local: dict[str, threading.Lock] = {}

    @contextlib.contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold the lock for the block; waits for whoever has it."""
        with self._local.setdefault(name, threading.Lock()):
            if self._database.sqlite:
                with self._file(name):
                    yield
            else:
                with self._advisory(name):
                    yield

    @contextlib.contextmanager
    def _file(self, name: str) -> Iterator[None]:
        if self._folder is None:
            yield
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(name.encode()).hexdigest()[:20]
        with (self._folder / f"{digest}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def _advisory(self, name: str) -> Iterator[None]:
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with self._database.translated(), self._database.engine.connect() as connection:
            # no transaction is kept open while the holder waits for another system
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
