"""The connector and the local Zoho Projects, written apart, agree over HTTP."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from tallystick.errors import Throttled
from tallystick.model.connection import Credential
from tallystick.model.record import Cursor, Row
from tallystick.simulator.adapter import SimulatorAdapter
from tallystick.simulator.world import generate
from tallystick.toolbox import Session
from tallystick_zoho_projects.connector import ZohoProjects
from tallystick_zoho_projects.simulator import ProjectsSimulator, describe
from toolbox.fakes import world

_HOST = "http://127.0.0.1:9"
_SETTINGS = ("accounts_url", "base_url", "portal_id")
_SECRETS = ("client_id", "client_secret", "refresh_token")


def connected(**switches: Any) -> ZohoProjects:
    simulator = ProjectsSimulator(generate(7, "demo"), 7)
    simulator.switches.update(switches)
    told = describe(simulator, _HOST)
    ports = replace(world().ports, transport=lambda _: SimulatorAdapter(simulator))
    credential = Credential("oauth", {n: told[n] for n in _SECRETS})
    settings = {**{n: told[n] for n in _SETTINGS}, "requests_per_window": 0}
    return ZohoProjects(Session(credential, ports, connection_id="projects"), settings)


def everything(connector: ZohoProjects) -> dict[str, dict[str, Row]]:
    seen: dict[str, dict[str, Row]] = {}
    for type, spec in connector.reads.items():
        seen[type] = {}
        for parent in [None] if spec.per is None else list(seen[spec.per]):
            cursor: Cursor | None = Cursor("", parent)
            while cursor is not None:
                page = connector.read(type, cursor)
                assert page.malformed == ()
                seen[type].update({r["external_id"]: r for r in page.rows})
                cursor = page.next
    return seen


@cache
def plain() -> dict[str, dict[str, Row]]:
    return everything(connected())


def test_every_type_is_read_with_no_reference_into_nothing() -> None:
    seen = plain()
    made = generate(7, "demo")
    assert len(seen["time_entry"]) == len(made.logs)
    assert len(seen["task"]) == len(made.tasks)
    assert len(seen["bug"]) == len(made.bugs)
    for entry in seen["time_entry"].values():
        assert entry["user_id"] in seen["user"]
        assert entry["project_id"] in seen["project"]
        assert entry["kind"] != "task" or entry["task_id"] in seen["task"]
        assert entry["kind"] != "bug" or entry["bug_id"] in seen["bug"]
    minutes = sum(entry["minutes"] for entry in seen["time_entry"].values())
    assert minutes == sum(log.minutes for log in made.logs)


@pytest.mark.parametrize(
    "switch",
    [
        {"more_flag": "has_more_page"},
        {"more_flag": "none"},
        {"empty_list_status": 200},
        {"wrap_lists": True},
        {"log_key": "timelogs"},
        {"minutes_as_number": True},
    ],
    ids=lambda s: next(iter(s)),
)
def test_no_undocumented_choice_of_the_service_changes_what_is_read(switch: dict[str, Any]) -> None:
    assert everything(connected(**switch)) == plain()


@pytest.mark.parametrize("status", [200, 400, 429])
def test_a_passed_limit_is_a_throttle_under_every_status(status: int) -> None:
    """R-042, NET-04."""
    connector = connected(throttle_status=status, limit_per_window=2)
    with pytest.raises(Throttled) as raised:
        everything(connector)
    assert raised.value.code == "NET-04"


def test_a_log_read_afresh_is_the_log_that_was_listed() -> None:
    connector = connected()
    entries = plain()["time_entry"]
    project = next(iter(entries.values()))["project_id"]
    ids = [i for i, entry in entries.items() if entry["project_id"] == project]
    for chosen in (ids[:2], ids):
        found = connector.fetch("time_entry", [*chosen, "999"], parent=project)
        assert found == {i: entries[i] for i in chosen}
