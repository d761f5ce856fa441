"""The part of v1 that is served."""

from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import Caller, caller

LOGS = {
    "users_list": "all",
    "view_type": "month",
    "date": "07-01-2026",
    "bill_status": "All",
    "component_type": "task",
}


def _logs(asked: Caller, **changes: Any) -> Any:
    path = f"projects/{asked.project()}/logs/"
    return asked.classic(path, **{k: v for k, v in {**LOGS, **changes}.items() if v is not None})


def test_portals_are_keyed_beside_the_login_with_number_and_text_ids() -> None:
    body = caller().send("GET", "/restapi/portals/").json()
    assert list(body) == ["login_id", "portals"]
    for portal in body["portals"]:
        assert isinstance(portal["id"], int)
        assert portal["id_string"] == str(portal["id"])


def test_projects_have_every_field_and_dates_of_v1() -> None:
    rows = caller().classic("projects/").json()["projects"]
    fields = (
        "id id_string name description status owner_id owner_name role start_date end_date "
        "created_date created_date_long created_date_format updated_date_long "
        "last_updated_time_long task_count bug_count milestone_count project_percent is_strict "
        "is_public taskbug_prefix IS_BUG_ENABLED budget_value group_id group_name link"
    )
    for row in rows:
        assert not set(fields.split()) - row.keys()
        assert row["id_string"] == str(row["id"])
        assert row["start_date"] == "05-04-2026"
        assert set(row["link"]) == {"self", "task", "bug", "timesheet", "user"}


def test_a_project_by_id_is_a_list_of_one() -> None:
    asked = caller()
    body = asked.classic(f"projects/{asked.project()}/").json()
    assert [p["name"] for p in body["projects"]] == ["Atlas rollout"]


def test_lists_are_cut_by_index_and_range_and_end_with_204() -> None:
    asked = caller()
    seen = []
    for index in (1, 3, 5):
        seen += asked.classic("projects/", index=index, range=2).json()["projects"]
    assert len({p["id_string"] for p in seen}) == 6
    end = asked.classic("projects/", index=7, range=2)
    assert (end.status_code, end.content) == (204, b"")


def test_a_range_has_at_most_two_hundred_rows_and_a_hundred_by_default() -> None:
    asked = caller("medium")
    project = asked.project("Project 01")
    for size, most in ((None, 100), (500, 200)):
        path = f"projects/{project}/logs/"
        params = {**LOGS, "date": "06-01-2026", **({"range": size} if size else {})}
        body = asked.classic(path, **params).json()
        assert sum(len(b["tasklogs"]) for b in body["timelogs"]["date"]) <= most


@pytest.mark.parametrize("params", [{"index": "0"}, {"range": "x"}, {"sort_order": "up"}])
def test_a_position_that_is_no_number_is_refused(params: dict[str, str]) -> None:
    answer = caller().classic("projects/", **params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 6832)


def test_projects_changed_since_an_instant_are_selected() -> None:
    asked = caller()
    since = int(asked.simulator.clock.now().timestamp() * 1000)
    assert asked.classic("projects/", last_modified_time=since).status_code == 204
    asked.control("projects/status", {"project_id": asked.project(), "status": "archived"})
    changed = asked.classic("projects/", last_modified_time=since, status="all").json()
    assert [p["name"] for p in changed["projects"]] == ["Atlas rollout"]


def test_users_have_two_ids_and_both_kinds_of_state() -> None:
    asked = caller()
    classic = {u["zpuid"]: u for u in asked.classic("users/").json()["users"]}
    for user in asked.get("users")["users"]:
        same = classic[user["zpuid"]]
        assert same["id"] == user["zuid"] != user["zpuid"]
        assert same["active"] is user["is_active"]


def test_users_are_refused_with_6401_to_whoever_is_no_administrator() -> None:
    asked = caller()
    manager = next(p for p in asked.get("/api/v3/portals") if p["role"] == "manager")
    foreign = asked.send("GET", f"/restapi/portal/{manager['id']}/users/")
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (401, 6401)
    asked.simulator.switch(admin_token=False)
    assert asked.classic("users/").status_code == 401


def test_logs_come_in_buckets_of_one_kind() -> None:
    asked = caller()
    body = _logs(asked).json()["timelogs"]
    assert list(body) == ["grandtotal", "role", "date"]
    found = [log for bucket in body["date"] for log in bucket["tasklogs"]]
    wanted = [
        log
        for log in asked.logs(f"projects/{asked.project()}/timelogs")
        if log["date"] >= "2026-07" and log["module_detail"]["type"] == "task"
    ]
    assert [log["id_string"] for log in found] == [log["id"] for log in wanted]
    total = sum(log["total_minutes"] for log in found)
    assert body["grandtotal"] == f"{total // 60:02d}:{total % 60:02d}"
    assert all(log["task"]["id_string"] and log["task_list"]["name"] for log in found)
    assert {log["minutes"] for log in found} <= set(range(60))


@pytest.mark.parametrize(("kind", "key"), [("bug", "buglogs"), ("general", "generallogs")])
def test_the_other_kinds_are_under_keys_of_their_own(kind: str, key: str) -> None:
    asked = caller()
    days = [_logs(asked, component_type=kind, date=d) for d in ("06-01-2026", "07-01-2026")]
    buckets = [b for a in days if a.content for b in a.json()["timelogs"]["date"]]
    assert buckets
    assert all(set(b) & {"tasklogs", "buglogs", "generallogs"} == {key} for b in buckets)


@pytest.mark.parametrize("name", list(LOGS))
def test_each_parameter_of_the_log_list_is_required(name: str) -> None:
    answer = _logs(caller(), **{name: None})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 6831)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("users_list", "1"),
        ("view_type", "custom_date"),
        ("date", "2026-07-01"),
        ("date", "13-01-2026"),
        ("bill_status", "all"),
        ("component_type", "task,bug"),
    ],
)
def test_a_wrong_parameter_of_the_log_list_is_refused(name: str, value: str) -> None:
    answer = _logs(caller(), **{name: value})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 6832)


def test_a_custom_range_is_served_by_switch() -> None:
    asked = caller(v1_custom_range=True)
    days = '{"start_date":"07-01-2026","end_date":"07-02-2026"}'
    body = _logs(asked, view_type="custom_date", date=days).json()["timelogs"]
    assert {b["date"] for b in body["date"]} == {"07-01-2026", "07-02-2026"}


def test_users_list_and_bill_status_leave_the_logs_that_fit() -> None:
    asked = caller()
    log = _logs(asked).json()["timelogs"]["date"][0]["tasklogs"][0]
    mine = _logs(asked, users_list=log["owner_id"], bill_status="Billable").json()["timelogs"]
    found = [g for b in mine["date"] for g in b["tasklogs"]]
    assert {(g["owner_id"], g["bill_status"]) for g in found} == {(log["owner_id"], "Billable")}


def test_an_error_of_v1_has_code_and_message_only() -> None:
    body = caller().classic("projects/1/").json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message"]
