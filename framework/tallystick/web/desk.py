"""What pages share: open project folders, the token of forms, and the run in the background."""

import hmac
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Request

from tallystick.app import errors, sync
from tallystick.app.progress import Progress
from tallystick.app.rule_former import Former
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.errors import Refused, TallystickError

_LOG = logging.getLogger("tallystick.web")
_IDLE_MAX = 4
_REPLIES_MAX = 1000
Work = Callable[[Workspace], object]


@dataclass(slots=True)
class Job:
    """The run that this server works on, or worked on last, for one integration."""

    name: str
    thread: threading.Thread | None = None
    problem: TallystickError | None = None
    progress: dict[str, Progress] = field(default_factory=dict)

    @property
    def working(self) -> bool:
        """True until the run has ended."""
        return self.thread is not None and self.thread.is_alive()

    @property
    def latest(self) -> Progress | None:
        """What was heard last."""
        return next(reversed(self.progress.values()), None)

    def heard(self, progress: Progress) -> None:
        """Note progress; what moved last stands last."""
        self.progress = {
            **{m: p for m, p in self.progress.items() if m != progress.module},
            progress.module: progress,
        }


class WebDesk:
    """One per application. A run works in a thread of its own with a workspace of its own."""

    def __init__(
        self, home: Path, *, read_only: bool, around: Surroundings | None, token: str
    ) -> None:
        self.home = home
        self.read_only = read_only
        self.token = token
        self._around = around
        self._former = Former()
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Workspace]] = []
        self._replies: OrderedDict[str, Any] = OrderedDict()

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """An open workspace for one request; kept open for the next one, unless it failed."""
        stamp = self._stamp()
        ws = self._take(stamp)
        try:
            yield ws
        except BaseException:
            ws.close()
            raise
        ws.forget_connectors()
        with self._lock:
            keep = len(self._idle) < _IDLE_MAX
            if keep:
                self._idle.append((stamp, ws))
        if not keep:
            ws.close()

    def _stamp(self) -> float:
        try:
            return (self.home / "tallystick.toml").stat().st_mtime
        except OSError:
            return 0.0

    def _take(self, stamp: float) -> Workspace:
        while True:
            with self._lock:
                if not self._idle:
                    break
                made, ws = self._idle.pop()
            if made == stamp:
                return ws
            ws.close()
        return self._opened()

    def _opened(self) -> Workspace:
        """A workspace that goes on with the rules this server had, if the files are broken."""
        ws = open_workspace(self.home, self._around)
        ws.rules.share(self._former)
        return ws

    def close(self) -> None:
        """Close idle workspaces. A run that goes on stays open and is gone on with later."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, ws in idle:
            ws.close()

    def job(self, name: str) -> Job:
        """The run of one integration in this server, going on or past."""
        return self._jobs.get(name) or Job(name)

    def allow(self, token: str | None) -> None:
        """Let a writing request pass. Raises `Refused` CFG-17 or CFG-18."""
        if self.read_only:
            raise Refused(
                "This server only shows; it was started with --read-only.",
                code="CFG-17",
                fix="Start it without --read-only to change something.",
            )
        if token is None or not hmac.compare_digest(token.encode(), self.token.encode()):
            raise Refused(
                "The request carries no token of this start of the server.",
                code="CFG-18",
                fix="Load the page again, then press the button.",
            )

    def once(self, key: str | None, answer: Callable[[], Any]) -> Any:
        """The answer to a write; the same idempotency key gets the first answer again."""
        if key is None:
            return answer()
        if key not in self._replies:
            self._replies[key] = answer()
            while len(self._replies) > _REPLIES_MAX:
                self._replies.popitem(last=False)
        return self._replies[key]

    def start_sync(self, name: str, *, plan_only: bool = False) -> None:
        """Sync in the background; the first plan of an integration waits for approval (R-016)."""
        job = Job(name)

        def work(ws: Workspace) -> None:
            if sync.approved(ws, name) and not plan_only:
                sync.run(ws, name, approve=lambda _plan: True, progress=job.heard)
            else:
                sync.plan(ws, name, progress=job.heard)

        self._start(job, work)

    def start_apply(self, name: str, digest: str) -> None:
        """Apply a plan in the background."""
        job = Job(name)
        self._start(job, lambda ws: sync.apply(ws, digest, progress=job.heard))

    def start_retry(self, name: str, ids: Sequence[int] = (), code: str | None = None) -> None:
        """Try chosen errors again in the background; no choice means all of them."""
        job = Job(name)

        def work(ws: Workspace) -> None:
            if not sync.approved(ws, name):
                sync.plan(ws, name, progress=job.heard)
                return
            everything = not ids and code is None
            errors.retry(ws, name, ids=ids, code=code, everything=everything, progress=job.heard)

        self._start(job, work)

    def wait(self, seconds: float) -> None:
        """Wait for runs to end, at most so long each (for tests and shutting down)."""
        for job in list(self._jobs.values()):
            if job.thread is not None:
                job.thread.join(seconds)

    def _start(self, job: Job, work: Work) -> None:
        with self.workspace() as ws:
            going = sync.state(ws, job.name)
        if going is not None and going.finished_at is None and going.alive:
            raise _going_on()
        with self._lock:
            if any(j.working for j in self._jobs.values()):
                raise _going_on()
            job.thread = threading.Thread(
                target=self._work, args=(job, work), name="tallystick-run", daemon=True
            )
            self._jobs[job.name] = job
            job.thread.start()

    def _work(self, job: Job, work: Work) -> None:
        try:
            with self._opened() as ws:
                work(ws)
        except TallystickError as error:
            job.problem = error
        except Exception:  # noqa: BLE001 - it is logged, and told to whoever asks
            _LOG.exception("the run ended unexpectedly")
            job.problem = TallystickError("The run ended unexpectedly.", code="CFG-99")


def _going_on() -> Refused:
    return Refused(
        "A run is going on already; one integration has one run at a time.",
        code="INT-05",
        fix="Wait for it; Refresh shows how far it is.",
    )


def desk_of(request: Request) -> WebDesk:
    """The desk of the application that was asked."""
    desk: WebDesk = request.app.state.desk
    return desk
