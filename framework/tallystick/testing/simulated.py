"""Project folders on the two simulators, in process: no socket, no waiting, an own clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from tallystick import host as hosting
from tallystick.app import integrations, project
from tallystick.app.demo_stage import SIDES, connect_sides
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.simulator.adapter import SimulatorAdapter
from tallystick.simulator.http import Request
from tallystick.testing.clock import FakeClock

BASES = {"zoho_projects": "http://projects.test", "zoho_books": "http://books.test"}
CUTOFF = date(2026, 7, 1)


@dataclass(slots=True)
class Pair:
    """Both simulators of one world and a project folder for them."""

    home: Path
    clock: Any
    simulators: dict[str, Any] = field(default_factory=dict)
    announced: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def books(self) -> Any:
        """The simulated accounts."""
        return self.simulators["zoho_books"]

    @property
    def projects(self) -> Any:
        """The simulated portal."""
        return self.simulators["zoho_projects"]

    def transport(self, url: str) -> SimulatorAdapter:
        """The transport for a base URL: whichever simulator it names."""
        name = next(n for n, base in BASES.items() if url.startswith(base))
        return SimulatorAdapter(self.simulators[name])

    def around(self) -> Surroundings:
        """What a workspace on these simulators has instead of the world."""
        return Surroundings(
            clock=self.clock,
            wait=lambda seconds: self.clock.advance(seconds=seconds),
            transport=self.transport,
        )

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        """The project folder, opened anew on these simulators."""
        with open_workspace(self.home, self.around()) as ws:
            yield ws

    def control(self, name: str, path: str) -> Any:
        """A control read of one simulator."""
        answer = self.simulators[name].handle(Request("GET", f"/__sim/{path}"))
        return orjson.loads(answer.body)

    def doubles(self) -> list[str]:
        """What the accounts report as double, in words."""
        report = self.control("zoho_books", "double-billed")
        return [f"{what}: {key}" for what, found in report.items() for key in found]

    def writes(self, *names: str) -> int:
        """Requests that were no reads and asked for no token; of the accounts unless named."""
        return sum(
            entry.method != "GET" and "token" not in entry.path
            for name in names or ("zoho_books",)
            for entry in self.simulators[name].journal
        )


def pair(home: Path, *, size: str = "tiny", seed: int = 1, clock: Any = None) -> Pair:
    """Fresh simulators of one world, in process, and an empty project folder."""
    host = hosting.load()
    made = Pair(home, FakeClock() if clock is None else clock)
    for name in SIDES.values():
        simulated = host.simulator(name, seed=seed, size=size)
        made.simulators[name] = simulated.simulator
        made.announced[name] = simulated.describe(BASES[name])
    project.init(home, connectors=tuple(SIDES.values()))
    return made


def set_up(ws: Workspace, announced: Mapping[str, Mapping[str, Any]], **choices: Any) -> None:
    """Connect both sides and answer the questions of the set-up."""
    connect_sides(ws, announced)
    owned = next(p for p in integrations.portals(ws) if p.owned)
    answers: dict[str, Any] = {
        "portal": owned.id,
        "organization": str(announced["zoho_books"]["organization_id"]),
        "modules": ("projects", "timesheets"),
        "cutoff": CUTOFF,
        "general_timesheets": True,
        "consent": True,
        "user": "test",
    }
    integrations.setup(ws, None, **{**answers, **choices})
