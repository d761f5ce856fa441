"""What pages share: the project folder, the token of forms, and runs in the background."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tallystick.app import sync
from tallystick.app.progress import Progress
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.errors import Refused, TallystickError

_LOG = logging.getLogger("tallystick.web")


class WebDesk:
    """One per application. A run works in a thread of its own with a workspace of its own."""

    def __init__(
        self, home: Path, *, read_only: bool, around: Surroundings | None, token: str
    ) -> None:
        self.home = home
        self.read_only = read_only
        self.token = token
        self.last_problem: TallystickError | None = None
        self.progress: dict[str, Progress] = {}
        self._around = around
        self._worker: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """An open workspace for one request."""
        with open_workspace(self.home, self._around) as ws:
            yield ws

    @property
    def working(self) -> bool:
        """True while a run of this process goes on."""
        return self._worker is not None and self._worker.is_alive()

    def allow(self, token: str | None) -> None:
        """Let a writing request pass. Raises `Refused` CFG-17 or CFG-18."""
        if self.read_only:
            raise Refused("This server only shows; it was started with --read-only.", code="CFG-17")
        if token != self.token:
            raise Refused(
                "The form is from an earlier start of the server.",
                code="CFG-18",
                fix="Load the page again, then press the button.",
            )

    def start_plan(self, name: str) -> None:
        """Plan in the background; applied at once when the first plan was approved earlier."""

        def work(ws: Workspace) -> None:
            if sync.approved(ws, name):
                sync.run(ws, name, approve=lambda _plan: True, progress=self._heard)
            else:
                sync.plan(ws, name, progress=self._heard)

        self._start(work)

    def start_apply(self, digest: str) -> None:
        """Apply a plan in the background."""
        self._start(lambda ws: sync.apply(ws, digest, progress=self._heard) and None)

    def wait(self, seconds: float) -> None:
        """Wait for the run to end, at most so long (for tests and shutting down)."""
        if self._worker is not None:
            self._worker.join(seconds)

    def _heard(self, progress: Progress) -> None:
        self.progress[progress.module] = progress

    def _start(self, work: Callable[[Workspace], None]) -> None:
        with self._lock:
            if self.working:
                raise Refused("A run is going on already.", code="INT-05")
            self.last_problem = None
            self.progress = {}
            self._worker = threading.Thread(
                target=self._work, args=(work,), name="tallystick-run", daemon=True
            )
            self._worker.start()

    def _work(self, work: Callable[[Workspace], None]) -> None:
        try:
            with self.workspace() as ws:
                work(ws)
        except TallystickError as error:
            self.last_problem = error
        except Exception:
            _LOG.exception("the run ended unexpectedly")
            self.last_problem = TallystickError("The run ended unexpectedly.", code="CFG-99")
