"""Time logs: three kinds, dates, changes, and single ones read afresh."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from connectors.zoho_projects.answers import (
    EMPTY,
    LOG,
    NOT_FOUND,
    PORTALS,
    Answer,
    Route,
    connect,
    days,
    ids,
    kind_of,
    pages,
)
from tallystick.errors import Rejected
from tallystick.model.record import Cursor

LOG_PATH = f"/projects/4/logs/{LOG['id']}"


@pytest.mark.parametrize("key", ["time_logs", "timelogs"])
def test_all_three_kinds_of_time_are_read(key: str) -> None:
    def logs(query: Mapping[str, str]) -> Answer:
        kind = kind_of(query)
        detail = {"type": kind, "id": "5"}
        return days({**LOG, "id": f"{kind}-1", "module_detail": detail}, key=key)

    found = pages(connect({"/timelogs": logs})[0], "time_entry")
    rows = {row["external_id"]: row["kind"] for page in found for row in page.rows}
    assert rows == {"task-1": "task", "issue-1": "bug", "general-1": "general"}


def test_a_log_without_a_date_has_that_of_its_day() -> None:
    body = {"time_logs": [{"date": "2026-07-02", "log_details": [{**LOG, "date": None}]}]}
    page = connect({"/timelogs": (200, body)})[0].read("time_entry", Cursor())
    assert str(page.rows[0]["work_date"]) == "2026-07-02"


def test_time_is_paged_by_its_logs_not_by_its_days() -> None:
    def logs(query: Mapping[str, str]) -> Answer:
        if kind_of(query) != "task":
            return EMPTY
        start = (int(query["page"]) - 1) * 200
        part = [{**LOG, "id": str(n)} for n in range(start, min(start + 200, 250))]
        return 200, {"time_logs": [{"date": "2026-07-02", "log_details": part}]}

    assert len(ids(pages(connect({"/timelogs": logs})[0], "time_entry"))) == 250


def test_a_range_of_dates_is_walked_without_gap_or_overlap() -> None:
    asked: list[tuple[str, str, str]] = []

    def logs(query: Mapping[str, str]) -> Answer:
        asked.append((kind_of(query), query["start_date"], query["end_date"]))
        return EMPTY

    connector, _ = connect({"/timelogs": logs}, first_day="2026-01-01", window_days=300)
    pages(connector, "time_entry")
    spans = [("2026-01-01", "2026-10-27"), ("2026-10-28", "2027-03-03")]
    assert asked == [(k, *s) for k in ("task", "issue", "general") for s in spans]


def test_a_later_run_asks_for_what_changed() -> None:
    connector, w = connect({"/timelogs": EMPTY})
    connector.read("time_entry", Cursor(since=datetime(2026, 2, 28, 23, tzinfo=UTC)))
    query = w.service.sent[-1].query
    wanted = ("true", "customdate", "2026-02-27", "2026-03-03")
    names = ("fetch_by_modified_time", "view_type", "start_date", "end_date")
    assert tuple(query[n] for n in names) == wanted


def test_an_instant_is_dated_in_the_portals_own_zone() -> None:
    """R-114, V-TZ-02."""
    log = {**LOG, "date": None, "start_time": "2026-03-31T18:30:00Z"}
    routes = {"/timelogs": (200, {"time_logs": [log]}), "/api/v3/portals": (200, PORTALS)}
    page = connect(routes)[0].read("time_entry", Cursor())
    assert str(page.rows[0]["work_date"]) == "2026-04-01"


def test_an_instant_is_set_aside_when_no_zone_is_known() -> None:
    log = {**LOG, "date": None, "start_time": "2026-03-31T18:30:00Z"}
    portals = [{"id": "58572595", "name": "zylker", "role": "owner"}]
    routes = {"/timelogs": (200, {"time_logs": [log]}), "/api/v3/portals": (200, portals)}
    page = connect(routes)[0].read("time_entry", Cursor())
    assert (page.rows, len(page.malformed)) == ([], 1)


def test_a_fresh_log_is_found_whatever_its_kind() -> None:
    detail = {"type": "general"}
    routes: dict[str, Route] = {
        LOG_PATH: lambda q: (
            (200, {**LOG, "module_detail": detail}) if q["type"] == "general" else NOT_FOUND
        )
    }
    found = connect(routes)[0].fetch("time_entry", [LOG["id"]], parent="4")
    assert found[LOG["id"]]["kind"] == "general"


@pytest.mark.parametrize("key", ["log", "time_logs", "timelog", None])
def test_a_fresh_log_is_read_bare_or_under_a_key(key: str | None) -> None:
    body: Any = LOG if key is None else {key: [LOG] if key == "time_logs" else LOG}
    found = connect({LOG_PATH: (200, body)})[0].fetch("time_entry", [LOG["id"]], parent="4")
    assert found[LOG["id"]]["minutes"] == 90


def test_a_log_that_no_kind_has_is_gone() -> None:
    assert connect({LOG_PATH: NOT_FOUND})[0].fetch("time_entry", [LOG["id"]], parent="4") == {}


def test_a_log_is_not_gone_because_it_was_refused() -> None:
    routes = {LOG_PATH: (400, {"error": {"code": 6832, "message": "Wrong value"}})}
    with pytest.raises(Rejected):
        connect(routes)[0].fetch("time_entry", [LOG["id"]], parent="4")


def test_many_fresh_logs_come_by_the_list_of_their_project() -> None:
    logs = [{**LOG, "id": str(n)} for n in range(10)]
    routes = {"/projects/4/timelogs": lambda q: days(*logs) if kind_of(q) == "task" else EMPTY}
    connector, w = connect(routes)
    found = connector.fetch("time_entry", [str(n) for n in range(5)], parent="4")
    assert (sorted(found), len(w.service.sent)) == (["0", "1", "2", "3", "4"], 1)


def test_a_fresh_task_is_asked_for_under_its_project() -> None:
    routes = {"/projects/4/tasks/5": (200, {"tasks": [{"id": "5", "name": "T"}]})}
    connector, _ = connect({**routes, "/projects/4/tasks/6": NOT_FOUND})
    assert list(connector.fetch("task", ["5", "6"], parent="4")) == ["5"]
