"""The foreign distribution on the import path, and a project folder that uses it."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from host.foreign import MODULE, NAME, RULES, install
from support.fake_connectors import FakeAccounts
from support.fakes import World
from support.projects import set_up
from tallystick.app import plugin_rules, project
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.host import load
from tallystick.host.loading import ConnectorInfo
from tallystick.testing.clock import FakeClock

PACKAGE = "tickbird_plugin"
Install = Callable[..., None]
Opened = Callable[[], AbstractContextManager[Workspace]]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs the foreign distribution, or another text of it."""

    def _put(text: str = MODULE, rules: str = RULES) -> None:
        site = tmp_path / "site"
        install(site, module=PACKAGE, text=text, rules={"nest_visit.yaml": rules})
        monkeypatch.syspath_prepend(str(site))
        importlib.invalidate_caches()
        plugin_rules.installed.cache_clear()

    yield _put
    sys.modules.pop(PACKAGE, None)
    plugin_rules.installed.cache_clear()


@pytest.fixture
def installed(put: Install) -> None:
    """The foreign distribution on the import path, for one test."""
    put()


@pytest.fixture
def nest_office(tmp_path: Path) -> Opened:
    """Opens a project of the foreign connector and the fake accounts, set up; again if need be."""
    world = World()
    world.put("accounts", "organization", "o1", name="Zylker Books", currency="EUR")
    home = tmp_path / "home"

    @contextmanager
    def _opened() -> Iterator[Workspace]:
        host = load()
        bound = type("Bound", (FakeAccounts,), {"world": world})
        host.connectors[FakeAccounts.name] = ConnectorInfo(FakeAccounts.name, bound, "tests", "0")
        around = Surroundings(clock=FakeClock(), wait=lambda _seconds: None, host=host)
        fresh = not home.exists()
        if fresh:
            project.init(home, connectors=(NAME, FakeAccounts.name))
        with open_workspace(home, around) as ws:
            if fresh:
                set_up(ws, portal="N1")
            yield ws

    return _opened
