"""Token buckets shared by all workers of one organization or portal, and named locks."""

import contextlib
import fcntl
import hashlib
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text

from tallystick.model.ports import Clock
from tallystick.store.database import Database, aware, table
from tallystick.store.upserts import upsert


class BucketStore:
    """Calls taken from remote limits, counted in fixed windows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, name: str, *, limit: int, per_seconds: int) -> float:
        """Take one call: 0.0 when it may go out now, else the seconds to wait (none taken)."""
        if limit <= 0:
            return 0.0
        now = self._clock.now()
        of = table("bucket")
        window = timedelta(seconds=per_seconds)
        with self._database.write() as connection:
            row = connection.execute(
                select(of.c.window_start, of.c.taken, of.c.blocked_until).where(of.c.name == name)
            ).first()
            start = aware(row[0]) if row and row[0] else now
            taken, blocked = (row[1], aware(row[2])) if row else (0, None)
            if blocked is not None and blocked > now:
                return float((blocked - now).total_seconds())
            if now - start >= window:
                start, taken = now, 0
            if taken >= limit:
                return float((start + window - now).total_seconds())
            values = {
                "name": name,
                "window_start": start,
                "taken": taken + 1,
                "blocked_until": None,
            }
            upsert(connection, of, [values])
        return 0.0

    def block(self, name: str, until: datetime) -> None:
        """Let nobody take from the bucket before `until`."""
        values = {"name": name, "window_start": None, "taken": 0, "blocked_until": until}
        with self._database.write() as connection:
            upsert(connection, table("bucket"), [values])

    def blocked_until(self, name: str) -> datetime | None:
        """The end of a lock-out, if one is on."""
        of = table("bucket")
        with self._database.read() as connection:
            found = connection.execute(select(of.c.blocked_until).where(of.c.name == name)).scalar()
        until = aware(found)
        return until if until is not None and until > self._clock.now() else None


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
        with self._database.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
