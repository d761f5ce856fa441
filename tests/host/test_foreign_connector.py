"""A connector of its own distribution, outside this repository, works like a shipped one."""

import sys
from pathlib import Path

import pytest
from host.foreign import NAME
from support.fake_connectors import FakeAccounts
from support.fakes import World
from support.projects import set_up
from tallystick.app import connectors, project, sync
from tallystick.app.workspace import Surroundings, open_workspace
from tallystick.errors import PluginError
from tallystick.host import load
from tallystick.host.loading import ConnectorInfo
from tallystick.testing.clock import FakeClock


@pytest.mark.usefixtures("installed")
def test_a_foreign_connector_is_found_with_its_distribution_and_version() -> None:
    host = load()
    found = host.connector(NAME)
    assert (found.distribution, found.version) == ("acme-tickbird_plugin", "3.1.4")
    assert host.problems == []
    assert {"zoho_books", "zoho_projects"} <= set(host.connectors)


@pytest.mark.usefixtures("installed")
def test_a_foreign_connector_takes_part_in_a_sync_with_the_shipped_rules(tmp_path: Path) -> None:
    host = load()
    world = World()
    world.put("accounts", "organization", "o1", name="Zylker Books", currency="EUR")
    bound = type("Bound", (FakeAccounts,), {"world": world})
    host.connectors[FakeAccounts.name] = ConnectorInfo(FakeAccounts.name, bound, "tests", "0")
    home = tmp_path / "home"
    project.init(home, connectors=(NAME, FakeAccounts.name))
    around = Surroundings(clock=FakeClock(), wait=lambda _seconds: None, host=host)
    with open_workspace(home, around) as ws:
        set_up(ws, portal="N1")
        done = sync.run(ws, approve=lambda _plan: True)
        assert (done.failed, done.parked, done.held) == (0, 0, 0), done.messages
    entry = next(iter(world.accounts["time_entry"].values()))
    assert (entry["minutes"], entry["billable"]) == (45, True)
    assert [r["name"] for r in world.accounts["project"].values()] == ["Atlas rollout"]
    heard = sys.modules["tickbird_plugin"].HEARD
    assert "run.finished" in heard


def test_a_connector_that_is_configured_but_not_installed_says_how_to_install_it(
    tmp_path: Path,
) -> None:
    """PLG-02."""
    project.init(tmp_path, connectors=(NAME, "zoho_books"))
    with pytest.raises(PluginError) as missing:
        load().connector(NAME)
    assert missing.value.code == "PLG-02"
    assert "uv pip install tallystick-tickbird" in missing.value.fix
    listed = {v.name: v for v in connectors.listing(tmp_path)}
    assert "PLG-02" in listed[NAME].problems[0]
    assert listed["zoho_books"].problems == ()
