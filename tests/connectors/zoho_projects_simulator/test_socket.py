"""The same service on a socket of the loopback: points 1, 21, 22 and 24."""

import threading
from collections.abc import Iterator

import pytest
import requests
from connectors.zoho_projects_simulator.asking import Json, caller
from tallystick.simulator.server import SimulatorServer
from tallystick.simulator.world import generate
from tallystick_zoho_projects.simulator import ProjectsSimulator, describe


@pytest.fixture
def served() -> Iterator[tuple[requests.Session, Json]]:
    """A session with a token, and what the service announced."""
    simulator = ProjectsSimulator(generate(1, "demo"), 1)
    with SimulatorServer(simulator) as server, requests.Session() as session:
        told = dict(describe(simulator, server.base_url))
        query = {n: told[n] for n in ("client_id", "client_secret", "refresh_token")}
        query["grant_type"] = "refresh_token"
        answer = session.post(f"{told['accounts_url']}/oauth/v2/token/", data=query)
        session.headers["Authorization"] = f"Zoho-oauthtoken {answer.json()['access_token']}"
        yield session, told


def _logging(session: requests.Session, told: Json) -> tuple[str, Json]:
    """Where a log is made, and the body for it."""
    root = f"{told['base_url']}/api/v3/portal/{told['portal_id']}"
    project = session.get(f"{root}/projects").json()[0]["id"]
    task = session.get(f"{root}/projects/{project}/tasks").json()["tasks"][0]["id"]
    body = {"date": "2026-07-03", "hours": "01:00", "bill_status": "Billable"}
    return f"{root}/projects/{project}/log", {**body, "module": {"type": "task", "id": task}}


def _count(session: requests.Session, told: Json) -> int:
    url = f"{told['base_url']}/api/v3/portal/{told['portal_id']}/timelogs"
    rows = session.get(url, params={"per_page": 200}).json()["time_logs"]
    return sum(len(bucket["log_details"]) for bucket in rows)


def test_a_connection_is_dropped_after_the_effect(
    served: tuple[requests.Session, Json],
) -> None:
    session, told = served
    url, body = _logging(session, told)
    fault = {"kind": "drop_after", "method": "POST", "path_pattern": "/log$"}
    session.post(f"{told['base_url']}/__sim/faults", json=fault)
    with pytest.raises(requests.exceptions.ConnectionError):
        session.post(url, json=body)
    assert _count(session, told) == 129


def test_a_connection_stays_usable_after_empty_and_refused_answers(
    served: tuple[requests.Session, Json],
) -> None:
    session, told = served
    root = f"{told['base_url']}/api/v3/portal/{told['portal_id']}"
    empty = session.get(f"{root}/projects?status=template")
    assert (empty.status_code, empty.content) == (204, b"")
    assert session.get(f"{root}/nowhere", data="null").status_code == 404
    assert _count(session, told) == 128


def test_simultaneous_requests_make_logs_of_different_ids(
    served: tuple[requests.Session, Json],
) -> None:
    session, told = served
    url, body = _logging(session, told)
    headers = {"Authorization": str(session.headers["Authorization"])}
    made: list[str] = []

    def call() -> None:
        made.append(requests.post(url, json=body, headers=headers, timeout=10).json()["id"])

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(set(made)) == 8
    assert _count(session, told) == 136


def test_private_control_needs_no_credential_and_is_not_in_the_journal() -> None:
    asked = caller()
    del asked.session.headers["Authorization"]
    assert asked.control("clock", {"advance": 1}).status_code == 200
    journal = asked.session.get("http://projects.test/__sim/journal").json()
    assert [entry["path"] for entry in journal] == ["/oauth/v2/token"]
    assert asked.refused("GET", "users") == (401, 6401)
