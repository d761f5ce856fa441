"""Where the demo plays: both simulators on sockets, and a project folder connected to them."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tallystick import host as hosting
from tallystick.app import integrations, project
from tallystick.app.config import FILE
from tallystick.app.workspace import Workspace
from tallystick.model.connection import Credential
from tallystick.simulator.http import Request
from tallystick.simulator.server import SimulatorServer

SIDES = {"source": "zoho_projects", "target": "zoho_books"}


@dataclass(slots=True)
class Stage:
    """The demo's surroundings: simulators on sockets and a project folder."""

    home: Path
    servers: Mapping[str, SimulatorServer]
    announced: Mapping[str, Mapping[str, Any]]
    simulators: Mapping[str, Any]

    def double_billed(self) -> Mapping[str, Any]:
        """What the accounts themselves report as double; every value is empty if all is well."""
        asked = Request("GET", "/__sim/double-billed", (), {}, b"")
        answer = self.simulators[SIDES["target"]].handle(asked)
        report: Mapping[str, Any] = orjson.loads(answer.body)
        return report


@contextmanager
def stage(seed: int, size: str, home: Path | None, *, keep: bool) -> Iterator[Stage]:
    """Simulators on free loopback ports and a fresh folder; cleaned up unless kept."""
    folder = home or Path(tempfile.mkdtemp(prefix="tallystick-demo-"))
    host = hosting.load()
    with ExitStack() as stack:
        if not keep and home is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        servers, announced, simulators = {}, {}, {}
        for name in SIDES.values():
            made = host.simulator(name, seed=seed, size=size)
            server = stack.enter_context(SimulatorServer(made.simulator))
            servers[name] = server
            announced[name] = made.describe(server.base_url)
            simulators[name] = made.simulator
        if not (folder / FILE).exists():
            project.init(folder, connectors=tuple(SIDES.values()))
        yield Stage(folder, servers, announced, simulators)


def connect_sides(ws: Workspace, announced: Mapping[str, Mapping[str, Any]]) -> None:
    """Connect both sides with what their simulators announced; no client-side rate limits."""
    for side, system in SIDES.items():
        facts = announced[system]
        names = ("client_id", "client_secret", "refresh_token")
        credential = Credential("oauth", {n: str(facts[n]) for n in names})
        settings = {
            "accounts_url": facts["accounts_url"],
            "base_url": facts["base_url"],
            "requests_per_minute": 0,
            "requests_per_window": 0,
        }
        integrations.connect(ws, None, side=side, credential=credential, settings=settings)
