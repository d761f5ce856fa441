"""The base of a simulated service: control endpoints, journal, faults, switches, snapshots."""

import pickle
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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

CONTROL = "/__sim/"
_HTML = b"<!doctype html><html><body><h1>Service unavailable</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Switch:
    """One behaviour that is not documented for sure: its default and what it means."""

    default: Any
    meaning: str


class Simulator(ABC):
    """State that outlives a caller's crash, and nothing that reads the real clock or network."""

    name: str = ""
    SWITCHES: Mapping[str, Switch] = {}

    def __init__(self, *, seed: int = 1, start: datetime = START) -> None:
        self.clock = VirtualClock(start)
        self.faults = FaultPlan(seed)
        self.journal = Journal()
        self.switches: dict[str, Any] = {n: s.default for n, s in self.SWITCHES.items()}
        self.requests = 0
        self.effect_id: str | None = None
        self._first: bytes | None = None

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

    def control(self, request: Request, path: str) -> Response | None:
        """Control endpoints of the service; `path` is behind the prefix."""
        del request, path
        return None

    def expire_tokens(self) -> None:
        """Let every access token end now."""

    def switch(self, **values: Any) -> None:
        """Set switches by name. Raises `ConfigError` for one that does not exist."""
        for name, value in values.items():
            if name not in self.SWITCHES:
                known = ", ".join(sorted(self.SWITCHES))
                raise ConfigError(f"There is no switch {name}: {known}.", code="CFG-06")
            self.switches[name] = value

    def handle(self, request: Request) -> Response:
        """Answer one request. Raises `ConnectionDropped`, `SlowAnswer` or `Truncated` for the
        transport to show."""
        if self._first is None:
            self._first = self.snapshot()
        if request.path.startswith(CONTROL):
            return self._control(request, request.path.removeprefix(CONTROL).strip("/"))
        self.requests += 1
        fault = self.faults.pick(self.requests, request.method, request.path)
        if fault is None:
            return self._answer(request)
        return self._strike(fault, request)

    def _answer(self, request: Request, status: int | None = None) -> Response:
        self.effect_id = None
        response = self.dispatch(request)
        self._note(request, status or response.status)
        return response

    def _note(self, request: Request, status: int) -> None:
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
            )
        )

    def _strike(self, fault: Fault, request: Request) -> Response:
        if fault.kind == "drop_before":
            self._note(request, 0)
            raise ConnectionDropped
        if fault.kind == "error_before":
            self._note(request, 500)
            return json_response(500, {"code": 1000, "message": "Internal error"})
        if fault.kind == "throttle":
            response = self.throttle_response(request)
            self._note(request, response.status)
            return response
        if fault.kind == "html":
            self._note(request, 200)
            return Response(200, _HTML, {"Content-Type": "text/html"})
        if fault.kind == "expire_token":
            self.expire_tokens()
            return self._answer(request)
        return self._after(fault, self._answer(request))

    def _after(self, fault: Fault, response: Response) -> Response:
        """Faults that strike once the request has taken effect."""
        if fault.kind == "drop_after":
            raise ConnectionDropped
        if fault.kind == "slow":
            raise SlowAnswer(fault.seconds, response)
        if fault.kind == "truncated":
            raise Truncated(response)
        return json_response(500, {"code": 1000, "message": "Internal error"})

    def snapshot(self) -> bytes:
        """Everything as bytes."""
        kept = (self.state(), self.clock.now(), self.requests, dict(self.switches))
        return pickle.dumps(kept)

    def restore(self, data: bytes) -> None:
        """Take a snapshot of this very process back."""
        state, now, self.requests, switches = pickle.loads(data)  # noqa: S301 - our own bytes
        self.set_state(state)
        self.clock.set(now)
        self.switches = dict(switches)

    def reset(self) -> None:
        """Back to the first state."""
        if self._first is not None:
            self.restore(self._first)
        self.faults.clear()
        self.journal.clear()

    def _control(self, request: Request, path: str) -> Response:
        own = self.control(request, path)
        if own is not None:
            return own
        if request.method == "POST":
            return self._command(request, path)
        readings = {
            "journal": self.journal.to_json,
            "switches": lambda: self.switches,
            "clock": lambda: {"now": self.clock.now().isoformat()},
            "world": self.world_facts,
        }
        if path == "snapshot":
            return Response(200, self.snapshot(), {"Content-Type": "application/octet-stream"})
        if path not in readings:
            return json_response(404, {"error": f"no control read {path}"})
        return json_response(200, readings[path]())

    def _command(self, request: Request, path: str) -> Response:
        if path == "restore":
            self.restore(request.body)
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
            self.clock.advance(float(body.get("advance", 0)))
        elif path == "reset":
            self.reset()
        else:
            return json_response(404, {"error": f"no control command {path}"})
        return json_response(200, {"done": path})


def _hidden(name: str, value: str) -> str:
    return "…" if name in {"authtoken", "refresh_token", "client_secret", "access_token"} else value
