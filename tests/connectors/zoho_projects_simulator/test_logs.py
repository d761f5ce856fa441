"""Reading time logs in v3."""

import json
from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import caller
from tallystick.simulator.world import generate


def test_logs_of_all_three_kinds_come_in_buckets_of_one_date_each() -> None:
    asked = caller()
    body = asked.get("timelogs", per_page=200)
    days = [bucket["date"] for bucket in body["time_logs"]]
    assert days == sorted(set(days))
    for bucket in body["time_logs"]:
        assert list(bucket) == ["date", "log_details"]
        assert {log["date"] for log in bucket["log_details"]} == {bucket["date"]}
    kinds = {g["module_detail"]["type"] for b in body["time_logs"] for g in b["log_details"]}
    assert kinds == {"task", "issue", "general"}


def test_minutes_billing_and_approval_are_those_of_the_world() -> None:
    logs, world = caller().logs(), generate(7, "demo")
    assert sum(_minutes(log["total_hours"]) for log in logs) == sum(w.minutes for w in world.logs)
    billable = sum(log["billing_status"] == "Billable" for log in logs)
    assert billable == sum(w.billable for w in world.logs)
    said = [log["approval"]["status"] for log in logs]
    assert said.count("Unapproved") == sum(w.approval == "Pending" for w in world.logs) > 0
    assert set(said) == {"Approved", "Unapproved", "Rejected"}


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def test_a_log_nobody_judged_is_pending_by_switch() -> None:
    said = {log["approval"]["status"] for log in caller(pending_word="Pending").logs()}
    assert said == {"Approved", "Pending", "Rejected"}


@pytest.mark.parametrize("kind", ["task", "issue", "general"])
def test_module_leaves_one_kind_of_logs(kind: str) -> None:
    asked = caller()
    found = asked.logs(module=json.dumps({"type": kind}))
    assert {log["module_detail"]["type"] for log in found} == {kind}
    assert len(found) == sum(log["module_detail"]["type"] == kind for log in asked.logs())


def test_module_with_an_id_leaves_the_logs_of_one_task() -> None:
    asked = caller()
    task = next(log for log in asked.logs() if log["module_detail"]["type"] == "task")
    wanted = task["module_detail"]["id"]
    found = asked.logs(module=json.dumps({"type": "task", "id": wanted}))
    assert {log["module_detail"]["id"] for log in found} == {wanted}


@pytest.mark.parametrize(
    ("params", "first", "last"),
    [
        ({"view_type": "day", "start_date": "2026-07-01"}, "2026-07-01", "2026-07-01"),
        ({"view_type": "week", "start_date": "2026-07-08"}, "2026-07-06", "2026-07-12"),
        ({"view_type": "month", "start_date": "2026-06-10"}, "2026-06-01", "2026-06-30"),
        (
            {"view_type": "customdate", "start_date": "2026-06-29", "end_date": "2026-07-02"},
            "2026-06-29",
            "2026-07-02",
        ),
    ],
)
def test_a_period_leaves_exactly_the_logs_of_its_days(
    params: dict[str, str], first: str, last: str
) -> None:
    """R-044."""
    asked = caller()
    wanted = [log["id"] for log in asked.logs() if first <= log["date"] <= last]
    assert wanted
    assert [log["id"] for log in asked.logs(**params)] == wanted


def test_a_week_starts_on_sunday_by_switch() -> None:
    asked = caller(week_starts="sunday")
    days = {log["date"] for log in asked.logs(view_type="week", start_date="2026-07-08")}
    assert min(days) >= "2026-07-05"
    assert max(days) <= "2026-07-11"


def test_without_a_date_a_view_is_about_today_in_the_zone_of_the_portal() -> None:
    asked = caller()
    made = asked.add_log(date="2026-07-15").json()["id"]
    assert [log["id"] for log in asked.logs(view_type="day")] == [made]
    asked.simulator.clock.advance(10 * 3600)  # 19:00 UTC is the next day in Kolkata
    asked.log_in()
    assert [log["id"] for log in asked.logs(view_type="day")] == []


@pytest.mark.parametrize(
    "params",
    [
        {"view_type": "year"},
        {"view_type": "customdate"},
        {"view_type": "customdate", "start_date": "2026-07-02", "end_date": "2026-07-01"},
        {"view_type": "day", "start_date": "07-01-2026"},
        {"start_date": "2026-02-30"},
        {"module": "task"},
        {"module": '{"type":"bugs"}'},
        {"module": '{"type":"task","id":"1"}'},
        {"fetch_by_modified_time": "yes"},
        {"filter": '{"unknown":"1"}'},
        {"filter": '{"project":"1"}'},
        {"filter": '{"approvaltype":"maybe"}'},
        {"filter": '{"billtype":"maybe"}'},
    ],
)
def test_parameters_that_mean_nothing_are_refused(params: dict[str, str]) -> None:
    answer = caller().send("GET", "timelogs", params=params)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {6831, 6832}


@pytest.mark.parametrize("name", ["view_type_required", "module_required"])
def test_a_parameter_is_required_by_switch(name: str) -> None:
    asked = caller(**{name: True})
    answer = asked.send("GET", "timelogs")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 6831)


@pytest.mark.parametrize(
    ("wanted", "field", "value"),
    [
        ({"billtype": "Non Billable"}, "billing_status", "Non Billable"),
        ({"approvaltype": "Rejected"}, "approval", "Rejected"),
        ({"content": "WORKSHOP"}, "notes", "Workshop"),
    ],
)
def test_a_filter_leaves_the_logs_that_fit(wanted: Any, field: str, value: str) -> None:
    asked = caller()

    def fits(log: dict[str, Any]) -> bool:
        said = log[field]["status"] if field == "approval" else log[field]
        return bool(said == value)

    found = asked.logs(filter=json.dumps({**wanted, "tsheetperiod": "-"}))
    assert [log["id"] for log in found] == [log["id"] for log in asked.logs() if fits(log)] != []


def test_a_filter_by_project_person_and_company_leaves_their_logs() -> None:
    asked = caller()
    facts = asked.simulator.world_facts()
    everything = asked.logs()
    harbor, jun = asked.project("Harbor portal"), facts["users"]["Jun Ito"]
    by_project = asked.logs(filter=json.dumps({"project": [harbor]}))
    assert len(by_project) == sum(log["project"]["id"] == harbor for log in everything)
    by_person = asked.logs(filter=json.dumps({"assignee": [jun]}))
    assert len(by_person) == sum(log["owner"]["zpuid"] == jun for log in everything)
    company = facts["clients"]["Nordlicht GmbH"]
    assert asked.logs(filter=json.dumps({"clientcompany": company})) == by_project


def test_fetch_by_modified_time_finds_an_old_log_by_the_day_of_its_change() -> None:
    asked = caller()
    old = asked.logs()[0]
    asked.control("logs/change", {"log_id": old["id"], "minutes": 30})
    period = {"view_type": "customdate", "start_date": "2026-07-15", "end_date": "2026-07-15"}
    assert asked.logs(**period) == []
    found = asked.logs(**period, fetch_by_modified_time="true")
    assert [(log["id"], log["log_hour"]) for log in found] == [(old["id"], "00:30")]
    day = {"view_type": "day", "start_date": old["date"]}
    still = [log["id"] for log in asked.logs(**day, fetch_by_modified_time="true")]
    assert old["id"] not in still


def test_the_key_of_the_list_and_of_the_date_and_the_form_of_hours_are_switches() -> None:
    asked = caller(log_key="timelogs", log_date_key="log_date", minutes_as_number=True)
    log = asked.get("timelogs")["timelogs"][0]["log_details"][0]
    assert "date" not in log
    assert log["log_date"].startswith("2026-")
    assert isinstance(log["log_hour"], int)


def test_a_log_is_read_by_id_under_its_own_kind_and_project_only() -> None:
    asked = caller()
    log = asked.logs(f"projects/{asked.project()}/timelogs")[0]
    kind = log["module_detail"]["type"]
    path = f"projects/{asked.project()}/logs/{log['id']}"
    assert asked.get(path, type=kind) == log
    assert asked.send("GET", path, params={"type": "general"}).status_code == 404
    assert asked.send("GET", path, params={"type": "?"}).status_code == 400
    elsewhere = path.replace(asked.project(), asked.project("Loyalty app"))
    assert asked.send("GET", elsewhere).status_code == 404
    asked.simulator.switch(log_type_required=True)
    assert asked.send("GET", path).status_code == 400


def test_times_are_in_utc_or_in_the_zone_of_the_portal_by_switch() -> None:
    asked = caller()
    assert asked.logs()[0]["created_time"].endswith("T12:30:00.000Z")
    asked.simulator.switch(iso_zone="portal")
    assert asked.logs()[0]["created_time"].endswith("T18:00:00.000+05:30")
