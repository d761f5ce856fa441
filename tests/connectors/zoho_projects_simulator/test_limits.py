"""The rolling limit of a path and the lock that follows it."""

from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import caller, message_of


def test_there_is_no_limit_unless_it_is_switched_on() -> None:
    asked = caller("tiny")
    assert {asked.send("GET", "users").status_code for _ in range(250)} == {200}


def test_the_call_beyond_a_hundred_in_two_minutes_is_refused_with_the_live_body() -> None:
    asked = caller("tiny", limit_per_window=100)
    assert {asked.send("GET", "users").status_code for _ in range(100)} == {200}
    answer = asked.send("GET", "users")
    assert answer.status_code == 400
    assert "Retry-After" not in answer.headers
    assert answer.json() == {
        "error": {
            "status_code": 400,
            "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
            "error_type": "OPERATIONAL_VALIDATION_ERROR",
            "details": {
                "message": "Cannot execute more than 100 requests per API in 2 minutes. "
                "Try again after 30 minutes."
            },
        }
    }


def test_the_window_rolls() -> None:
    asked = caller("tiny", limit_per_window=2)
    for _ in range(10):
        assert asked.send("GET", "users").status_code == 200
        asked.simulator.clock.advance(60)


def test_the_minutes_count_down_and_more_calls_do_not_make_the_lock_longer() -> None:
    asked = caller("tiny", limit_per_window=1)
    asked.send("GET", "users")
    asked.send("GET", "users")
    asked.simulator.clock.advance(8 * 60)
    assert message_of(asked.send("GET", "users")).endswith("after 22 minutes.")
    asked.simulator.clock.advance(22 * 60 - 1)
    assert message_of(asked.send("GET", "users")).endswith("after 1 minutes.")
    asked.simulator.clock.advance(1)
    assert asked.send("GET", "users").status_code == 200


def test_each_path_has_a_limit_of_its_own_whatever_the_ids_in_it() -> None:
    asked = caller(limit_per_window=2)
    projects = [p["id"] for p in asked.get("projects")]
    statuses = [asked.send("GET", f"projects/{p}/tasks").status_code for p in projects[:3]]
    assert statuses == [200, 200, 400]
    assert asked.send("GET", f"projects/{projects[0]}/issues").status_code == 200
    assert asked.send("GET", "tasks").status_code == 200


@pytest.mark.parametrize("status", [200, 400, 429])
@pytest.mark.parametrize("path", ["/api/v3/portals", "/restapi/portals/"])
def test_the_status_of_a_passed_limit_is_a_switch(path: str, status: int) -> None:
    asked = caller("tiny", limit_per_window=1, throttle_status=status, send_retry_after=True)
    asked.send("GET", path)
    answer = asked.send("GET", path)
    assert answer.status_code == status
    assert answer.json()["error"]["title"] == "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"
    assert answer.headers["Retry-After"] == "1800"


def test_every_number_of_the_limit_can_be_made_small() -> None:
    asked = caller("tiny", limit_per_window=1, window_seconds=1, lock_minutes=0.1)
    asked.send("GET", "users")
    assert asked.send("GET", "users").status_code == 400
    asked.simulator.clock.advance(6)
    assert asked.send("GET", "users").status_code == 200


def test_a_refused_call_changes_nothing() -> None:
    asked = caller(limit_per_window=1)
    assert asked.add_log().status_code == 201
    task = asked.simulator.records.ids["task"]["atlas-t1"]
    body: dict[str, Any] = {"date": "2026-07-10", "hours": "1:00", "bill_status": "Billable"}
    body = {**body, "module": {"type": "task", "id": task}}
    again = asked.send("POST", f"projects/{asked.project()}/log", json=body)
    assert again.status_code == 400
    assert len(asked.logs(per_page=200)) == 129
