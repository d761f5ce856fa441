"""What is not documented for sure can be had both ways, and a reader is told: point 25."""

from pathlib import Path

import pytest
from connectors.zoho_projects_simulator.asking import Caller
from tallystick_zoho_projects.simulator.switches import SWITCHES


def test_every_switch_is_set_by_a_test() -> None:
    tests = "".join(p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_*.py"))
    untouched = [n for n in SWITCHES if f"{n}=" not in tests and f'"{n}"' not in tests]
    assert untouched == []


def test_the_active_switches_can_be_read(asked: Caller) -> None:
    asked.switch(log_key="timelogs")
    shown = asked.session.get("http://projects.test/__sim/switches").json()
    assert shown == {n: s.default for n, s in SWITCHES.items()} | {"log_key": "timelogs"}


@pytest.mark.parametrize("body", [{"odd": 1}, {"log_key": "timelogs", "odd": 1}])
def test_a_switch_that_does_not_exist_is_refused_in_words(
    asked: Caller, body: dict[str, object]
) -> None:
    answer = asked.control("switches", body)
    assert answer.status_code == 400
    assert "odd" in answer.json()["error"]


def test_a_log_of_no_minutes_is_refused_by_switch(asked: Caller) -> None:
    assert asked.add_log(hours="00:00").status_code == 201
    asked.switch(refuse_zero_hours=True)
    assert asked.add_log(hours="00:00").status_code == 400


def test_the_longest_log_is_a_switch(asked: Caller) -> None:
    assert asked.add_log(hours="24:00").status_code == 201
    assert asked.add_log(hours="24:01").status_code == 400
    asked.switch(hours_max=0)
    assert asked.add_log(hours="30:15").json()["log_hour"] == "30:15"


def test_a_throttled_answer_says_when_to_come_back_by_switch(asked: Caller) -> None:
    asked.switch(limit_per_window=1, window_seconds=60, lock_minutes=2)
    asked.get("users")
    assert "Retry-After" not in asked.send("GET", "users").headers
    asked.switch(send_retry_after=True)
    assert asked.send("GET", "users").headers["Retry-After"] == "120"


def test_one_log_is_read_with_its_kind_only_by_switch(asked: Caller) -> None:
    log = asked.add_log().json()
    path = f"projects/{log['project']['id']}/logs/{log['id']}"
    assert asked.get(path)
    asked.switch(log_type_required=True)
    assert asked.refused("GET", path) == (400, 6831)
    assert asked.get(path, type="task")
