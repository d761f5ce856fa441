"""Faults, clock, zones, journal, snapshots, and the loopback socket."""

from pathlib import Path

import pytest
import requests
from connectors.zoho_projects_simulator.asking import HOST, Caller, caller
from tallystick.errors import ConfigError
from tallystick.simulator.server import SimulatorServer
from tallystick_zoho_projects import tallystick_simulator
from tallystick_zoho_projects.simulator import ProjectsSimulator
from tallystick_zoho_projects.simulator.switches import SWITCHES

README = Path(__file__).parents[3] / "plugins" / "zoho_projects" / "README.md"


def _count(asked: Caller) -> int:
    return len(asked.logs())


def test_a_log_exists_although_the_connection_was_dropped_after_it_was_made() -> None:
    asked = caller()
    asked.control("faults", {"kind": "drop_after", "path_pattern": "/log$", "method": "POST"})
    with pytest.raises(requests.ConnectionError):
        asked.add_log()
    assert _count(asked) == 129


@pytest.mark.parametrize("version", ["/api/v3/portals", "/restapi/portals/"])
def test_an_injected_500_speaks_the_language_of_the_version(version: str) -> None:
    asked = caller()
    asked.control("faults", {"kind": "error_after", "path_pattern": "/portals"})
    answer = asked.send("GET", version)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, 6500)


def test_a_log_exists_although_500_was_answered_after_it_was_made() -> None:
    asked = caller()
    asked.control("faults", {"kind": "error_after", "path_pattern": "/log$"})
    assert asked.add_log().status_code == 500
    assert _count(asked) == 129


def test_a_slow_answer_is_late_for_whoever_does_not_wait() -> None:
    asked = caller()
    asked.control("faults", {"kind": "slow", "path_pattern": "/users", "seconds": 30})
    with pytest.raises(requests.ReadTimeout):
        asked.send("GET", "users", timeout=5)


def test_an_injected_throttle_is_refused_as_a_passed_limit_is() -> None:
    asked = caller()
    asked.control("faults", {"kind": "throttle", "path_pattern": "/users"})
    answer = asked.send("GET", "users")
    assert answer.status_code == 400
    assert answer.json()["error"]["title"] == "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"
    assert asked.send("GET", "users").status_code == 200


def test_a_token_can_end_in_the_middle_of_a_run() -> None:
    asked = caller()
    asked.control("faults", {"kind": "expire_token", "path_pattern": "/users"})
    assert asked.send("GET", "users").status_code == 401
    asked.log_in()
    assert asked.send("GET", "users").status_code == 200


def test_the_zone_of_a_portal_is_set_and_moves_what_is_today() -> None:
    asked = caller()
    portal = asked.told["portal_id"]
    zone = {"portal_id": portal, "time_zone": "America/New_York"}
    assert asked.control("portals/zone", zone).status_code == 200
    shown = asked.get(f"/api/v3/portal/{portal}")
    assert shown["settings"]["time_zone"] == "America/New_York"
    assert shown["gmt_time_zone"] == "(GMT -4:00) America/New_York"
    bad = asked.control("portals/zone", {**zone, "time_zone": "Moon/Base"})
    assert bad.status_code == 400


def test_the_journal_has_each_call_and_what_it_made_and_no_secret() -> None:
    asked = caller()
    made = asked.add_log().json()["id"]
    journal = asked.session.get(f"{HOST}/__sim/journal").json()
    last = journal[-1]
    assert (last["method"], last["status"], last["effect_id"]) == ("POST", 201, made)
    assert "a note" in last["body"]
    assert "sim-secret" not in str(journal)


def test_a_snapshot_brings_every_change_back_and_a_reset_the_beginning() -> None:
    asked = caller()
    asked.add_log()
    asked.control("projects/transaction", {"project_id": asked.project()})
    kept = asked.session.get(f"{HOST}/__sim/snapshot").content
    before = asked.logs()
    asked.control("logs/delete", {"log_id": before[0]["id"]})
    asked.session.post(f"{HOST}/__sim/restore", data=kept)
    assert asked.logs() == before
    asked.control("reset", {})
    asked.log_in()
    assert _count(asked) == 128
    assert asked.simulator.records.changes.transactions == set()


def test_the_same_seed_and_requests_give_the_same_answers() -> None:
    def story() -> list[bytes]:
        asked = caller(seed=3)
        asked.simulator.clock.advance(5)
        answers = [asked.refresh(), asked.add_log(), asked.send("GET", "timelogs")]
        answers.append(asked.send("POST", "projects", json={"name": "Beacon"}))
        answers.append(asked.control("logs/delete", {"log_id": asked.logs()[3]["id"]}))
        lists = ("projects", "users", "clients", "tasks", "issues", "timelogs", "users/1")
        answers += [asked.send("GET", path) for path in lists]
        answers += [asked.classic(path) for path in ("projects/", "users/")]
        answers.append(asked.session.get(f"{HOST}/__sim/journal"))
        return [answer.content for answer in answers]

    assert story() == story()


def test_state_kept_in_a_file_outlives_the_process(tmp_path: Path) -> None:
    first = caller()
    first.simulator.keep_in(tmp_path / "state")
    made = first.add_log().json()
    second = caller()
    second.simulator.keep_in(tmp_path / "state")
    second.log_in()
    assert made in second.logs()


def test_a_private_read_tells_whether_a_log_exists_and_its_invoice() -> None:
    asked = caller()
    log = asked.logs()[0]["id"]
    asked.control("logs/invoiced", {"log_ids": [log], "invoice_id": "77"})
    told = asked.session.get(f"{HOST}/__sim/logs/{log}").json()
    assert told == {"exists": True, "invoice_id": "77"}
    assert asked.session.get(f"{HOST}/__sim/logs/1").status_code == 404


def test_a_user_is_made_inactive_by_private_command() -> None:
    asked = caller()
    jun = asked.simulator.world_facts()["users"]["Jun Ito"]
    asked.control("users/active", {"user_id": jun, "active": False})
    assert asked.get(f"users/{jun}")["is_active"] is False


def test_it_serves_on_a_socket_of_the_loopback_only() -> None:
    made = tallystick_simulator("zoho_projects", 7, "demo")
    assert made is not None
    with SimulatorServer(made.simulator) as server:
        told = made.describe(server.base_url)
        query = {n: told[n] for n in ("client_id", "client_secret", "refresh_token")}
        query["grant_type"] = "refresh_token"
        with requests.Session() as session:
            answer = session.post(f"{told['accounts_url']}/oauth/v2/token", params=query)
            token = answer.json()["access_token"]
            session.headers["Authorization"] = f"Bearer {token}"
            path = f"{told['base_url']}/api/v3/portal/{told['portal_id']}"
            logs = session.get(f"{path}/timelogs", params={"per_page": 200}).json()
            assert sum(len(b["log_details"]) for b in logs["time_logs"]) == 128
            project = session.get(f"{path}/projects").json()[0]["id"]
            empty = session.get(f"{path}/projects/{project}/milestones")
            assert (empty.status_code, empty.content) == (204, b"")
            assert session.get(f"{path}/users").status_code == 200
    with pytest.raises(ConfigError):
        SimulatorServer(made.simulator, host="0.0.0.0")  # noqa: S104 - what must be refused


def test_it_is_made_for_its_own_name_only_and_says_its_switches() -> None:
    assert tallystick_simulator("zoho_books", 1, "tiny") is None
    made = tallystick_simulator("zoho_projects", 1, "tiny")
    assert made is not None
    assert isinstance(made.simulator, ProjectsSimulator)
    told = made.describe("http://127.0.0.1:1")
    assert told["switches"].keys() == SWITCHES.keys()
    assert told["connector"] == "zoho_projects"


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_is_described_in_the_readme(name: str) -> None:
    told = README.read_text(encoding="utf-8")
    assert f"| `{name}` |" in told
    assert SWITCHES[name].meaning in told
