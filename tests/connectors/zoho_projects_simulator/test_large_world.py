"""The computed world: a million logs, of which a page computes its own only."""

import itertools
from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import Caller, caller
from tallystick.simulator.world_large import LargeLogs
from tallystick.simulator.world_parts import Log

MILLION = 1_000_000


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Positions of the logs that were computed."""
    seen: list[int] = []
    real = LargeLogs._log

    def watched(self: LargeLogs, i: int) -> Log:
        seen.append(i)
        return real(self, i)

    monkeypatch.setattr(LargeLogs, "_log", watched)
    return seen


def _page(asked: Caller, path: str = "timelogs", **params: Any) -> list[dict[str, Any]]:
    body = asked.get(path, per_page=200, **params)
    return [log for bucket in body["time_logs"] for log in bucket["log_details"]]


def test_the_last_page_of_a_million_logs_computes_few_of_them(computed: list[int]) -> None:
    asked = caller(MILLION)
    assert len(_page(asked, page=5000)) == 200
    assert asked.send("GET", "timelogs", params={"page": 5001, "per_page": 200}).status_code == 204
    assert len(set(computed)) <= 400


def test_the_logs_of_a_project_and_a_period_compute_few_of_a_million(computed: list[int]) -> None:
    asked = caller(MILLION)
    project = asked.project("Project 07")
    rows = _page(asked, f"projects/{project}/timelogs", page=125)
    assert len(rows) == 200
    assert {log["project"]["id"] for log in rows} == {project}
    days = _page(asked, view_type="day", start_date="2026-01-10", page=3)
    assert {log["date"] for log in days} == {"2026-01-10"}
    assert len(set(computed)) <= 800


def test_a_change_among_a_million_logs_still_computes_few(computed: list[int]) -> None:
    asked = caller(MILLION)
    first = _page(asked)[0]
    asked.control("logs/delete", {"log_id": first["id"]})
    asked.control("logs/change", {"log_id": _page(asked)[0]["id"], "work_date": "2026-07-15"})
    computed.clear()
    last = _page(asked, page=5000)
    assert (len(last), last[-1]["date"]) == (199, "2026-07-15")
    assert len(set(computed)) <= 500


def test_a_filter_searches_once_and_its_next_page_does_not(computed: list[int]) -> None:
    asked = caller(5_000)
    wanted = '{"approvaltype":"Unapproved"}'
    first = _page(asked, filter=wanted)
    assert {log["approval"]["status"] for log in first} == {"Unapproved"}
    computed.clear()
    assert _page(asked, filter=wanted, page=2)
    assert len(set(computed)) <= 200


def test_pages_of_a_computed_world_have_each_log_once_after_every_kind_of_change() -> None:
    asked = caller(2_003)
    logs = asked.logs(per_page=200)
    ids = {log["id"] for log in logs}
    assert len(logs) == len(ids) == 2_003
    for log in logs[::97]:
        asked.control("logs/delete", {"log_id": log["id"]})
    for log, day in zip(logs[5::131], itertools.cycle(("2025-07-16", "2026-03-03")), strict=False):
        if log not in logs[::97]:
            asked.control("logs/change", {"log_id": log["id"], "work_date": day})
    task = logs[0]["module_detail"]["id"]
    body: dict[str, Any] = {"date": "2026-03-03", "hours": "1:00", "bill_status": "Billable"}
    body = {**body, "module": {"type": "task", "id": task}}
    body["project_id"] = logs[0]["project"]["id"]
    made = {asked.control("logs/add", body).json()["id"] for _ in range(5)}
    gone = {log["id"] for log in logs[::97]}
    for size in (200, 37):
        after = asked.logs(per_page=size)
        assert [log["date"] for log in after] == sorted(log["date"] for log in after)
        assert len(after) == len({log["id"] for log in after})
        assert {log["id"] for log in after} == (ids - gone) | made
    one = asked.project("Project 03")
    part = asked.logs(f"projects/{one}/timelogs", per_page=37)
    assert [log["id"] for log in part] == [
        log["id"] for log in after if log["project"]["id"] == one
    ]
    period = {"view_type": "customdate", "start_date": "2026-03-01", "end_date": "2026-03-31"}
    assert [log["id"] for log in asked.logs(**period)] == [
        log["id"] for log in after if log["date"].startswith("2026-03")
    ]


def test_a_snapshot_of_a_million_logs_is_small() -> None:
    asked = caller(MILLION)
    asked.control("logs/delete", {"log_id": _page(asked)[0]["id"]})
    assert len(asked.simulator.snapshot()) < 10_000
