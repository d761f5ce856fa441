"""The durable engine of one process: workflows of recorded steps, taken over after a death."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tallystick.errors import StoreError
from tallystick.run.executor import ExecutorLock, Presence

T = TypeVar("T")
APPLICATION_VERSION = "workflows-1"
"""Shape of the workflows; raised only when recorded steps could no longer be replayed."""
SCHEMA = "tallystick_dbos"
_bodies: dict[str, Callable[[], Any]] = {}
_launched = threading.Lock()


def _flow(key: str) -> Any:
    """The one registered workflow: runs the body that this process bound to the key."""
    return _bodies[key]()


class Engine:
    """Runs bodies as workflows. `system_url` is where the engine keeps its own tables: a SQLite
    file of its own in `folder` when the store is SQLite, else a schema of the server.

    `presence` shows others that this process lives; without one it is a lock file in `folder`.
    The engine itself starts with the first workflow; until then only the executor's lock is held.
    """

    def __init__(self, store_url: str, *, folder: Path, presence: Presence | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock: Presence = presence or ExecutorLock(folder)
        self._url = (
            f"sqlite:///{folder / 'runs.db'}" if store_url.startswith("sqlite") else store_url
        )
        self._dbos: Any = None
        self._workflow: Callable[[str], Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def executor_id(self) -> str:
        """The fresh id of this process."""
        return self._lock.executor_id

    def alive(self, executor_id: str) -> bool:
        """True while the process of that executor lives."""
        return self._lock.alive(executor_id)

    def insist(self) -> None:
        """Raise `StoreError` STO-12 when others may count this process as dead: it must stop."""
        if not self.alive(self.executor_id):
            raise StoreError(
                "The session that shows that this process lives has ended.",
                code="STO-12",
                fix="Check the database server, then start again: what was begun goes on.",
            )

    def _launch(self) -> Callable[[str], Any]:
        if self._workflow is not None:
            return self._workflow
        # DBOS is one per process and heavy to import, so it starts when first needed
        from dbos import DBOS, DBOSConfig  # noqa: PLC0415

        _launched.acquire()
        config: DBOSConfig = {
            "name": "tallystick",
            "system_database_url": self._url,
            "dbos_system_schema": SCHEMA,
            "application_version": APPLICATION_VERSION,
            "executor_id": self.executor_id,
            "console_log_level": "CRITICAL",
            "log_level": "CRITICAL",
            "enable_otlp": False,
        }
        DBOS.destroy(destroy_registry=True)
        self._dbos = DBOS(config=config)
        workflow: Callable[[str], Any] = DBOS.workflow(name="tallystick.flow")(_flow)
        DBOS.launch()
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        self._workflow = workflow
        return workflow

    def run(self, key: str, body: Callable[[], T]) -> T:
        """Run a body as the workflow `key`, to its end.

        A workflow of that key that a dead process left is gone on with: its finished steps are
        not repeated. One that has ended gives its recorded result. `key` names the work, so the
        same work is never started twice.
        """
        workflow = self._launch()
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415

        _bodies[key] = body
        try:
            self.reap()
            known = DBOS.get_workflow_status(key)
            if known is not None and known.status == "PENDING":
                left: T = DBOS.retrieve_workflow(key).get_result()
                return left
            with SetWorkflowID(key):
                result: T = workflow(key)
            return result
        finally:
            _bodies.pop(key, None)

    def step(self, name: str, action: Callable[[], T]) -> T:
        """Run one step of the body that is running; its result is recorded and must be plain."""
        self.insist()
        from dbos import DBOS  # noqa: PLC0415

        result: T = DBOS.run_step({"name": name}, action)
        return result

    def reap(self) -> list[str]:
        """Recover pending workflows of executors that have died; returns the executors' ids.

        Only workflows whose body this process has bound are recovered.
        """
        from dbos import DBOS  # noqa: PLC0415

        pending = DBOS.list_workflows(status="PENDING", name="tallystick.flow")
        dead = {
            str(w.executor_id)
            for w in pending
            if w.workflow_id in _bodies and not self.alive(str(w.executor_id))
        }
        if dead:
            DBOS._recover_pending_workflows(sorted(dead))  # noqa: SLF001 - no public door yet
        return sorted(dead)

    def close(self) -> None:
        """Stop the engine and let go of the executor's lock."""
        if self._workflow is not None:
            from dbos import DBOS  # noqa: PLC0415

            DBOS.destroy(destroy_registry=True)
            self._workflow = None
            self._dbos = None
            _launched.release()
        self._lock.release()
