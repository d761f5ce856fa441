"""Which processes live, as the PostgreSQL server knows it: each holds a lock in a session."""

import contextlib
import hashlib
import uuid

from sqlalchemy import Connection, text

from tallystick.store.database import Database

_SESSION = {
    # a machine that lost its power must not seem to live for hours
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    # the session only waits: that is no reason to end it
    "idle_session_timeout": "0",
}
_SET = text("SELECT set_config(name, :value, false) FROM pg_settings WHERE name = :name")
_HELD = text(
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (classid::bigint << 32) | objid::bigint = :key"
)


def _key(executor_id: str) -> int:
    """The number of an executor's lock."""
    digest = hashlib.sha256(f"executor {executor_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


class ServerPresence:
    """The lock of this process's executor id, held by a session of its own.

    The server frees it when the session ends: when the process lets go or dies, on whichever
    machine it ran. A session that the server ended cannot be taken up again; `alive` of the own
    id is false then, because others may have taken the work over.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._id = f"x-{uuid.uuid4().hex}"
        session = database.session()
        with database.translated():
            for name, value in _SESSION.items():
                session.execute(_SET, {"name": name, "value": value})
            session.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _key(self._id)})
        self._session: Connection | None = session

    @property
    def executor_id(self) -> str:
        """The fresh id of this process."""
        return self._id

    def alive(self, executor_id: str) -> bool:
        """True while the server knows the session of that executor, this process's own too."""
        with self._database.read() as connection:
            return connection.execute(_HELD, {"key": _key(executor_id)}).scalar() is not None

    def release(self) -> None:
        """End the session; the executor counts as dead from now on."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(Exception):  # one that is broken has ended already
                session.close()
