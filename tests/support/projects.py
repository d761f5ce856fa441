"""Open workspaces on fake connectors, set up and ready to sync."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pluggy
from tallystick import hookspecs
from tallystick.app import integrations, project
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.host.loading import ConnectorInfo, Host
from tallystick.model.connection import Credential
from tallystick.testing.clock import FakeClock

from support.fake_connectors import FakeAccounts, FakePortal
from support.fakes import World

CUTOFF = date(2026, 7, 1)


def fake_host(world: World) -> Host:
    """A host with the two fake connectors on one world."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    host = Host(manager)
    for cls in (FakePortal, FakeAccounts):
        bound = type(cls.__name__, (cls,), {"world": world})
        host.connectors[cls.name] = ConnectorInfo(cls.name, bound, "tests", "0")
    return host


@contextmanager
def opened(
    home: Path, world: World, clock: FakeClock | None = None, url: str | None = None
) -> Iterator[Workspace]:
    """A workspace of a new or known project folder on this world."""
    if not (home / "tallystick.toml").exists():
        project.init(home, connectors=("fake_portal", "fake_accounts"))
        if url is not None:
            path = home / "tallystick.toml"
            path.write_text(path.read_text().replace("sqlite:///tallystick.db", url))
    around = Surroundings(clock=clock or FakeClock(), wait=lambda _s: None, host=fake_host(world))
    with open_workspace(home, around) as ws:
        yield ws


def set_up(ws: Workspace, **choices: Any) -> None:
    """Connect both sides and choose portal, modules and cutoff."""
    for side in ("source", "target"):
        integrations.connect(
            ws,
            None,
            side=side,
            credential=Credential("oauth", {"refresh_token": "secret"}),
            settings={},
        )
    answers: dict[str, Any] = {
        "portal": "P1",
        "modules": ("projects", "timesheets"),
        "cutoff": CUTOFF,
        "consent": True,
    }
    integrations.setup(ws, None, **{**answers, **choices})
