"""Project folders on the two simulators, in process or on sockets, and forked children."""

import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from tallystick import host as hosting
from tallystick.app import integrations, project
from tallystick.app.demo_stage import SIDES, connect_sides
from tallystick.app.demo_story import CUTOFF
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.model.failpoints import arm
from tallystick.simulator.adapter import SimulatorAdapter
from tallystick.simulator.http import Request

from support.fakes import FakeClock

BASES = {"zoho_projects": "http://projects.test", "zoho_books": "http://books.test"}


@dataclass(slots=True)
class Pair:
    """Both simulators of one world and a project folder for them."""

    home: Path
    clock: FakeClock
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

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        """The project folder, opened anew on these simulators."""
        around = Surroundings(
            clock=self.clock, wait=lambda _seconds: None, transport=self.transport
        )
        with open_workspace(self.home, around) as ws:
            yield ws

    def control(self, name: str, path: str) -> Any:
        """A control read of one simulator."""
        answer = self.simulators[name].handle(Request("GET", f"/__sim/{path}"))
        return orjson.loads(answer.body)

    def doubles(self) -> list[str]:
        """What the accounts report as double, in words."""
        report = self.control("zoho_books", "double-billed")
        return [f"{what}: {key}" for what, found in report.items() for key in found]

    def writes(self) -> int:
        """Requests to the accounts that were no reads and asked for no token."""
        journal = self.control("zoho_books", "journal")
        entries = journal["entries"] if isinstance(journal, dict) else journal
        return sum(e["method"] != "GET" and "token" not in e["path"] for e in entries)


def pair(home: Path, *, size: str = "tiny", seed: int = 1) -> Pair:
    """Fresh simulators of one world, in process, and an empty project folder."""
    host = hosting.load()
    made = Pair(home, FakeClock())
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


def die_at(point: str, hit: int) -> None:
    """Kill this very process when `point` is reached for the `hit`-th time."""
    left = [hit]

    def reached(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    arm(reached)


def in_child(body: Callable[[], None]) -> int:
    """Run `body` in a forked child; returns its exit status, negative for the signal it died of.

    A child that raises prints its traceback and ends with 1.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads at a fork
        child = os.fork()
    if child == 0:
        status = 1
        try:
            body()
            status = 0
        except BaseException:  # noqa: BLE001 - a child must never return into the test
            traceback.print_exc()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended)
