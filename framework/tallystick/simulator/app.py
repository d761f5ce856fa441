"""The base of a simulated service: control endpoints, journal, faults, switches, snapshots."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tallystick.errors import ConfigError
from tallystick.simulator.clock import START, VirtualClock
from tallystick.simulator.faults import Fault, FaultPlan
from tallystick.simulator.http import (
    ConnectionDropped,
    Request,
    Response,
    SlowAnswer,
    Truncated,
    json_response,
)
from tallystick.simulator.journal import Journal, JournalEntry
from tallystick.simulator.snapshots import Sealer, StateFile, packed, unpacked

CONTROL = "/__sim/"
_SECRETS = {"authtoken", "refresh_token", "client_secret", "access_token", "code", "token"}
_HTML = b"<!doctype html><html><body><h1>Service unavailable</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Switch:
    """One behaviour that is not documented for sure: its default and what it means."""

    default: Any
    meaning: str


class Simulator(ABC):
    """State that outlives a caller's crash, and nothing that reads the real clock or network.

    Requests are answered one at a time, whichever transport and thread they come from.
    """

    name: str = ""
    SWITCHES: Mapping[str, Switch] = {}

    def __init__(self, *, seed: int = 1, start: datetime = START) -> None:
        self.clock = VirtualClock(start)
        self.faults = FaultPlan(seed)
        self.journal = Journal()
        self.switches: dict[str, Any] = {n: s.default for n, s in self.SWITCHES.items()}
        self.requests = 0
        self.in_process = 0
        self.effect_id: str | None = None
        self._first: bytes | None = None
        self._file: StateFile | None = None
        self._sealer = Sealer()
        self._turn = threading.RLock()
        self._counting = threading.Lock()

    @abstractmethod
    def dispatch(self, request: Request) -> Response:
        """The service's own answer."""

    @abstractmethod
    def throttle_response(self, request: Request) -> Response:
        """How the service refuses when a limit is passed."""

    @abstractmethod
    def state(self) -> Any:
        """Everything that a snapshot keeps, picklable."""

    @abstractmethod
    def set_state(self, state: Any) -> None:
        """Take a kept state back."""

    def world_facts(self) -> Mapping[str, Any]:
        """Ids that a test needs."""
        return {}

    def error_response(self, request: Request) -> Response:
        """How the service says that it failed, when a fault lets it."""
        del request
        return json_response(500, {"code": 1000, "message": "Internal error"})

    def control(self, request: Request, path: str) -> Response | None:
        """Control endpoints of the service; `path` is behind the prefix."""
        del request, path
        return None

    def expire_tokens(self) -> None:  # noqa: B027 - a service without tokens has none to end
        """Let every access token end now."""

    def switch(self, **values: Any) -> None:
        """Set switches by name. Raises `ConfigError` for one that does not exist."""
        for name, value in values.items():
            if name not in self.SWITCHES:
                known = ", ".join(sorted(self.SWITCHES))
                raise ConfigError(f"There is no switch {name}: {known}.", code="CFG-06")
            self.switches[name] = value

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Count a request as in process, from its arrival to the end of its answer."""
        with self._counting:
            self.in_process += 1
        try:
            yield
        finally:
            with self._counting:
                self.in_process -= 1

    def handle(self, request: Request) -> Response:
        """Answer one request. Raises `ConnectionDropped`, `SlowAnswer` or `Truncated` for the
        transport to show.
        """
        with self._turn:
            if self._first is None:
                self._first = self.snapshot()
            if request.path.startswith(CONTROL):
                return self._controlled(request, request.path.removeprefix(CONTROL).strip("/"))
            self.requests += 1
            self.clock.tick()
            fault = self.faults.pick(self.requests, request.method, request.path)
            if fault is None:
                return self._answer(request)
            return self._strike(fault, request)

    def keep_in(self, path: Path) -> None:
        """Keep state and journal in a file from now on; what an earlier process left is taken
        back. Every answer is given after its effect is on the disk.
        """
        with self._turn:
            if self._first is None:
                self._first = self.snapshot()
            self._file = StateFile(path)
            kept = self._file.load()
            if kept is not None:
                self.restore(kept)
            self.journal.keep_in(path.with_name(path.name + ".journal"))

    def _save(self, request: Request) -> None:
        if self._file is not None and (request.method != "GET" or self.effect_id):
            self._file.save(self.snapshot())

    def _answer(self, request: Request, fault: str | None = None) -> Response:
        self.effect_id = None
        response = self.dispatch(request)
        self._save(request)
        self._note(request, response.status, fault)
        return response

    def _note(self, request: Request, status: int, fault: str | None = None) -> None:
        self.journal.add(
            JournalEntry(
                self.requests,
                request.method,
                request.path,
                tuple((k, _hidden(k, v)) for k, v in request.query),
                "" if "token" in request.path else request.body.decode("utf-8", "replace")[:2000],
                status,
                self.clock.now().isoformat(),
                self.effect_id,
                fault,
            )
        )

    def _strike(self, fault: Fault, request: Request) -> Response:
        self.effect_id = None
        if fault.kind == "drop_before":
            self._note(request, 0, fault.kind)
            raise ConnectionDropped
        if fault.kind == "expire_token":
            self.expire_tokens()
            return self._answer(request, fault.kind)
        if fault.kind in {"error_before", "throttle", "html"}:
            response = self._instead(fault, request)
            self._note(request, response.status, fault.kind)
            return response
        return self._after(fault, request, self._answer(request, fault.kind))

    def _instead(self, fault: Fault, request: Request) -> Response:
        """What is answered without touching the service."""
        if fault.kind == "throttle":
            return self.throttle_response(request)
        if fault.kind == "html":
            return Response(200, _HTML, {"Content-Type": "text/html"})
        return self.error_response(request)

    def _after(self, fault: Fault, request: Request, response: Response) -> Response:
        """Faults that strike once the request has taken effect."""
        if fault.kind == "drop_after":
            raise ConnectionDropped
        if fault.kind == "slow":
            raise SlowAnswer(fault.seconds, response)
        if fault.kind == "truncated":
            raise Truncated(response)
        return self.error_response(request)

    def snapshot(self) -> bytes:
        """Everything but faults and journal, as bytes."""
        with self._turn:
            return packed((self.state(), self.clock.kept(), self.requests, dict(self.switches)))

    def restore(self, data: bytes) -> None:
        """Take a snapshot back. Its bytes are trusted: give it only what `snapshot` gave."""
        with self._turn:
            state, clock, self.requests, switches = unpacked(data)
            self.set_state(state)
            self.clock.take(clock)
            self.switches.clear()
            self.switches.update(switches)
            if self._file is not None:
                self._file.save(data)

    def reset(self) -> None:
        """Back to the first state, faults and their seed included."""
        if self._first is not None:
            self.restore(self._first)
        self.faults.reset()
        self.journal.clear()

    def _controlled(self, request: Request, path: str) -> Response:
        try:
            own = self.control(request, path)
            if own is None and request.method == "POST":
                own = self._command(request, path)
        except (ConfigError, ValueError, TypeError, KeyError, AttributeError) as error:
            return json_response(400, {"error": str(error)})
        if own is not None:
            if request.method == "POST" and self._file is not None:
                self._file.save(self.snapshot())
            return own
        readings = {
            "journal": self.journal.to_json,
            "switches": lambda: self.switches,
            "clock": lambda: {"now": self.clock.now().isoformat()},
            "world": self.world_facts,
        }
        if path == "snapshot":
            sealed = self._sealer.seal(self.snapshot())
            return Response(200, sealed, {"Content-Type": "application/octet-stream"})
        if path not in readings:
            return json_response(404, {"error": f"no control read {path}"})
        return json_response(200, readings[path]())

    def _command(self, request: Request, path: str) -> Response:
        if path == "restore":
            self.restore(self._sealer.opened(request.body))
            return json_response(200, {"done": path})
        body = request.json() or {}
        if path == "switches":
            self.switch(**body)
        elif path == "faults":
            for fault in body if isinstance(body, list) else [body]:
                self.faults.add(Fault(**fault))
        elif path == "faults/clear":
            self.faults.clear()
        elif path == "journal/clear":
            self.journal.clear()
        elif path == "clock" and "set" in body:
            self.clock.set(datetime.fromisoformat(body["set"]))
        elif path == "clock":
            self.clock.tick_seconds = float(body.get("tick", self.clock.tick_seconds))
            self.clock.advance(float(body.get("advance", 0)))
        elif path == "reset":
            self.reset()
        else:
            return json_response(404, {"error": f"no control command {path}"})
        return json_response(200, {"done": path})


def _hidden(name: str, value: str) -> str:
    return "…" if name in _SECRETS else value
